/**
 * No false alarm: `kcfg doctor` tells no error of a control plane that nothing is wrong with, alone or one of three, as kubeadm
 * made it, with its static pods moved by kcfg, and with their pins released. Writes docs/healthy.md.
 *
 *     KCFG_LAB_VERSIONS="v1.34.4" node --import tsx --test test/lab/long/healthy.test.ts
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Diagnosis } from '../../cases/judge.ts';
import { move, STATIC } from '../moves.ts';
import { openLab, type LabNode } from '../node.ts';
import { writeLooked } from './healthy-table.ts';

const VERSIONS = (process.env['KCFG_LAB_VERSIONS'] ?? 'v1.30.4 v1.34.4 v1.37.2').split(/\s+/).filter((version) => version !== '');
const MINUTES = 60_000;
const LOOKS = 4;

for (const version of VERSIONS) {
  test(`${version}: nothing is wrong with one control plane and with three, fresh, moved and unpinned`, { timeout: 45 * MINUTES }, async (t) => {
    const lab = await openLab({ kubernetes: version });
    const alarms: string[] = [];
    const look = async (nodes: readonly LabNode[], state: string): Promise<void> => {
      const found = await Promise.all(nodes.map(settled));
      const warnings = [...new Set(found.flatMap(({ warnings: told }) => told))];
      const errors = found.flatMap(({ errors: told }) => told);
      writeLooked({ version, nodes: nodes.length, state, errors: errors.length, warnings });
      t.diagnostic(`${version}, ${nodes.length}, ${state}: ${[...errors, ...warnings].join('; ') || 'nothing'}`);
      alarms.push(...errors.map((words) => `${nodes.length}, ${state}: ${words}`));
    };
    const through = async (nodes: readonly LabNode[]): Promise<void> => {
      await look(nodes, 'fresh');
      for (const node of nodes) await does(node, move(node, STATIC));
      await look(nodes, 'moved');
      for (const node of nodes) await does(node, node.run(['kcfg', 'unpin', '--yes'], { timeout: 10 * MINUTES }));
      await look(nodes, 'unpinned');
    };
    try {
      const cp1 = await lab.controlPlane('cp1', { kcfg: true });
      await cp1.save('fresh');
      await through([cp1]);
      await cp1.restore('fresh');
      const others: LabNode[] = [];
      for (const name of ['cp2', 'cp3']) others.push(await lab.controlPlane(name, { kcfg: true }));
      await through([cp1, ...others]);
    } finally {
      await lab.close();
    }
    assert.deepEqual(alarms, []);
  });
}

async function does(node: LabNode, running: ReturnType<LabNode['run']>): Promise<void> {
  const { code, stdout, stderr } = await running;
  assert.equal(code, 0, `${node.name}: ${stdout}${stderr}`);
  await node.ready();
}

/** After a boot it says which containers have just started again, and to look once more. */
async function settled(node: LabNode): ReturnType<typeof doctor> {
  for (let look = 1; ; look++) {
    const found = await doctor(node);
    if (look === LOOKS || !found.errors.some((words) => words.includes('have just started again') || words.includes('has just started again'))) return found;
    await sleep(30_000);
  }
}

async function doctor(node: LabNode): Promise<{ errors: string[]; warnings: string[] }> {
  const { stdout, stderr } = await node.run(['kcfg', 'doctor', '-o', 'json']);
  assert.notEqual(stdout, '', `${node.name}: ${stderr}`);
  const { healthy, verdict, findings } = JSON.parse(stdout) as Diagnosis;
  const told = (severity: string): string[] => findings.filter((each) => each.severity === severity).map(({ id, component, cause }) => `${id}, ${component}: ${cause}`);
  const errors = told('error');
  return { errors: errors.length > 0 || healthy ? errors.map((words) => `${node.name}: ${words}`) : [`${node.name}: ${verdict}`], warnings: told('warning') };
}
