/**
 * Of a change that is neither done nor undone: how each of its files is now, and where the version from before lies. With
 * these a person can mend by hand what kcfg could not.
 */
import type { Host } from '../host/host.ts';
import { sha256 } from '../node/directory.ts';
import type { Plan } from '../plan/plan.ts';
import { editedManifests } from '../plan/step.ts';
import type { Style } from '../report/style.ts';
import { padEnd, width } from '../report/width.ts';
import { savedPath } from '../transaction/saved.ts';
import type { Folder } from '../transaction/store.ts';

export type Stands = 'as before' | 'as this change left it' | 'neither: written by someone else' | 'gone' | 'not there' | 'there';
export interface Standing {
  path: string;
  now: Stands;
  /** The version from before. */
  before?: string;
  /** What someone else wrote there meanwhile. */
  found?: string;
}

export async function whatStands(host: Host, plan: Plan, folder: Folder): Promise<Standing[]> {
  const standing: Standing[] = [];
  /** `before` and `after`: the hashes; undefined where there was, or is to be, nothing. */
  const file = async (path: string, before: string | undefined, after: string | undefined): Promise<void> => {
    const bytes = await host.files.read(path).catch(() => undefined);
    const hash = bytes === undefined ? undefined : sha256(bytes);
    const now: Stands = hash === before ? (hash === undefined ? 'not there' : 'as before') : hash === after ? 'as this change left it' : hash === undefined ? 'gone' : 'neither: written by someone else';
    const [saved, found] = [savedPath(folder, path), `${folder.path}/found${path}`];
    const has = async (kept: string): Promise<boolean> => (await host.files.info(kept)) !== undefined;
    standing.push({ path, now, ...((await has(saved)) ? { before: saved } : {}), ...((await has(found)) ? { found } : {}) });
  };
  for (const step of plan.steps) {
    if (step.kind === 'edit-config') await file(step.path, step.create === undefined ? step.sha256 : undefined, step.result);
    for (const each of editedManifests(step)) await file(each.path, each.sha256, each.result);
    if (step.kind === 'make-directory') {
      standing.push({ path: step.path, now: (await host.files.info(step.path)) === undefined ? 'not there' : 'there' });
      for (const each of step.files) await file(`${step.path}/${each.name}`, each.exists === undefined ? undefined : each.result, each.result);
    }
    if (step.kind === 'link-directory' || step.kind === 'remove-directory') for (const each of step.entries) await file(`${step.path}/${each.name}`, each.sha256, undefined);
  }
  return standing;
}

export function standingLines(standing: readonly Standing[], style: Style): string[] {
  if (standing.length === 0) return [];
  const paths = Math.max(...standing.map(({ path }) => width(path)));
  return [
    style.strong('Files now'),
    ...standing.flatMap(({ path, now, before, found }) => [
      `  ${padEnd(path, paths)}  ${now === 'as before' || now === 'not there' ? style.faint(now) : style.caution(now)}`,
      ...(before === undefined || now === 'as before' ? [] : [`    before: ${before}`]),
      ...(found === undefined ? [] : [`    someone else's: ${found}`]),
    ]),
  ];
}
