/** A pretend node has one filesystem: no path needs a mount, and the drop-in of an earlier change goes, last of all. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exits, running } from './compare.ts';
import { type NodeOptions, type SandboxNode, startNode } from './node.ts';

const DROP_IN = '/etc/systemd/system/kubelet.service.d/20-kcfg-static-pods.conf';
const TEXT = '[Unit]\nRequiresMountsFor=/srv/pods/static\n';

function on(name: string, options: NodeOptions, body: (node: SandboxNode, there: () => boolean) => Promise<void>): void {
  test(name, { timeout: 90_000 }, async () => {
    const node = await startNode({ ...options, files: { [DROP_IN]: TEXT } });
    try {
      await body(node, () => existsSync(join(node.root, DROP_IN)));
    } finally {
      await node.down();
    }
  });
}

on('a move to a path that needs none', {}, async (node, there) => {
  const containers = await running(node);
  await node.fault('kubelet-refuses', { path: '/etc/kubernetes/static' });
  exits(await node.kcfg(['set', 'staticPodPath', '/etc/kubernetes/static', '--yes']), 5);
  await node.fault('kubelet-refuses', null);
  assert.equal(node.read(DROP_IN), TEXT, 'a change that goes back leaves it');

  const run = await node.kcfg(['set', 'staticPodPath', '/etc/kubernetes/static', '--yes']);
  exits(run, 0);
  assert.match(run.stdout, /Require no mount/);
  assert.equal(there(), false);
  assert.deepEqual(await running(node), containers);
});

on('no path at all', { worker: true }, async (node, there) => {
  exits(await node.kcfg(['unset', 'staticPodPath', '--yes']), 0);
  assert.equal(there(), false);
  exits(await node.kcfg(['rollback', '--yes']), 0);
  assert.match(node.read('/var/lib/kubelet/config.yaml'), /^staticPodPath: \/etc\/kubernetes\/manifests$/m);
  assert.equal(there(), false, 'on the root filesystem it is not needed');
});
