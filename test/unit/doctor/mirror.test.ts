/** A control plane that runs, and that kubectl does not show: the API server refuses the mirror of its pod. As a real node does (1.37.2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podShape } from '../../../src/doctor/rules/pod-shape.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { tree } from './tree.ts';

const MANIFEST = '/etc/kubernetes/manifests/kube-scheduler.yaml';

test('a class that there is not, a class that is gone from beside its number, another number, a namespace that is a slip away', async (t) => {
  const files = tree(t);
  const healthy = files.read(MANIFEST);
  assert.deepEqual(await files.found(podShape), []);
  const told = async (from: string | RegExp, to: string): Promise<string> => {
    const text = healthy.replace(from, to);
    assert.notEqual(text, healthy);
    files.write(MANIFEST, text);
    return (await files.found(podShape)).map(({ id, severity }) => `${severity} ${id}`).join();
  };
  assert.equal(await told('system-node-critical', 'system-node-critica'), 'error priority-class');
  assert.equal(await told('priority: 2000001000', 'priority: 200000100'), 'error priority-class');
  assert.equal(await told(/\n +priorityClassName: .*/, ''), 'error priority-class');
  assert.equal(await told(/\n +priority: .*\n +priorityClassName: .*/, ''), '');
  assert.equal(await told('namespace: kube-system', 'namespace: kube-systm'), 'error namespace');
  const [cause] = await files.found(podShape);
  assert.equal(cause?.fix?.kind === 'edit' ? applyEdits(Buffer.from(files.read(MANIFEST)), cause.fix.edits).toString() : '', healthy);
});
