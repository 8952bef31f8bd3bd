/** The kubelet's unit and kubeadm's drop-in in templates/ are those that Kubernetes' packages install: the pretend node has them too. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { KUBEADM_DROP_IN, KUBELET_UNIT } from '../../../../src/sandbox/kubeadm-files.ts';

const read = (name: string): string => readFileSync(new URL(`../../../../templates/systemd/kubelet/${name}`, import.meta.url), 'utf8');
test('unit and drop-in are the packages’ own', () => {
  assert.equal(read('kubelet.service'), KUBELET_UNIT);
  assert.equal(read('10-kubeadm.conf'), KUBEADM_DROP_IN);
});
