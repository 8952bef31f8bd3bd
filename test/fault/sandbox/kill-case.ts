/** One change, killed: what is done to it, what comes after, and whether the node is whole then. */
import type { Run } from '../../sandbox/node.ts';
import type { Change } from './changes.ts';
import type { HookedNode } from './hooked-node.ts';
import type { Kill } from './kill-hook.ts';
import { runUndoScript } from './undo-script.ts';
import { changeIds, check, type End, isPending, podsUp, remember, settle } from './whole-node.ts';

export interface KillCase {
  /** As it is counted: 'killed at a record'. */
  kind: string;
  change: Change;
  kills: readonly Kill[];
  /** The kubelet refuses the change, so that kcfg goes back by itself. */
  refused?: true;
  /** What brings a change to its end whose recovery was killed as well: a boot, two of them, the next kcfg, or undo.sh. */
  then?: 'boot' | 'two boots' | 'kcfg' | 'abort' | 'undo.sh';
}
export interface KillResult {
  /** False: the process ended before it came to that call. */
  killed: boolean;
  end: End;
  bad: string[];
}

/** A change of nothing: it looks after what was cut off first. */
const NOTHING = ['set', 'clusterDomain', 'cluster.local', '--yes'];
const OLD_WORDS = /^(Everything (is as before|was put back), byte for byte\.|Nothing was changed\.)/m;

export async function runKillCase(node: HookedNode, { change, kills, refused, then }: KillCase): Promise<KillResult> {
  const before = await remember(node);
  const last = changeIds(node).at(-1) ?? 0;
  if (refused === true) await node.fault('kubelet-refuses', change.refused);
  node.arm(kills);
  const run = await node.kcfg([...change.argv, '--yes']);
  const bad = await settle(node, { pending: then !== undefined });
  if (then === 'two boots') await node.reboot();
  const { fired } = node.disarm();
  if (refused === true) await node.fault('kubelet-refuses', null);
  const killed = fired.length >= kills.length;
  const ids = changeIds(node).filter((id) => id > last);
  const cutOff = isPending(node);
  if (then !== undefined && cutOff) bad.push(...(await bringToEnd(node, then, ids.at(-1) ?? 0)));
  const byHand = then === 'undo.sh' && cutOff;
  const checked = await check(node, before, ids, { renewed: then === 'boot' || then === 'two boots', byHand, unbegun: kills.some(({ verb }) => verb === 'command') && !cutOff });
  bad.push(...checked.bad);
  if (then === undefined && killed) bad.push(...misled(run, checked.end));
  if (checked.end === 'new') bad.push(...(await goesThrough(node, change.back)));
  return { killed, end: checked.end, bad };
}

async function bringToEnd(node: HookedNode, then: NonNullable<KillCase['then']>, id: number): Promise<string[]> {
  if (then === 'undo.sh') return await runUndoScript(node, id);
  if (then === 'boot' || then === 'two boots') await node.reboot();
  else {
    await podsUp(node);
    const run = await node.kcfg(then === 'kcfg' ? NOTHING : ['abort']);
    // what was verified is kept, and that is told
    const kept = then === 'abort' && run.code === 1 && /^Done in/m.test(run.stdout + run.stderr);
    if (run.code !== 0 && !kept) return [`${then}: exit ${run.code}: ${run.stderr}`];
    const told = new RegExp(`change ${id} (was cut off|did not begin)`, 'i');
    if (then === 'kcfg' && !told.test(`${run.stdout}${run.stderr}`)) return [`the next kcfg does not tell: ${run.stdout}${run.stderr}`];
  }
  return await settle(node);
}

/** What the terminal said, where the node is not so. One that was killed itself said nothing. */
function misled({ code, stdout, stderr }: Run, end: End): string[] {
  if (code === 137) return [];
  const says = code === 0 ? 'new' : OLD_WORDS.test(stderr) && code !== 6 ? 'old' : `exit ${code}: ${stdout}${stderr}`;
  return says === end ? [] : [`the terminal says ${says}, and all is ${end}`];
}

/** The next change, which is none of those that are broken. */
export async function goesThrough(node: HookedNode, argv: readonly string[]): Promise<string[]> {
  // a busy machine is no bad state
  const run = await node.kcfg([...argv, '--yes'], { timeout: 300_000 });
  return run.code === 0 ? [...(await settle(node)), ...(await podsUp(node))] : [`the next change: ${argv.join(' ')}: exit ${run.code}: ${run.stderr}`];
}
