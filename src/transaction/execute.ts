/**
 * For each kind of step, how it is done and how it is undone. The mapped type below does not compile when a kind
 * has no executor. Undoing needs the plan and the change's folder only, can be done twice, and never deletes what
 * it does not know: a file that someone else wrote is set aside in the folder.
 */
import type { Host } from '../host/host.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { sha256 } from '../node/directory.ts';
import { refuseMasked } from '../node/refuse-masked.ts';
import type { Plan } from '../plan/plan.ts';
import type { FileEdit, StepKind, StepOf } from '../plan/step.ts';
import { LINK_DIRECTORY, MAKE_DIRECTORY, REMOVE_DIRECTORY, tidyUp } from './directories.ts';
import { changedMeanwhile } from './ground.ts';
import { REQUIRE_MOUNT } from './mounts.ts';
import { dropKept, keepInPlace, putKeptBack } from './kept-file.ts';
import { savedPath, saveFile, saveLink, setAside } from './saved.ts';
import { stopContainers, stopReplacements } from './stop-containers.ts';
import { ownedBy, type Folder } from './store.ts';
import { installRecoverUnit } from './units.ts';

export interface Context {
  host: Host;
  plan: Plan;
  folder: Folder;
  /** Runs the checks; throws `verify-failed`. Given by run.ts, so that executors stay small. */
  verify: () => Promise<void>;
  /** Called right before the kubelet is stopped or restarted: notes what verification compares with. */
  beforeRestart: () => Promise<void>;
  /** Of a way back: the kubelet was stopped for it, so that containers are no one's but ours. */
  kubeletStopped?: true;
}

export type Executors = {
  [K in StepKind]: {
    do(context: Context, step: StepOf<K>): Promise<void>;
    /** Files, and containers that were started in the stead of others: what undoing means for the kubelet is in go-back.ts. */
    undo(context: Context, step: StepOf<K>): Promise<void>;
  };
};

const nothing = async (): Promise<void> => {};

export const EXECUTORS: Executors = {
  // `pending` is written before the first record and removed after the last (run.ts, decide.ts): a step can do neither
  arm: { do: ({ host }) => installRecoverUnit(host), undo: nothing },

  'make-directory': MAKE_DIRECTORY,
  'edit-config': {
    do: (context, step) => (step.create === undefined ? editFile(context, step) : createFile(context.host, step, step.create)),
    undo: (context, step) => (step.create === undefined ? putFileBack(context, step) : removeMade(context, step)),
  },
  'set-aside': {
    // saved only now: up to here the kubelet ran, and wrote it
    async do({ host, folder }, { path }) {
      const info = await host.files.info(path);
      if (info === undefined) return;
      if (info.kind === 'link') await saveLink(host, folder, path, info.target ?? '');
      else await saveFile(host, folder, path);
      await host.files.remove(path);
    },
    // what the kubelet made of it meanwhile belongs to the setting that goes
    async undo({ host, folder }, { path }) {
      const saved = savedPath(folder, path);
      const info = await host.files.info(saved);
      if (info?.kind !== 'link') return info === undefined ? undefined : await host.files.copy(saved, path);
      if ((await host.files.info(path)) === undefined) await host.files.link(path, info.target ?? '');
    },
  },
  'unpin-manifests': { do: editFiles, undo: putFilesBack },
  'edit-manifests': { do: editFiles, undo: putFilesBack },

  'restart-kubelet': {
    async do({ host, plan, beforeRestart }) {
      await refuseMasked(host, plan.ground.unit);
      await beforeRestart();
      await host.systemd.job('restart', plan.ground.unit);
    },
    undo: nothing,
  },
  'stop-kubelet': {
    async do({ host, plan, beforeRestart }) {
      await refuseMasked(host, plan.ground.unit);
      await beforeRestart();
      await host.systemd.job('stop', plan.ground.unit);
    },
    undo: nothing,
  },
  'start-kubelet': {
    async do({ host, plan }, { afresh }) {
      if (afresh) await host.systemd.job('reset-failed', plan.ground.unit).catch(() => undefined);
      await host.systemd.job('start', plan.ground.unit);
    },
    undo: nothing,
  },
  'stop-containers': { do: stopContainers, undo: stopReplacements },

  verify: { do: ({ verify }) => verify(), undo: nothing },

  'link-directory': LINK_DIRECTORY,
  'remove-directory': REMOVE_DIRECTORY,
  'require-mount': REQUIRE_MOUNT,
  disarm: {
    async do(context) {
      await tidyUp(context);
      await dropKept(context.host, context.plan);
    },
    undo: nothing,
  },
};

export function doStep<K extends StepKind>(context: Context, step: StepOf<K>): Promise<void> {
  return EXECUTORS[step.kind as K].do(context, step);
}
export function undoStep<K extends StepKind>(context: Context, step: StepOf<K>): Promise<void> {
  return EXECUTORS[step.kind as K].undo(context, step);
}

/** For those who finish or undo a change that is proven, or given up: there is nothing to check. */
export function withoutChecks(host: Host, plan: Plan, folder: Folder): Context {
  return { host, plan, folder, verify: nothing, beforeRestart: nothing };
}

async function createFile(host: Host, file: FileEdit, attributes: { mode: number; uid: number; gid: number }): Promise<void> {
  if ((await host.files.info(file.path)) !== undefined) throw changedMeanwhile(file.path);
  await host.files.write(file.path, applyEdits(Buffer.alloc(0), file.edits), ownedBy(host, attributes));
}

/** Nothing was here before. What others made of the file since is set aside first. */
async function removeMade({ host, folder }: Context, file: FileEdit): Promise<void> {
  const bytes = await host.files.read(file.path);
  if (bytes === undefined) return;
  if (sha256(bytes) !== file.result) await setAside(host, folder, file.path);
  await host.files.remove(file.path);
}

async function editFiles(context: Context, { files }: { files: readonly FileEdit[] }): Promise<void> {
  for (const file of files) await editFile(context, file);
}
async function putFilesBack(context: Context, { files }: { files: readonly FileEdit[] }): Promise<void> {
  for (const file of files) await putFileBack(context, file);
}

async function editFile({ host, plan }: Context, file: FileEdit): Promise<void> {
  const bytes = await host.files.read(file.path);
  if (bytes === undefined || sha256(bytes) !== file.sha256) throw changedMeanwhile(file.path);
  await keepInPlace(host, plan, file.path);
  await host.files.write(file.path, applyEdits(bytes, file.edits));
}

/** The same bytes again are not enough: someone may have written them anew, with another owner, mode or time. */
async function putFileBack({ host, plan, folder }: Context, file: FileEdit): Promise<void> {
  const saved = savedPath(folder, file.path);
  const bytes = await host.files.read(file.path);
  const now = bytes === undefined ? undefined : sha256(bytes);
  const [before, present] = [await host.files.info(saved), await host.files.info(file.path)];
  const untouched = now === file.sha256 && (['mtimeNs', 'mode', 'uid', 'gid'] as const).every((key) => before?.[key] === present?.[key]);
  if (!untouched) {
    if (now !== undefined && now !== file.sha256 && now !== file.result) await setAside(host, folder, file.path);
    if (!(await putKeptBack(host, plan, file))) await host.files.copy(saved, file.path);
  }
  await dropKept(host, plan, file.path);
}
