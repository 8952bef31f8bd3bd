/** Cases on a real control plane, each from the same healthy disk. */
import { type LabNode, openLab } from '../lab/node.ts';
import type { Case } from './case.ts';
import { labNode, MARK } from './lab-node.ts';
import type { Healthy } from './on-sandbox.ts';
import { type Result, runCase } from './run-case.ts';

/** One of each kind, and both wedges: CI takes these, some 70 s each, and `npm run bench:doctor -- --lab`; with --all every one. */
export const TWELVE: readonly string[] = ['B001', 'B012', 'B021', 'B029', 'B035', 'B050', 'B060', 'B067', 'B097', 'B117', 'W1', 'W2'];

/** `keep`: a node cp1 with a snapshot `healthy` is there, and stays. */
export async function onLab(cases: readonly Case[], done: (result: Result) => void, keep = false): Promise<Healthy> {
  const lab = await openLab({ keep });
  const healthy: Healthy = { looked: 0, alarms: [] };
  try {
    const cp = keep ? lab.left('cp1') : await lab.controlPlane('cp1');
    if (!keep) {
      await cp.kubectl('create', 'configmap', MARK, '-n', 'default', '--from-literal=kept=yes');
      await cp.save('healthy');
    }
    for (const [index, subject] of cases.entries()) {
      await cp.restore('healthy');
      await cp.installKcfg();
      if (index === 0) await lookHealthy(cp, healthy);
      const old = (await cp.containers()).find(({ name }) => name === 'kube-apiserver')?.pid;
      done(await runCase(subject, labNode(cp, old)));
    }
  } finally {
    if (!keep) await lab.close();
  }
  return healthy;
}

async function lookHealthy(cp: LabNode, healthy: Healthy): Promise<void> {
  const { code, stdout } = await cp.run(['kcfg', 'doctor']);
  healthy.looked++;
  if (code !== 0) healthy.alarms.push(stdout);
}
