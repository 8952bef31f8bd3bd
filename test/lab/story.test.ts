/** The story that kcfg starts from: a static pod on the worker node2, and its directory changed with kcfg. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab, type Lab, type LabNode } from './node.ts';

const POD = 'nginx-pod-node2';
const manifest = readFileSync(new URL('../fixtures/nginx.yaml', import.meta.url), 'utf8');

let lab: Lab;
let node2: LabNode;
before(async () => {
  lab = await openLab();
  await lab.controlPlane('cp1');
  node2 = await lab.worker('node2', { kcfg: true });
});
after(() => lab.close());

const listed = async (): Promise<boolean> => (await node2.kubectl('get', 'pod', POD, '-o', 'jsonpath={.status.phase}')).stdout === 'Running';
const until = async (what: string, ask: () => Promise<boolean>): Promise<void> => {
  for (let look = 0; look < 120; look++) {
    if (await ask()) return;
    await sleep(500);
  }
  assert.fail(`not within a minute: ${what}`);
};

test('nginx.yaml is written, its path moved with kcfg, and deleted: the pod comes, stays the same, and goes', { timeout: 400_000 }, async () => {
  await writeFile(node2.file('/etc/kubernetes/manifests/nginx.yaml'), manifest);
  await until(`${POD} listed`, listed);
  await until('its container runs', async () => (await node2.containers()).length === 1);
  const before = await node2.containers();

  const { code, stdout, stderr } = await node2.run(['kcfg', 'set', 'staticPodPath', '/etc/kubelet.d', '--yes']);
  assert.equal(code, 0, stderr + stdout);
  assert.match(stdout, /The kubelet reads its static pods from \/etc\/kubelet\.d\./);
  assert.deepEqual(await node2.containers(), before, 'the same container, the same process');
  assert.ok(await listed(), 'still listed');

  await rm(node2.file('/etc/kubelet.d/nginx.yaml'));
  await until('its container is gone', async () => (await node2.containers()).length === 0);
  await until(`${POD} is gone`, async () => (await node2.kubectl('get', 'pod', POD)).code !== 0);
});
