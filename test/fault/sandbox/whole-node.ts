/**
 * Is a pretend node whole after a change that was broken? Every file is exactly as it was, or exactly as the change wanted
 * it; the same containers run; nothing is pending, no temporary and no unit is left; and kcfg tells what happened as it is.
 */
import { COMPONENTS, files } from '../../sandbox/compare.ts';
import { readHere } from '../../sandbox/in-process.ts';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxNode } from '../../sandbox/node.ts';
import type { FileState, Snapshot } from '../../sandbox/snapshot.ts';
import type { Plan } from '../../../src/plan/plan.ts';

export interface Memory {
  files: Snapshot;
  /** Name and ID of each that runs. */
  containers: string[];
}
export type End = 'old' | 'new' | 'neither';

export async function remember(node: SandboxNode): Promise<Memory> {
  return { files: files(node.tree()), containers: await containersOf(node) };
}
const containersOf = async (node: SandboxNode): Promise<string[]> => (await node.containers()).map(({ name, id }) => `${name} ${id}`);

export const changeIds = (node: SandboxNode): number[] => {
  const store = join(node.root, 'var/lib/kcfg');
  return (existsSync(store) ? readdirSync(store) : []).filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b);
};
export const planOf = (node: SandboxNode, id: number): Plan | undefined => {
  const path = `/var/lib/kcfg/${id}/plan.json`;
  return existsSync(join(node.root, path)) ? (JSON.parse(node.read(path)) as Plan) : undefined;
};

/** A change is not decided yet. One that died between its last record and the removal of the mark is. */
export function isPending(node: SandboxNode): boolean {
  const mark = join(node.root, 'var/lib/kcfg/pending');
  if (!existsSync(mark)) return false;
  const journal = `/var/lib/kcfg/${node.read('/var/lib/kcfg/pending').trim()}/journal`;
  return !existsSync(join(node.root, journal)) || !/"type":"decided".*\n/.test(node.read(journal));
}

