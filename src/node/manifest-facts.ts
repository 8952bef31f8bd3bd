/**
 * What the strict check of a manifest needs of the node: the files that it names, and the flags that its programs know. These
 * are asked of the program that runs, by --help, with which it reads no file, opens no port and ends (140 ms). It is a file
 * of a container, which may have been taken over: so it is asked in that container's own namespaces, as nobody, without
 * capabilities, and without a way to gain any. Where none runs, the version in the image's tag tells (manifests/programs).
 */
import { posix } from 'node:path';
import type { Host } from '../host/host.ts';
import { programFacts } from '../manifests/programs/of-manifest.ts';
import { ASKED, isRefused, parseHelp } from '../manifests/program-flags.ts';
import { flagsOf } from '../manifests/rules/arguments.ts';
import { type Case, type Container, containersOf, type Facts, type FileKind, type FlagType, type KnownFlags, programOf } from '../manifests/rules/case.ts';
import { readableText, readManifestText } from '../manifests/rules/judge-manifest.ts';
import { filesMeant, filesNamed } from '../manifests/rules/paths.ts';
import { hostPaths } from '../manifests/rules/volumes.ts';
import type { Entry, Observed, PodContainer } from './observed.ts';

const TIMEOUT_MS = 5000;
/** Of nobody and nogroup, on all that run Kubernetes. */
const NOBODY = 65534;
/** A flag that is not in the list may be deprecated, and known: each is asked for. A text with more is no command line. */
const MOST_QUESTIONS = 10;

/** What it needs of a node: Observed has it, and a diagnosis that has less. */
export type Surroundings = Pick<Observed, 'directory' | 'pods'> & { kubelet: Pick<Observed['kubelet'], 'version'>; /** Of the node's interfaces; absent or none: not known. */ addresses?: readonly string[] };

/** 'always', or only where the version in the image's tag does not tell: a program that is asked costs 140 ms and more. */
export type Asks = 'always' | 'where not known';

/** `entry`: the file whose pod this is, where it is one; `bytes`: the text to be judged. */
export async function observeManifest(host: Host, observed: Surroundings, bytes: Uint8Array, entry?: Entry, asks: Asks = 'always'): Promise<Facts> {
  // what is no YAML is asked for as it may have been meant: behind that there is more
  const file = entry?.path ?? '';
  const yaml = readManifestText(file, readableText(bytes, file));
  const { addresses = [] } = observed;
  const node = { ...(observed.kubelet.version === undefined ? {} : { kubeletVersion: observed.kubelet.version }), ...(addresses.length === 0 ? {} : { addresses }) };
  const pod = entry?.manifest === undefined ? {} : { pod: { name: entry.manifest.name, namespace: entry.manifest.namespace } };
  if ('id' in yaml) return { ...node, ...pod };
  const subject: Case = { yaml, facts: {} };
  const known = await programFacts(subject);
  const flags = new Map<string, KnownFlags | string>(known.flags);
  for (const container of containersOf(subject)) {
    if (asks === 'where not known' && typeof flags.get(container.name) === 'object') continue;
    const asked = await flagsKnown(host, observed, container, entry);
    const { name } = container;
    // the program itself knows best; where it cannot be asked, its version tells
    if (typeof asked !== 'string' || typeof flags.get(name) !== 'object') flags.set(name, asked);
  }
  return { ...node, ...pod, ...(await observeFiles(host, subject)), flags, ...(known.programs && { programs: known.programs }) };
}

async function observeFiles(host: Host, subject: Case): Promise<Pick<Facts, 'files' | 'names'>> {
  const files = new Map<string, FileKind | null>();
  const names = new Map<string, readonly string[]>();
  for (const path of new Set([...filesNamed(subject), ...filesMeant(subject), ...hostPaths(subject)])) {
    // a loop of links, a directory that is no directory: nothing that can be opened
    const kind = (await host.files.target(path).catch(() => undefined))?.kind;
    files.set(path, kind === undefined ? null : kind === 'file' || kind === 'directory' ? kind : 'socket or device');
    const directory = posix.dirname(path);
    if (kind === undefined && !names.has(directory)) names.set(directory, (await host.files.list(directory).catch(() => undefined)) ?? []);
  }
  return { files, names };
}

/** Or why they are not known. */
async function flagsKnown(host: Host, observed: Surroundings, container: Container, entry: Entry | undefined): Promise<KnownFlags | string> {
  const program = programOf(container);
  if (!ASKED.has(program)) return program === '' ? 'the image says which program it runs' : `${program} is none of those that kcfg asks`;
  if (!host.live) return 'no program runs from a tree';
  const pod = observed.pods.find(({ name, manifest }) => (entry === undefined ? name === program : manifest === entry.name || name === entry.manifest?.name));
  const running = pod?.containers.find((c) => c.name === container.name && c.running);
  const installed = (entry ?? observed.directory.entries.find(({ name }) => name === pod?.manifest))?.manifest?.containers.find((c) => c.name === container.name);
  if (running?.pid === undefined) return `no ${program} runs that could be asked`;
  if (installed !== undefined && installed.image !== container.image) return `the one that runs is of another image, ${installed.image}`;
  return await ask(host, program, running, container);
}

/** Both are of util-linux. That no file gives rights (no_new_privs) is set first, and holds to the end. */
function confined(pid: number): [string, ...string[]] {
  return ['setpriv', '--no-new-privs', 'nsenter', `--target=${pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', `--setgid=${NOBODY}`, `--setuid=${NOBODY}`, '--'];
}

async function ask(host: Host, program: string, { pid = 0 }: PodContainer, container: Container): Promise<KnownFlags | string> {
  const exe = `/proc/${pid}/exe`;
  const target = (await host.files.info(exe).catch(() => undefined))?.target ?? '';
  if (posix.basename(target.replace(/ \(deleted\)$/, '')) !== program) return `its main process is ${target === '' ? 'gone' : target}`;
  const question = async (...words: string[]): Promise<string> => {
    const argv = [host.sandbox ? exe : target, ...words, '--help'] as const;
    const { stdout, stderr } = await host.run(host.sandbox ? [...argv] : [...confined(pid), ...argv], { timeout: TIMEOUT_MS, cwd: '/' });
    return stdout + stderr;
  };
  const known = new Map<string, FlagType>(parseHelp(program, await question()));
  if (known.size === 0) return `${program} does not say which flags it knows`;
  const unlisted = [...new Set(flagsOf(container).map(({ name }) => name))].filter((name) => !known.has(name));
  if (unlisted.length > MOST_QUESTIONS) return known;
  for (const name of unlisted) if (!isRefused(program, name, await question(name.length === 1 ? `-${name}=` : `--${name}=`))) known.set(name, { type: '', bare: true });
  return known;
}
