/**
 * For each kind of step, how it is done and how it is undone. The mapped type below does not compile when a kind
 * has no executor. Undoing needs the plan and the change's folder only, can be done twice, and never deletes what
 * it does not know: a file that someone else wrote is set aside in the folder.
 */
import { posix } from 'node:path';
import type { Host } from '../host/host.ts';
import { KcfgError } from '../errors.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { sha256 } from '../node/directory.ts';
import type { Plan } from '../plan/plan.ts';
import type { FileEdit, StepKind, StepOf } from '../plan/step.ts';
import { refuseForeignWriter } from './ground.ts';
import { savedPath, setAside } from './saved.ts';
import { PENDING, writePrivate, type Folder } from './store.ts';
import { installRecoverUnit } from './units.ts';

export interface Context {
  host: Host;
  plan: Plan;
  folder: Folder;
  /** Runs the checks; throws `verify-failed`. Given by run.ts, so that executors stay small. */
  verify: () => Promise<void>;
  /** Called right before the kubelet is stopped or restarted: notes what verification compares with. */
  beforeRestart: () => Promise<void>;
}

export type Executors = {
  [K in StepKind]: {
    do(context: Context, step: StepOf<K>): Promise<void>;
    /** Files only: what undoing means for the kubelet is in go-back.ts. */
    undo(context: Context, step: StepOf<K>): Promise<void>;
  };
};

const nothing = async (): Promise<void> => {};

export const EXECUTORS: Executors = {
  arm: {
    async do({ host, plan }) {
      await installRecoverUnit(host);
      await writePrivate(host, PENDING, `${plan.id}\n`);
    },
    undo: nothing,
  },

  'make-directory': {
    async do({ host, plan }, step) {
      const { files } = host;
      const replaced = step.replaces !== undefined;
      const path = replaced ? hiddenPath(step.path, plan.id) : step.path;
      if (step.create !== undefined) await files.mkdir(path, step.create);
      for (const copy of step.files) {
        const bytes = await files.read(copy.from);
        if (bytes === undefined || sha256(bytes) !== copy.sha256) throw changed(copy.from);
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
  },

  'edit-config': {
    do: ({ host }, step) => editFile(host, step),
    undo: (context, step) => putFileBack(context, step),
  },
  'unpin-manifests': {
    async do({ host }, step) {
      for (const file of step.files) await editFile(host, file);
    },
    async undo(context, step) {
      for (const file of step.files) await putFileBack(context, file);
    },
  },

  'restart-kubelet': {
    async do({ host, plan, beforeRestart }) {
      await refuseForeignWriter(host, plan);
      await beforeRestart();
      await host.systemd.job('restart', plan.ground.unit);
    },
    undo: nothing,
  },
  'stop-kubelet': {
    async do({ host, plan, beforeRestart }) {
      await refuseForeignWriter(host, plan);
      await beforeRestart();
      await host.systemd.job('stop', plan.ground.unit);
    },
    undo: nothing,
  },
  'start-kubelet': {
    async do({ host, plan }) {
      await host.systemd.job('start', plan.ground.unit);
    },
    undo: nothing,
  },
  'stop-containers': {
    async do({ host }, step) {
      const cri = host.cri(step.endpoint);
      // Those with the same rank stop side by side; the next rank waits for them.
      for (const group of groupByRank(step.containers)) {
        await Promise.all(group.map((container) => cri.stop(container.id, container.seconds)));
      }
    },
    undo: nothing,
  },

  verify: { do: ({ verify }) => verify(), undo: nothing },

  'link-directory': {
    async do({ host, plan }, step) {
      const { files } = host;
      const hidden = hiddenPath(step.path, plan.id);
      if ((await files.info(hidden)) === undefined) {
        for (const { name, sha256: expected } of step.entries) {
          const bytes = await files.read(`${step.path}/${name}`);
          if (bytes === undefined || sha256(bytes) !== expected) throw changed(`${step.path}/${name}`);
        }
        const odd = (await files.list(step.path))?.find((name) => !step.entries.some((entry) => entry.name === name));
        if (odd !== undefined) throw changed(`${step.path}/${odd}`);
        await files.rename(step.path, hidden);
      }
      await files.link(step.path, step.target);
    },
    async undo(context, step) {
      await putDirectoryBack(context, step.path);
    },
  },
  'remove-directory': {
    async do({ host, plan }, step) {
      const hidden = hiddenPath(step.path, plan.id);
      if ((await host.files.info(step.path)) !== undefined) await host.files.rename(step.path, hidden);
    },
    async undo(context, step) {
      await putDirectoryBack(context, step.path);
    },
  },

  disarm: {
    async do(context) {
      for (const step of context.plan.steps) {
        if (step.kind !== 'link-directory' && step.kind !== 'remove-directory') continue;
        const hidden = hiddenPath(step.path, context.plan.id);
        if ((await context.host.files.info(hidden))?.kind === 'link') await context.host.files.remove(hidden);
        for (const { name, sha256: expected } of step.entries) await removeKnown(context, `${hidden}/${name}`, expected);
        await removeDirectory(context, hidden);
      }
      await context.host.files.remove(PENDING);
    },
    undo: nothing,
  },
};

async function editFile(host: Host, file: FileEdit): Promise<void> {
  const bytes = await host.files.read(file.path);
  if (bytes === undefined || sha256(bytes) !== file.sha256) throw changed(file.path);
  await host.files.write(file.path, applyEdits(bytes, file.edits));
}

async function putFileBack({ host, folder }: Context, file: FileEdit): Promise<void> {
  const bytes = await host.files.read(file.path);
  const now = bytes === undefined ? undefined : sha256(bytes);
  if (now === file.sha256) return;
  if (now !== undefined && now !== file.result) await setAside(host, folder, file.path);
  await host.files.copy(savedPath(folder, file.path), file.path);
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

function groupByRank<T extends { rank: number }>(containers: T[]): T[][] {
  const ranks = [...new Set(containers.map((c) => c.rank))].sort((a, b) => a - b);
  return ranks.map((rank) => containers.filter((c) => c.rank === rank));
}

function changed(path: string): KcfgError {
  return new KcfgError('changed-meanwhile', `${path} was changed by someone else during this change`, {
    where: [{ file: path }],
    help: ['let them finish, then run the same command again'],
  });
}

