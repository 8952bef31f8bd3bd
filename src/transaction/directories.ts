/**
 * Directories that come, go, and make way for links. A directory is built under a hidden name beside its place where
 * something is in its place, and one that makes way is kept under a hidden name until the change is disarmed: so undoing
 * brings back the very inode, with its times.
 */
import { applyEdits } from '../kubelet/edits.ts';
import { sha256 } from '../node/directory.ts';
import type { Context, Executors } from './execute.ts';
import { changedMeanwhile } from './ground.ts';
import { needMounted } from './mounts.ts';
import { hiddenName } from './hidden-name.ts';
import { setAside } from './saved.ts';
import { ownedBy } from './store.ts';

export const MAKE_DIRECTORY: Executors['make-directory'] = {
  async do({ host, plan }, step) {
    const { files } = host;
    const replaced = step.replaces !== undefined;
    const path = replaced ? hiddenName(step.path, plan.id) : step.path;
    if (step.create !== undefined) await files.mkdir(path, ownedBy(host, step.create));
    for (const copy of step.files) {
      const bytes = await files.read(copy.from);
      if (bytes === undefined || sha256(bytes) !== copy.sha256) throw changedMeanwhile(copy.from);
      if (copy.exists !== undefined) continue;
      const { mode, uid, gid, mtimeNs } = copy;
      // the label too: what may read the original, the kubelet, may read the copy wherever that lies
      await files.write(`${path}/${copy.name}`, applyEdits(bytes, copy.edits), { mode, uid, gid, mtimeNs }, copy.from);
    }
    if (!replaced) return;
    // No kubelet looks at the link's own path now: the moment without it harms nobody.
    await files.remove(step.path);
    await files.rename(path, step.path);
  },
  async undo(context, step) {
    const { files } = context.host;
    await needMounted(context.host, context.plan, step.path);
    const hidden = hiddenName(step.path, context.plan.id);
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
  async do(context, step) {
    const { files } = context.host;
    await needMounted(context.host, context.plan, step.path);
    const present = await files.info(step.path);
    if (present?.kind === 'link' && present.target === step.target) return;
    if (present !== undefined) await moveAside(context, step.path, step.entries);
    await files.link(step.path, step.target);
  },
  async undo(context, step) {
    const { files } = context.host;
    const present = await files.info(step.path);
    // nothing was here before
    const made = step.was === undefined && step.entries.length === 0 && present?.kind === 'link' && present.target === step.target;
    if (made && (await files.info(hiddenName(step.path, context.plan.id))) === undefined) return await files.remove(step.path);
    await putBack(context, step.path, step.entries);
  },
};

export const REMOVE_DIRECTORY: Executors['remove-directory'] = {
  async do(context, step) {
    await needMounted(context.host, context.plan, step.path);
    if ((await context.host.files.info(step.path)) !== undefined) await moveAside(context, step.path, step.entries);
  },
  undo: (context, step) => putBack(context, step.path, step.entries),
};

type Entries = readonly { name: string; sha256: string }[];

/**
 * The directory goes to its hidden name: by rename, or, where the kernel cannot rename it (a directory of the lower layer of
 * an overlay gives EXDEV, Documentation/filesystems/overlayfs.rst), as a copy, with the original emptied after. Throws
 * `changed-meanwhile` when it is not as the plan found it.
 */
async function moveAside(context: Context, path: string, entries: Entries): Promise<void> {
  const { files } = context.host;
  const hidden = hiddenName(path, context.plan.id);
  const begun = (await files.info(hidden)) !== undefined;
  if (!begun) {
    await refuseOddEntries(context, path, entries);
    try {
      return await files.rename(path, hidden);
    } catch (error) {
      if (!isOtherLayer(error)) throw error;
    }
  }
  const like = await files.target(path);
  await files.mkdir(hidden, { mode: like?.mode ?? 0o700, uid: like?.uid ?? 0, gid: like?.gid ?? 0 });
  for (const { name } of entries) {
    if ((await files.info(`${path}/${name}`)) !== undefined) await files.copy(`${path}/${name}`, `${hidden}/${name}`);
  }
  // of one that was begun earlier the time is that of the emptying
  if (!begun && like !== undefined) await files.setAttributes(hidden, { mtimeNs: like.mtimeNs });
  for (const { name } of entries) await files.remove(`${path}/${name}`);
  await files.remove(path);
}

/** Back under its own name. Half-way through a copy, what is missing in the one comes from the other. */
async function putBack(context: Context, path: string, entries: Entries): Promise<void> {
  const { files } = context.host;
  await needMounted(context.host, context.plan, path);
  const hidden = hiddenName(path, context.plan.id);
  if ((await files.info(hidden)) === undefined) return;
  const present = await files.info(path);
  if (present?.kind === 'link') await files.remove(path);
  if (present?.kind !== 'directory') return await files.rename(hidden, path);
  for (const { name } of entries) {
    if ((await files.info(`${path}/${name}`)) === undefined) await files.copy(`${hidden}/${name}`, `${path}/${name}`);
    await files.remove(`${hidden}/${name}`);
  }
  await removeDirectory(context, hidden);
}

async function refuseOddEntries({ host }: Context, path: string, entries: Entries): Promise<void> {
  for (const { name, sha256: expected } of entries) {
    const bytes = await host.files.read(`${path}/${name}`);
    if (bytes === undefined || sha256(bytes) !== expected) throw changedMeanwhile(`${path}/${name}`);
  }
  const odd = (await host.files.list(path))?.find((name) => !entries.some((entry) => entry.name === name));
  if (odd !== undefined) throw changedMeanwhile(`${path}/${odd}`);
}

function isOtherLayer(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'EXDEV';
}

/** Takes away what was kept for undoing; its files are in the change's folder. */
export async function tidyUp(context: Context): Promise<void> {
  for (const step of context.plan.steps) {
    if (step.kind !== 'link-directory' && step.kind !== 'remove-directory') continue;
    const hidden = hiddenName(step.path, context.plan.id);
    if ((await context.host.files.info(hidden))?.kind === 'link') await context.host.files.remove(hidden);
    for (const { name, sha256: expected } of step.entries) await removeKnown(context, `${hidden}/${name}`, expected);
    await removeDirectory(context, hidden);
  }
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
