/**
 * systemd does not do what it is asked: at once, from the restart on, or only when kcfg goes back. kcfg says what is wrong and
 * what to type, the node is as before or a person is asked for, and once systemd works again `kcfg abort` undoes the rest.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultArguments, FaultName } from '../../src/sandbox/faults.ts';
import { CHANGES } from './sandbox/changes.ts';
import { type HookedNode, startHookedNode } from './sandbox/hooked-node.ts';
import { goesThrough } from './sandbox/kill-case.ts';
import { SYSTEMD_CASES, type SystemdCase } from './sandbox/systemd-cases.ts';
import { changeIds, check, isPending, podsUp, remember, settle } from './sandbox/whole-node.ts';
import type { Lane, LaneResult } from './lane.ts';

const DROP_IN = 'etc/systemd/system/kubelet.service.d/99-of-another.conf';
const NODES = 2;

export const lane: Lane = {
  name: 'systemd',
  about: 'jobs of systemd that fail, hang or are refused, and systemd out of reach',
  async run({ all, say }) {
    const result: LaneResult = { counts: {}, bad: [] };
    const cases = SYSTEMD_CASES.filter(({ slow }) => all || slow !== true);
    const work = async (): Promise<void> => {
      for (let each = cases.shift(); each !== undefined; each = cases.shift()) {
        const { exit, bad, screen } = await runCase(each);
        const count = `exit ${exit}`;
        result.counts[count] = (result.counts[count] ?? 0) + 1;
        result.bad.push(...bad.map((line) => `${each.name}: ${line}`));
        say(`${each.name}: exit ${exit}${bad.length === 0 ? '' : `: ${bad.join(' | ')}\n${screen}`}`);
      }
    };
    await Promise.all(Array.from({ length: NODES }, work));
    return result;
  },
};

async function runCase(each: SystemdCase): Promise<{ exit: number; bad: string[]; screen: string }> {
  const move = CHANGES[0];
  if (move === undefined) throw new Error('no change');
  const node = await startHookedNode({ speed: 40 });
  try {
    // the first change brings the boot unit
    await goesThrough(node, ['set', 'maxPods', '120']);
    const before = await remember(node);
    const last = changeIds(node).at(-1) ?? 0;
    if (each.refused === true) await node.fault('kubelet-refuses', move.refused);
    for (const [name, argument] of Object.entries(each.faults ?? {}) as [FaultName, FaultArguments[FaultName]][]) await node.fault(name, argument as never);
    if (each.missing !== undefined) node.arm([each.missing]);
    if (each.dropIn === 'before') writeDropIn(node);
    const change = node.kcfg([...move.argv, '--yes'], { timeout: 900_000 });
    if (each.dropIn === 'meanwhile') await whileAtWork(node, last + 1, () => writeDropIn(node));
    const run = await change;
    const screen = `${run.stdout}${run.stderr}`;
    const bad = each.exit.includes(run.code) ? [] : [`exit ${run.code}, not ${each.exit.join(' or ')}`];
    if (!each.says.test(screen.replaceAll(/\s+/g, ' '))) bad.push(`does not say ${each.says.source}`);

    for (const name of Object.keys(each.faults ?? {}) as FaultName[]) await node.fault(name, null);
    if (each.refused === true) await node.fault('kubelet-refuses', null);
    node.disarm();
    rmSync(join(node.root, DROP_IN, '..'), { recursive: true, force: true });
    const ids = changeIds(node).filter((id) => id > last);
    // ExecStopPost= tries once more by itself
    bad.push(...(await settle(node, { pending: true })));
    if (isPending(node)) {
      const abort = await node.kcfg(['abort']);
      if (abort.code !== 0) bad.push(`abort: exit ${abort.code}: ${abort.stderr}`);
    }
    bad.push(...(await settle(node)));
    const checked = await check(node, before, ids);
    bad.push(...checked.bad);
    if (checked.end !== (run.code === 0 ? 'new' : 'old')) bad.push(`exit ${run.code}, and all is ${checked.end}`);
    bad.push(...(await goesThrough(node, checked.end === 'new' ? move.back : move.argv)), ...(await podsUp(node)));
    return { exit: run.code, bad, screen };
  } finally {
    await node.down();
  }
}

function writeDropIn(node: HookedNode): void {
  mkdirSync(join(node.root, DROP_IN, '..'), { recursive: true });
  writeFileSync(join(node.root, DROP_IN), '[Service]\nNice=-5\n');
}

/** Once the change has begun. */
async function whileAtWork(node: HookedNode, id: number, deed: () => void): Promise<void> {
  const journal = join(node.root, `var/lib/kcfg/${id}/journal`);
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 2))) {
    if (existsSync(journal) && readFileSync(journal, 'utf8').includes('"type":"intent"')) return deed();
  }
}
