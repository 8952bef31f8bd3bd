/** Cases of the book on a real control plane, both wedges among them, one of each kind: named first, and every component Ready afterwards. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CASES } from '../../cases/book.ts';
import { labNode, MARK } from '../../cases/lab-node.ts';
import { TWELVE } from '../../cases/on-lab.ts';
import { runCase } from '../../cases/run-case.ts';
import { assertHolds } from '../../cases/holds.ts';
import { type Lab, type LabNode, openLab } from '../node.ts';

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
  await cp.kubectl('create', 'configmap', MARK, '-n', 'default', '--from-literal=kept=yes');
  await cp.save('healthy');
});
after(() => lab.close());

test('a healthy node has nothing wrong', { timeout: 180_000 }, async () => {
  // a snapshot is taken with the plug pulled: its containers have just started again
  let { code, stdout } = await cp.run(['kcfg', 'doctor']);
  for (let look = 1; look < 20 && /settles|does not answer/.test(stdout); look++) {
    await setTimeout(3000);
    ({ code, stdout } = await cp.run(['kcfg', 'doctor']));
  }
  assert.equal(code, 0, stdout);
});

for (const subject of CASES.filter(({ id }) => TWELVE.includes(id))) {
  test(`${subject.id}: ${subject.name}`, { timeout: 600_000 }, async () => {
    await cp.restore('healthy');
    const old = (await cp.containers()).find(({ name }) => name === 'kube-apiserver')?.pid;
    const result = await runCase(subject, labNode(cp, old));
    assertHolds(result);
  });
}
