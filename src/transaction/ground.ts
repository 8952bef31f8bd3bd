/** The ground a plan stands on: every file it read, by hash. Checked when it is taken up, and again right before the restart. */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { sha256 } from '../node/directory.ts';
import type { Plan } from '../plan/plan.ts';

interface Shift {
  file: string;
  what: string;
}

/** The first thing that is not as the plan has it, in words, or undefined. */
export async function findShift(host: Host, plan: Plan): Promise<Shift | undefined> {
  for (const [file, expected] of Object.entries(plan.ground.files)) {
    const bytes = await host.files.read(file);
    const actual = bytes === undefined ? null : sha256(bytes);
    if (actual !== expected) return { file, what: actual === null ? 'is gone' : expected === null ? 'is new' : 'was changed' };
  }
  for (const [directory, expected] of Object.entries(plan.ground.directories)) {
    const shift = await findOddName(host, directory, expected);
    if (shift !== undefined) return shift;
  }
  return undefined;
}

async function findOddName(host: Host, directory: string, expected: string[] | null): Promise<Shift | undefined> {
  const names = (await host.files.info(directory)) === undefined ? null : ((await host.files.list(directory)) ?? null);
  if (expected === null || names === null) {
    return expected === names ? undefined : { file: directory, what: names === null ? 'is gone' : 'was made' };
  }
  const odd = names.find((name) => !expected.includes(name)) ?? expected.find((name) => !names.includes(name));
  return odd === undefined ? undefined : { file: `${directory}/${odd}`, what: names.includes(odd) ? 'is new' : 'is gone' };
}

/** For a plan that was made a while ago (a file, a question that waited): nothing has begun yet. */
export async function refuseStale(host: Host, plan: Plan): Promise<void> {
  const shift = await findShift(host, plan);
  if (shift === undefined) return;
  throw new KcfgError('stale-plan', `the plan no longer fits this node: ${shift.file} ${shift.what}`, {
    where: [{ file: shift.file }],
    help: ['make the plan anew; nothing is lost'],
  });
}

/** Right before the kubelet restarts: what was copied, the copies, and the edited file are all as this change left them. */
export async function refuseForeignWriter(host: Host, plan: Plan): Promise<void> {
  const files = { ...plan.ground.files };
  const directories = { ...plan.ground.directories };
  for (const step of plan.steps) {
    if (step.kind === 'edit-config') files[step.path] = step.result;
    if (step.kind === 'set-aside' && step.path in files) files[step.path] = null;
    if (step.kind === 'unpin-manifests') for (const file of step.files) files[file.path] = file.sha256;
    if (step.kind !== 'make-directory') continue;
    for (const file of step.files) files[`${step.path}/${file.name}`] = file.result;
    const kept = step.replaces === undefined ? (plan.ground.directories[step.path] ?? []) : [];
    const made = plan.steps.flatMap((other) => (other.kind === 'edit-config' && other.create && posix.dirname(other.path) === step.path ? [posix.basename(other.path)] : []));
    directories[step.path] = [...new Set([...kept, ...step.files.map((file) => file.name), ...made])];
  }
  const shift = await findShift(host, { ...plan, ground: { ...plan.ground, files, directories } });
  if (shift === undefined) return;
  throw new KcfgError('changed-meanwhile', `${shift.file} ${shift.what}, and not by this change`, {
    where: [{ file: shift.file }],
    notes: ['an editor, kubeadm or a configuration manager is at work on this node'],
    help: ['let it finish, then run the same command again'],
  });
}

/** A file is not what the plan read. */
export function changedMeanwhile(path: string): KcfgError {
  return new KcfgError('changed-meanwhile', `${path} was changed by someone else during this change`, {
    where: [{ file: path }],
    help: ['let them finish, then run the same command again'],
  });
}
