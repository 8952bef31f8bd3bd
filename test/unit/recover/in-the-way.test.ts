/** What has to be done by hand before anything that kcfg mends can come up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause, Fix } from '../../../src/doctor/cause.ts';
import type { Standing } from '../../../src/doctor/components.ts';
import { inTheWay } from '../../../src/recover/in-the-way.ts';

const cause = (id: string, component: string, kind: 'commands' | 'restore', now = true): Cause => {
  const fix: Fix = kind === 'commands' ? { kind, commands: ['systemctl start it'] } : { kind, pod: component };
  return { id, severity: 'error', message: id, where: [], notes: [], help: [], component, layer: 'runtime', verdict: id, sure: 'certain', now, evidence: [], fix };
};
const standings = (...down: string[]): Standing[] => ['runtime', 'kubelet', 'kube-apiserver'].map((component) => ({ component, ok: !down.includes(component), words: '' }));
const mended = cause('unknown-flag', 'kube-apiserver', 'restore');
const first = (other: Cause, ...down: string[]): string | undefined => inTheWay({ causes: [other, mended], standings: standings('kube-apiserver', ...down) }, [mended])?.id;

test('no manifest is mended under a runtime or a kubelet that kcfg cannot bring up', () => {
  assert.equal(first(cause('runtime-stopped', 'runtime', 'commands'), 'runtime'), 'runtime-stopped');
  assert.equal(first(cause('state-file', 'kubelet', 'commands'), 'kubelet'), 'state-file');
});

test('what is mended with it, what runs, what waits for its next start, and a kubelet that only has to be started hinder nothing', () => {
  assert.equal(first(cause('runtime-endpoint', 'kubelet', 'restore'), 'kubelet'), undefined);
  assert.equal(first(cause('no-network', 'runtime', 'commands')), undefined);
  assert.equal(first(cause('no-program', 'kubelet', 'commands', false), 'kubelet'), undefined);
  assert.equal(first(cause('stopped', 'kubelet', 'commands'), 'kubelet'), undefined);
  assert.equal(first(cause('etcd-corrupt', 'etcd', 'commands'), 'etcd'), undefined);
});
