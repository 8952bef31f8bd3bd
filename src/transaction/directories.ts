/**
 * Directories that come, go, and make way for links. A directory is built under a hidden name beside its place where
 * something is in its place, and one that makes way is kept under a hidden name until the change is disarmed: so undoing
 * brings back the very inode, with its times.
 */
import { posix } from 'node:path';
import { applyEdits } from '../kubelet/edits.ts';
import { sha256 } from '../node/directory.ts';
import type { Context, Executors } from './execute.ts';
import { changedMeanwhile } from './ground.ts';
import { setAside } from './saved.ts';

export const MAKE_DIRECTORY: Executors['make-directory'] = {
  async do({ host, plan }, step) {
    const { files } = host;
    const replaced = step.replaces !== undefined;
    const path = replaced ? hiddenPath(step.path, plan.id) : step.path;
    if (step.create !== undefined) await files.mkdir(path, step.create);
    for (const copy of step.files) {
      const bytes = await files.read(copy.from);
      if (bytes === undefined || sha256(bytes) !== copy.sha256) throw changedMeanwhile(copy.from);
      if (copy.exists !== undefined) continue;
      const { mode, uid, gid, mtimeNs } = copy;
      await files.write(`${path}/${copy.name}`, applyEdits(bytes, copy.edits), { mode, uid, gid, mtimeNs });
    }
    if (!replaced) return;
    // No kubelet looks at the link's own path now: the moment without it harms nobody.
    await files.remove(step.path);
    await files.rename(path, step.path);
  },
  async undo(context, step) {
    const { files } = context.host;
    const hidden = hiddenPath(step.path, context.plan.id);
    for (const path of step.replaces === undefined ? [step.path] : [hidden, step.path]) {
      const kind = (await files.info(path))?.kind;
      // Nothing was here before: a link that someone put in place of the directory holds nothing to keep.
      if (kind === 'link' && step.create !== undefined && step.replaces === undefined) await files.remove(path);
      if (kind !== 'directory') continue;
      for (const copy of step.files) {
        if (copy.exists === undefined) await removeKnown(context, `${path}/${copy.name}`, copy.result);
      }
      if (step.create !== undefined) await removeDirectory(context, path);
    }
    if (step.replaces !== undefined && (await files.info(step.path)) === undefined) await files.link(step.path, step.replaces);
  },
};

export const LINK_DIRECTORY: Executors['link-directory'] = {
  async do({ host, plan }, step) {
    const { files } = host;
    const hidden = hiddenPath(step.path, plan.id);
    if ((await files.info(hidden)) === undefined) {
      for (const { name, sha256: expected } of step.entries) {
        const bytes = await files.read(`${step.path}/${name}`);
        if (bytes === undefined || sha256(bytes) !== expected) throw changedMeanwhile(`${step.path}/${name}`);
      }
      const odd = (await files.list(step.path))?.find((name) => !step.entries.some((entry) => entry.name === name));
      if (odd !== undefined) throw changedMeanwhile(`${step.path}/${odd}`);
      await files.rename(step.path, hidden);
    }
    await files.link(step.path, step.target);
  },
  async undo(context, step) {
    await putDirectoryBack(context, step.path);
  },
};

export const REMOVE_DIRECTORY: Executors['remove-directory'] = {
  async do({ host, plan }, step) {
    const hidden = hiddenPath(step.path, plan.id);
    if ((await host.files.info(step.path)) !== undefined) await host.files.rename(step.path, hidden);
  },
  async undo(context, step) {
    await putDirectoryBack(context, step.path);
  },
};

/** Takes away what was kept for undoing; its files are in the change's folder. */
export async function tidyUp(context: Context): Promise<void> {
  for (const step of context.plan.steps) {
    if (step.kind !== 'link-directory' && step.kind !== 'remove-directory') continue;
    const hidden = hiddenPath(step.path, context.plan.id);
    if ((await context.host.files.info(hidden))?.kind === 'link') await context.host.files.remove(hidden);
    for (const { name, sha256: expected } of step.entries) await removeKnown(context, `${hidden}/${name}`, expected);
    await removeDirectory(context, hidden);
  }
}

/** Beside the directory, on the same filesystem, and out of the kubelet's sight. */
function hiddenPath(path: string, id: string): string {
  return `${posix.dirname(path)}/.${posix.basename(path)}.kcfg-${id}`;
}

async function putDirectoryBack({ host, plan }: Context, path: string): Promise<void> {
  const hidden = hiddenPath(path, plan.id);
  if ((await host.files.info(hidden)) === undefined) return;
  if ((await host.files.info(path))?.kind === 'link') await host.files.remove(path);
  await host.files.rename(hidden, path);
}

async function removeKnown(context: Context, path: string, hash: string): Promise<void> {
  const { files } = context.host;
  const bytes = await files.read(path);
  if (bytes === undefined) return;
  if (sha256(bytes) !== hash) await setAside(context.host, context.folder, path);
  await files.remove(path);
}

/** What others put there is set aside first: a directory is never left half, and nothing is lost. */
async function removeDirectory(context: Context, path: string): Promise<void> {
  const { files } = context.host;
  for (const name of (await files.list(path)) ?? []) {
    if ((await files.info(`${path}/${name}`))?.kind === 'directory') return;
    await setAside(context.host, context.folder, `${path}/${name}`);
    await files.remove(`${path}/${name}`);
  }
  await files.remove(path);
}
