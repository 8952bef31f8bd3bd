/**
 * What a write leaves that was cut off: a hidden file or link beside the one it was to replace (host/durable.ts names it).
 * Removed after a crash, and only beside files that the change writes: `.NAME.kcfg-` and 12 hex digits.
 */
import { posix } from 'node:path';
import type { Host } from '../host/host.ts';
import type { Plan } from '../plan/plan.ts';
import { hiddenName } from './hidden-name.ts';
import { touchedFiles } from './saved.ts';
import { NOTICE, PENDING, type Folder } from './store.ts';
import { UNIT_FILES } from './units.ts';

/** durable.ts keeps this much of a long name. */
const NAME_PART = 60;

export async function removeTemporaries(host: Host, plan: Plan): Promise<void> {
  const written = plan.steps.flatMap((step) => {
    const hidden = 'path' in step ? hiddenName(step.path, plan.id) : '';
    if (step.kind === 'make-directory') return [step.path, ...step.files.flatMap(({ name }) => [`${step.path}/${name}`, `${hidden}/${name}`])];
    if (step.kind === 'link-directory' || step.kind === 'remove-directory') return [step.path, ...step.entries.map(({ name }) => `${hidden}/${name}`)];
    if (step.kind === 'edit-config') return step.create === undefined ? [] : [step.path];
    // what was set aside is written when it is put back
    return step.kind === 'require-mount' || step.kind === 'set-aside' ? [step.path] : [];
  });
  const prefixes = new Map<string, string[]>();
  for (const path of [...touchedFiles(plan), ...written, ...UNIT_FILES, PENDING, NOTICE]) {
    const directory = posix.dirname(path);
    prefixes.set(directory, [...(prefixes.get(directory) ?? []), `.${posix.basename(path).slice(0, NAME_PART)}.kcfg-`]);
  }
  for (const [directory, starts] of prefixes) {
    for (const name of (await host.files.list(directory)) ?? []) {
      const start = starts.find((prefix) => name.startsWith(prefix));
      if (start === undefined || !/^[0-9a-f]{12}$/.test(name.slice(start.length))) continue;
      const path = `${directory}/${name}`;
      if ((await host.files.info(path))?.kind !== 'directory') await host.files.remove(path);
    }
  }
}

/** Of the change's own records, and of the copies of files from before. All of them are ours: nobody else writes there. */
export async function removeOwnTemporaries(host: Host, folder: Folder, directory = folder.path): Promise<void> {
  for (const name of (await host.files.list(directory)) ?? []) {
    const path = `${directory}/${name}`;
    const kind = (await host.files.info(path))?.kind;
    if (kind === 'directory' && path !== `${folder.path}/program`) await removeOwnTemporaries(host, folder, path);
    if (kind === 'file' && /^\..+\.kcfg-[0-9a-f]{12}$/.test(name)) await host.files.remove(path);
  }
}
