/**
 * The ground a plan stands on: every file that it read or relies on, by hash, and the versions that it was proven for.
 * Checked when it is taken up, and again right before the restart. That someone restarts the kubelet meanwhile is harmless,
 * and no shift: on the same files it takes the same state up again, and what is compared afterwards is pods, not processes.
 */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { observeProgram } from '../node/basis.ts';
import { sha256 } from '../node/directory.ts';
import { liesOn } from '../node/mount-at-boot.ts';
import { unitFilesOf } from '../node/service.ts';
import { askVersion } from '../node/version.ts';
import type { Ground, Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';

interface Shift {
  /** What it is about, and what became of it: 'config.yaml was changed'. */
  said: string;
  /** Absent: it is the runtime. */
  file?: string;
  /** Not a writer: another version of the kubelet or of the runtime. */
  upgrade?: true;
}

/** The first thing that is not as the plan has it, in words, or undefined. */
export async function findShift(host: Host, ground: Ground): Promise<Shift | undefined> {
  for (const [file, expected] of Object.entries(ground.files)) {
    const bytes = await host.files.read(file);
    const actual = bytes === undefined ? null : sha256(bytes);
    if (actual !== expected) return { file, said: `${file} ${actual === null ? 'is gone' : expected === null ? 'is new' : 'was changed'}` };
  }
  for (const [directory, expected] of Object.entries(ground.directories)) {
    const shift = await findOddName(host, directory, expected);
    if (shift !== undefined) return shift;
  }
  for (const [directory, point] of Object.entries(ground.mounts ?? {})) {
    if (!(await liesOn(host, directory, point))) return { file: point, said: `${point} is no longer mounted` };
  }
  if (!host.live) return undefined;
  return (await findOddUnit(host, ground)) ?? (await findUpgrade(host, ground));
}

/** What kcfg itself has there for the time of a change (kept-file.ts, durable.ts). */
const OWN_NAME = /^\..+\.kcfg-[0-9a-f]+$/;

async function findOddName(host: Host, directory: string, expected: string[] | null): Promise<Shift | undefined> {
  const listed = (await host.files.info(directory)) === undefined ? null : ((await host.files.list(directory)) ?? null);
  const names = listed?.filter((name) => !OWN_NAME.test(name)) ?? null;
  if (expected === null || names === null) {
    return expected === names ? undefined : { file: directory, said: `${directory} ${names === null ? 'is gone' : 'was made'}` };
  }
  const odd = names.find((name) => !expected.includes(name)) ?? expected.find((name) => !names.includes(name));
  const file = `${directory}/${odd ?? ''}`;
  return odd === undefined ? undefined : { file, said: `${file} ${names.includes(odd) ? 'is new' : 'is gone'}` };
}

/** A drop-in that systemd did not have loaded: someone wrote it and made it count, with a daemon-reload. */
async function findOddUnit(host: Host, { unit, unitFiles }: Ground): Promise<Shift | undefined> {
  if (unitFiles === undefined) return undefined;
  const now = unitFilesOf(await host.systemd.show(unit, ['FragmentPath', 'DropInPaths']));
  const file = now.find((path) => !unitFiles.includes(path)) ?? unitFiles.find((path) => !now.includes(path));
  return file === undefined ? undefined : { file, said: `${file} ${now.includes(file) ? 'is now a part of' : 'is no longer a part of'} ${unit}` };
}

async function findUpgrade(host: Host, { program, runtime, kubeletVersion }: Ground): Promise<Shift | undefined> {
  if (program !== undefined) {
    const now = await observeProgram(host, program.path);
    if (now?.size !== program.size || now.mtimeNs !== program.mtimeNs) {
      const version = now === undefined ? undefined : await askVersion(host, program.path);
      const other = version !== undefined && kubeletVersion !== undefined && version !== kubeletVersion;
      const became = now === undefined ? 'is gone' : other ? `is kubelet ${version} now, and was ${kubeletVersion}` : 'was replaced';
      return { file: program.path, said: `${program.path} ${became}`, upgrade: true };
    }
  }
  if (runtime === undefined) return undefined;
  const { runtimeName, runtimeVersion } = await host.cri(runtime.endpoint).version();
  if (runtimeName === runtime.name && runtimeVersion === runtime.version) return undefined;
  return { said: `the container runtime is ${runtimeName} ${runtimeVersion} now, and was ${runtime.name} ${runtime.version}`, upgrade: true };
}

/** For a plan that was made a while ago (a file, a question that waited): nothing has begun yet. */
export async function refuseStale(host: Host, { ground }: Plan): Promise<void> {
  const shift = await findShift(host, ground);
  if (shift === undefined) return;
  throw new KcfgError('stale-plan', `the plan no longer fits this node: ${shift.said}`, {
    where: placeOf(shift),
    help: ['make the plan anew; nothing is lost'],
  });
}

/** Right before the kubelet restarts: what was copied, the copies, and the edited file are all as this change left them. */
export async function refuseForeignWriter(host: Host, plan: Plan): Promise<void> {
  const shift = await findShift(host, groundBeforeRestart(plan));
  if (shift === undefined) return;
  throw new KcfgError('changed-meanwhile', `${shift.said}, and not by this change`, {
    where: placeOf(shift),
    notes: [shift.upgrade ? 'an upgrade is at work, and which pods are kept was proven for the version from before' : 'an editor, kubeadm or a configuration manager is at work on this node'],
    help: ['let it finish, then run the same command again'],
  });
}

/** The ground, with what the steps before the restart make of it. */
export function groundBeforeRestart({ ground, steps }: Pick<Plan, 'ground' | 'steps'>): Ground {
  const restart = steps.findIndex((step) => step.kind === 'restart-kubelet' || step.kind === 'stop-kubelet');
  const before = restart < 0 ? steps : steps.slice(0, restart);
  const files = { ...ground.files };
  const directories = { ...ground.directories };
  for (const step of before) follow(step, files, directories);
  return { ...ground, files, directories };
}

function follow(step: Step, files: Ground['files'], directories: Ground['directories']): void {
  const names = (path: string, change: (names: string[]) => string[]): void => {
    const known = directories[posix.dirname(path)];
    if (known !== undefined && known !== null) directories[posix.dirname(path)] = change(known);
  };
  switch (step.kind) {
    case 'edit-config':
      files[step.path] = step.result;
      if (step.create !== undefined) names(step.path, (known) => [...known, posix.basename(step.path)]);
      return;
    case 'set-aside':
      if (step.path in files) files[step.path] = null;
      names(step.path, (known) => known.filter((name) => name !== posix.basename(step.path)));
      return;
    case 'make-directory': {
      for (const file of step.files) files[`${step.path}/${file.name}`] = file.result;
      const kept = step.replaces === undefined ? (directories[step.path] ?? []) : [];
      directories[step.path] = [...new Set([...kept, ...step.files.map((file) => file.name)])];
      return;
    }
    case 'remove-directory':
      directories[step.path] = null;
      return;
    default:
      return;
  }
}

function placeOf({ file }: Shift): { file: string }[] {
  return file === undefined ? [] : [{ file }];
}

/** A file is not what the plan read. */
export function changedMeanwhile(path: string): KcfgError {
  return new KcfgError('changed-meanwhile', `${path} was changed by someone else during this change`, {
    where: [{ file: path }],
    help: ['let them finish, then run the same command again'],
  });
}
