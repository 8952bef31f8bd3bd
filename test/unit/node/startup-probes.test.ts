import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startupProbesIn } from '../../../src/node/kubelet-api.ts';

const line = (uid: string, type: string, result: string, count: number): string => `prober_probe_total{container="kube-apiserver",namespace="kube-system",pod="kube-apiserver-cp1",pod_uid="${uid}",probe_type="${type}",result="${result}"} ${count}\n`;

test('startup probes are counted of one pod, under one UID', () => {
  const body = line('a', 'Startup', 'failed', 3) + line('b', 'Startup', 'successful', 1) + line('a', 'Readiness', 'failed', 9) + line('a', 'Liveness', 'successful', 4);
  assert.deepEqual(startupProbesIn({ status: 200, body, ms: 1 }, 'kube-apiserver-cp1', 'a'), { failed: 3, passed: 0 });
  assert.deepEqual(startupProbesIn({ status: 200, body, ms: 1 }, 'kube-apiserver-cp1', 'b'), { failed: 0, passed: 1 });
  assert.equal(startupProbesIn({ status: 500, body: '', ms: 1 }, 'kube-apiserver-cp1', 'a'), undefined);
});
