/**
 * What is known of the four components' command lines, whichever source has it: what ran last and well comes before a manifest,
 * because the manifest may be what broke.
 */
import type { Evidence } from '../../doctor/evidence.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import { type LastRun, SETTLED_SECONDS } from '../candidates/last-runs.ts';
import { COMPONENTS, type ComponentName, partsOfImage } from './parameters.ts';

export interface Known {
  has(component: ComponentName): boolean;
  flag(component: ComponentName, name: string): string | undefined;
  image(component: ComponentName): string | undefined;
  /** Of the Kubernetes images. */
  repository(): string | undefined;
}

interface Line {
  image: string;
  flags: ReadonlyMap<string, string>;
}

export function knownOf(evidence: Pick<Evidence, 'directory'>, runs: ReadonlyMap<string, LastRun>): Known {
  const lines = new Map<ComponentName, Line[]>();
  for (const name of COMPONENTS) {
    const run = runs.get(`${name}/${name}`);
    const ran: Line[] = run === undefined ? [] : [{ image: run.image, flags: flagsOf([...run.config.command, ...run.config.args]) }];
    const written = evidence.directory.entries
      .filter(({ pod }) => pod?.name === name)
      .flatMap(({ containers }) => containers.filter((each) => each.name === name).map(({ image, command }): Line => ({ image, flags: flagsOf(command) })));
    lines.set(name, run !== undefined && run.seconds >= SETTLED_SECONDS ? [...ran, ...written] : [...written, ...ran]);
  }
  const all = (name: ComponentName): Line[] => lines.get(name) ?? [];
  return {
    has: (name) => all(name).length > 0,
    flag: (name, flag) => all(name).map(({ flags }) => flags.get(flag)).find((value) => value !== undefined && value !== ''),
    image: (name) => all(name).map(({ image }) => image).find((image) => partsOfImage(image).tag !== ''),
    repository: () => COMPONENTS.filter((name) => name !== 'etcd').flatMap(all).map(({ image }) => partsOfImage(image).repository).find((each) => each !== ''),
  };
}

/** Words without the program. */
function flagsOf(command: readonly string[]): ReadonlyMap<string, string> {
  return parseFlags(command.filter((word) => word.startsWith('-')));
}
