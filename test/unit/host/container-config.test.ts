/** What runtimes say of a container's making. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configIn } from '../../../src/host/container-config.ts';

test('containerd: the kubelet’s own words, the image by the manifest’s name', () => {
  const info = {
    sandboxID: 's',
    pid: 7,
    config: {
      metadata: { name: 'etcd' },
      image: { image: 'sha256:0b1', user_specified_image: 'registry.k8s.io/etcd:3.7.0-0' },
      command: ['etcd', '--name=cp1'],
      envs: [{ key: 'A', value: 'b' }],
      mounts: [{ container_path: '/var/lib/etcd', host_path: '/data', selinux_relabel: true }, { container_path: '/pki', host_path: '/pki', readonly: true }],
    },
    runtimeSpec: { process: { args: ['etcd', '--name=cp1'] } },
  };
  assert.deepEqual(configIn(JSON.stringify(info)), {
    image: 'registry.k8s.io/etcd:3.7.0-0',
    command: ['etcd', '--name=cp1'],
    args: [],
    mounts: [{ hostPath: '/data', containerPath: '/var/lib/etcd', readOnly: false }, { hostPath: '/pki', containerPath: '/pki', readOnly: true }],
    envs: [{ key: 'A', value: 'b' }],
  });
});

test('args alone stay args: the image says which program', () => {
  const { command, args } = configIn(JSON.stringify({ config: { args: ['--x'] }, runtimeSpec: { process: { args: ['/program', '--x'] } } })) ?? assert.fail();
  assert.deepEqual([command, args], [[], ['--x']]);
});

test('CRI-O: of its runtime’s specification', () => {
  assert.deepEqual(configIn(JSON.stringify({ runtimeSpec: { process: { args: ['etcd', '--name=cp1'] } } }))?.command, ['etcd', '--name=cp1']);
});

test('a text that says nothing of it', () => {
  for (const text of [undefined, '', 'no JSON', '{"pid":7}']) assert.equal(configIn(text), undefined);
});
