/** Moves of staticPodPath there and back for tests that break them, the states they lead to, and the look at a node after a break. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Call, Faults } from './faults.ts';
import { CONFIG, held, isPending, lastTold, pathInFile, pathInForce, units, type Held } from './held.ts';
import type { LabNode, Run } from './node.ts';

export const HOME = '/etc/kubernetes/manifests';
export const STATIC = '/etc/kubernetes/static';
/** Once refuse() was called the kubelet does not start with it: a move there goes back by itself. */
export const REFUSED = '/etc/kubernetes/refused';
const DROP_IN = '/etc/systemd/system/kubelet.service.d/99-refused.conf';

/** Records of a move: begin; intent and done of arm, copy, edit of config.yaml and of instance-config.yaml, restart; intent of verify, verified, done; of link, of disarm; decided. On trial: trial, instead of disarming. */
export const RECORD = { begin: 0, armed: 2, copied: 4, edited: 8, restarting: 9, restarted: 10, verifying: 11, verified: 12, linking: 14, linked: 15, disarming: 16, trial: 16, decided: 18 } as const;

/** A series of cut-off changes: every point with KCFG_LAB_ALL=1, as `npm run test:fault -- lab` sets it; CI has time for one in three. */
export const taken = <T>(points: readonly T[]): T[] => points.filter((_, index) => process.env.KCFG_LAB_ALL === '1' || index % 3 === 1);

export const other = (path: string): string => (path === HOME ? STATIC : HOME);
export const move = (node: LabNode, path: string, ...options: string[]): Promise<Run> => node.run(['kcfg', 'set', 'staticPodPath', path, '--yes', ...options]);

export async function refuse(node: LabNode): Promise<void> {
  mkdirSync(node.file('/etc/systemd/system/kubelet.service.d'), { recursive: true });
  writeFileSync(node.file(DROP_IN), `[Service]\nExecStartPre=/bin/sh -c '! grep -q ${REFUSED} ${CONFIG}'\n`);
  await node.run(['systemctl', 'daemon-reload']);
}
export async function refuseNoMore(node: LabNode): Promise<void> {
  rmSync(node.file(DROP_IN));
  await node.run(['systemctl', 'daemon-reload']);
}

export interface Moved {
  /** What a move from there does to the machine. */
  calls: Map<string, Call[]>;
  /** What the node holds once it is there. */
  states: Map<string, Held>;
}

/** Whole moves there and back, written down. */
export async function moveAndBack(node: LabNode, faults: Faults): Promise<Moved> {
  const calls = new Map<string, Call[]>();
  const states = new Map<string, Held>();
  for (const target of [STATIC, HOME]) {
    faults.arm([]);
    const { code, stderr } = await move(node, target);
    assert.equal(code, 0, stderr);
    calls.set(other(target), faults.calls());
    states.set(target, await held(node, 'reached'));
  }
  faults.disarm();
  return { calls, states };
}

/** Files are all as before, or all as after a whole move; the kubelet runs with what they say; history says which; nothing is left to do. Returns what became of it. */
export async function assertWhole(node: LabNode, { from, old, states }: { from: string; old: Held; states: Map<string, Held> }, where: string): Promise<'old' | 'new'> {
  const path = pathInFile(node);
  if (path === from) assertSame(await held(node), old, where);
  else assertSame(await held(node, 'reached'), states.get(path) ?? {}, where);
  const { result } = await lastTold(node);
  assert.match(result, path === from ? /^(undone|unchanged)$/ : /^done$/, where);
  assert.equal(await pathInForce(node), path, where);
  assert.ok(!isPending(node), where);
  assert.deepEqual(await units(node), [], where);
  return path === from ? 'old' : 'new';
}

/** What differs, alone: the rest of a node is long. */
export function assertSame(now: Held, wanted: Held, where: string): void {
  const paths = [...new Set([...Object.keys(now), ...Object.keys(wanted)])].filter((path) => now[path] !== wanted[path]);
  assert.deepEqual(Object.fromEntries(paths.map((path) => [path, now[path]])), Object.fromEntries(paths.map((path) => [path, wanted[path]])), where);
}