/** Waits until nothing of kcfg is at work. What does not come to rest is told. */
export async function settle(node: SandboxNode, { pending = false, seconds = 30 } = {}): Promise<string[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const units = (await node.program('systemctl', ['list-units', 'kcfg-*'])).stdout.split('\n').filter((line) => line !== '' && !line.startsWith('kcfg-recover.service'));
    const open = !pending && isPending(node);
    if (units.length === 0 && !open) return [];
    if (Date.now() > deadline) return [...units.map((unit) => `left: ${unit}`), ...(open ? ['a change is still pending'] : [])];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits for the pods of the control plane: after a boot they come up in their own time. */
export async function podsUp(node: SandboxNode, seconds = 30): Promise<string[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const names = (await node.containers()).map(({ name }) => name);
    const missing = COMPONENTS.filter((name) => names.filter((each) => each === name).length !== 1);
    if (missing.length === 0 && names.length === COMPONENTS.length) return [];
    if (Date.now() > deadline) return [`running: ${names.join(', ')}`];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Checked {
  end: End;
  bad: string[];
}

/**
 * `ids`: changes that were begun since `before`, oldest first. `renewed`: other containers are right, as after a boot.
 * `byHand`: kcfg knows nothing of what undo.sh did. `unbegun`: killed before there was anything to recover, it left a part of
 * its records, which nobody else reads.
 */
export async function check(node: SandboxNode, before: Memory, ids: readonly number[], { renewed = false, byHand = false, unbegun = false } = {}): Promise<Checked> {
  const bad: string[] = [];
  const now = node.tree();
  const plan = ids.length === 1 ? planOf(node, ids[0] ?? 0) : undefined;
  const toOld = differences(files(now), before.files, new Map());
  const toNew = plan === undefined ? ['there is no plan'] : differences(files(now), before.files, wanted(before.files, plan));
  const end: End = toOld.length === 0 ? 'old' : toNew.length === 0 ? 'new' : 'neither';
  if (end === 'neither') bad.push(`from old: ${toOld.slice(0, 4).join('; ')}; from new: ${toNew.slice(0, 4).join('; ')}`);
  // what an earlier one left, that was killed before it began
  const ofAnother = (path: string): boolean => {
    const id = /^\/var\/lib\/kcfg\/(\d+)\//.exec(path)?.[1];
    return id !== undefined && !ids.includes(Number(id));
  };
  for (const path of Object.keys(now)) if (/\/\.[^/]+\.kcfg-[^/]+$/.test(path) && (unbegun ? !path.startsWith('/var/lib/kcfg/') : !ofAnother(path))) bad.push(`left: ${path}`);
  bad.push(...(await podsUp(node)));
  const kept = await containersOf(node);
  const recreates = plan?.strategy === 'recreate';
  if (!renewed && !recreates && kept.join() !== before.containers.join()) bad.push(`containers ${kept.join()} were ${before.containers.join()}`);
  for (const id of byHand ? [] : ids) bad.push(...(await untrue(node, id, end)));
  return { end, bad };
}

/** What kcfg says of the change, where that is not so. */
async function untrue(node: SandboxNode, id: number, end: End): Promise<string[]> {
  const history = await readHere(node, ['history', '-o', 'json']);
  if (history.code !== 0) return [`history: ${history.stderr}`];
  const row = (JSON.parse(history.stdout) as { changes: { id: string; result: string }[] }).changes.find((each) => each.id === String(id));
  const show = await readHere(node, ['show', String(id)]);
  if (row === undefined) return planOf(node, id) === undefined ? [] : [`history does not know change ${id}`];
  const words = /^(undone|unchanged)$/.test(row.result) ? 'old' : row.result === 'done' ? 'new' : row.result;
  const closing = show.stdout.trim().split('\n').slice(-4).join(' ');
  const shown = /Everything (is as before|was put back), byte for byte|Nothing was changed/.test(closing) ? 'old' : /Done in/.test(closing) ? 'new' : closing;
  return [
    ...(words === end ? [] : [`history says ${row.result}, and all is ${end}`]),
    ...(show.code === 0 && shown === end ? [] : [`show says ${show.code}: ${shown}${show.stderr}, and all is ${end}`]),
  ];
}

type Wanted = Map<string, Partial<FileState> | null | 'any'>;

/** What becomes of each file that the plan touches: some of its state, nothing, or what the kubelet makes of it. */
export function wanted(old: Snapshot, plan: Plan): Wanted {
  const result: Wanted = new Map();
  const gone = (directory: string): void => {
    for (const path of Object.keys(old)) if (path === directory || path.startsWith(`${directory}/`)) result.set(path, null);
  };
  for (const step of plan.steps) {
    if (step.kind === 'edit-config') result.set(step.path, { kind: 'file', sha256: step.result, mode: step.create?.mode ?? old[step.path]?.mode ?? -1 });
    if (step.kind === 'unpin-manifests') for (const file of step.files) result.set(file.path, { kind: 'file', sha256: file.result, mode: old[file.path]?.mode ?? -1 });
    if (step.kind === 'set-aside') result.set(step.path, 'any');
    if (step.kind === 'make-directory') {
      if (step.create !== undefined) result.set(step.path, { kind: 'directory', mode: step.create.mode });
      for (const file of step.files) result.set(`${step.path}/${file.name}`, { kind: 'file', sha256: file.result, mode: file.mode, mtimeNs: file.mtimeNs });
    }
    if (step.kind === 'link-directory' || step.kind === 'remove-directory') gone(step.path);
    if (step.kind === 'link-directory') result.set(step.path, { kind: 'link', target: step.target });
  }
  return result;
}

/** Paths where `now` is neither as wanted nor, where nothing is wanted, as it was. */
export function differences(now: Snapshot, old: Snapshot, wanted: Wanted): string[] {
  const paths = new Set([...Object.keys(now), ...Object.keys(old), ...wanted.keys()]);
  return [...paths].flatMap((path) => {
    const want = wanted.get(path);
    if (want === 'any') return [];
    const expected = want === undefined ? old[path] : want;
    const found = now[path];
    if (!expected || !found) return !expected === !found ? [] : [`${path} is ${found ? 'there' : 'gone'}`];
    // a link is made anew where it comes back: its time means nothing to anyone
    const keys = (Object.keys(expected) as (keyof FileState)[]).filter((key) => key !== 'mtimeNs' || expected.kind !== 'link');
    const wrong = keys.filter((key) => found[key] !== expected[key]);
    return wrong.length === 0 ? [] : [`${path}: ${wrong.map((key) => `${key} ${found[key]}, not ${expected[key]}`).join(', ')}`];
  });
}
