/**
 * Copies of every file that a change touches, taken before the first deed: ID/old/ and the file's own path below it,
 * with owner, mode, times and label. And ID/found/: what others wrote meanwhile, set aside rather than lost.
 */
import { posix } from 'node:path';
import type { Host } from '../host/host.ts';
import type { Plan } from '../plan/plan.ts';
import { makePrivate, type Folder } from './store.ts';

export function savedPath(folder: Folder, path: string): string {
  return `${folder.path}/old${path}`;
}

/** Files that the plan changes or replaces. */
export function touchedFiles(plan: Plan): string[] {
  return plan.steps.flatMap((step) => {
    switch (step.kind) {
      case 'edit-config':
        return step.create === undefined ? [step.path] : [];
      case 'make-directory':
        return step.files.map((file) => file.from);
      case 'require-mount':
        return step.sha256 === undefined ? [] : [step.path];
      case 'unpin-manifests':
      case 'edit-manifests':
        return step.files.map((file) => file.path);
      case 'link-directory':
      case 'remove-directory':
        return step.entries.map((entry) => `${step.path}/${entry.name}`);
      default:
        return [];
    }
  });
}

export async function saveFiles(host: Host, folder: Folder, plan: Plan): Promise<void> {
  for (const path of new Set(touchedFiles(plan))) await saveFile(host, folder, path);
}

export async function saveFile(host: Host, folder: Folder, path: string): Promise<void> {
  const saved = savedPath(folder, path);
  await makeParents(host, folder, saved);
  await host.files.copy(path, saved);
}

/** What it leads to is no part of the change. */
export async function saveLink(host: Host, folder: Folder, path: string, target: string): Promise<void> {
  const saved = savedPath(folder, path);
  await makeParents(host, folder, saved);
  if ((await host.files.info(saved)) === undefined) await host.files.link(saved, target);
}

export async function setAside(host: Host, folder: Folder, path: string): Promise<void> {
  const kept = `${folder.path}/found${path}`;
  await makeParents(host, folder, kept);
  const info = await host.files.info(path);
  if (info?.kind === 'link') await host.files.link(kept, info.target ?? '');
  else await host.files.copy(path, kept);
}

async function makeParents(host: Host, folder: Folder, path: string): Promise<void> {
  let directory = folder.path;
  for (const part of posix.dirname(path).slice(folder.path.length + 1).split('/')) {
    directory += `/${part}`;
    await makePrivate(host, directory);
  }
}
