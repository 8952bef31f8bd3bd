/** What a container was started with, put into a manifest: those words, and no other byte. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { graft } from '../../../../src/recover/candidates/graft.ts';

const TEXT = `apiVersion: v1
kind: Pod
metadata:
  name: etcd # ours
spec:
  containers:
  - command:
    - etcd
    - --data-dir=/var/lib/etcd
    - --name=cp2
    image: registry.k8s.io/etcd:3.7.0-0
    name: etcd
    volumeMounts:
    - mountPath: /var/lib/etcd
      name: etcd-data
  volumes:
  - hostPath:
      path: /var/lib/etcd
      type: DirectoryOrCreate
    name: etcd-data
`;
const RAN = { image: 'sha256:1', command: ['etcd', '--data-dir=/var/lib/etcd', '--name=cp1'], args: [], mounts: [], envs: [] };
const put = (ran: typeof RAN | object, text = TEXT): { text: string; doubts: string[] } => {
  const { bytes, doubts } = graft('etcd.yaml', Buffer.from(text), 'etcd', { ...RAN, ...ran }, 'registry.k8s.io/etcd:3.7.0-0') ?? assert.fail('it cannot be edited');
  return { text: bytes.toString(), doubts };
};

test('one flag that differs is one line that changes, comments stay', () => {
  assert.deepEqual(put({}), { text: TEXT.replace('cp2', 'cp1'), doubts: [] });
});

test('a flag that is missing comes back, one too many goes', () => {
  assert.equal(put({}, TEXT.replace('    - --name=cp2\n', '')).text, TEXT.replace('cp2', 'cp1'));
  assert.equal(put({}, TEXT.replace('    - --name=cp2\n', '    - --name=cp1\n    - --nmae=x\n')).text, TEXT.replace('cp2', 'cp1'));
});

test('a directory that was mounted is mounted again; the kubelet’s own mounts are not', () => {
  const mounts = [
    { containerPath: '/var/lib/etcd', hostPath: '/var/lib/etcd', readOnly: false },
    { containerPath: '/backup', hostPath: '/srv/backup', readOnly: true },
    { containerPath: '/etc/hosts', hostPath: '/var/lib/kubelet/pods/1/etc-hosts', readOnly: false },
    { containerPath: '/scratch', hostPath: '/var/lib/kubelet/pods/1/volumes/kubernetes.io~empty-dir/scratch', readOnly: false },
  ];
  const { text, doubts } = put({ mounts });
  assert.match(text, /volumeMounts:\n {4}- mountPath: \/var\/lib\/etcd\n {6}name: etcd-data\n {4}- mountPath: \/backup\n {6}name: srv-backup\n {6}readOnly: true\n/);
  assert.match(text, / {2}- hostPath:\n {6}path: \/srv\/backup\n {4}name: srv-backup\n$/);
  assert.doesNotMatch(text, /scratch|hosts/);
  assert.deepEqual(doubts, []);
});

test('another directory behind the same mount is told', () => {
  assert.deepEqual(put({ mounts: [{ containerPath: '/var/lib/etcd', hostPath: '/data', readOnly: false }] }).doubts, ['it had /data at /var/lib/etcd, and this text has /var/lib/etcd']);
});

test('a text that is no YAML, or is of other containers, takes nothing', () => {
  assert.equal(graft('x', Buffer.from(`${TEXT}  - {`), 'etcd', RAN, ''), undefined);
  assert.equal(graft('x', Buffer.from(TEXT), 'kube-proxy', RAN, ''), undefined);
});
