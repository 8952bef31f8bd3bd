import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pretend, until } from './pretend.ts';

const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const MANIFESTS = '/etc/kubernetes/manifests';

test('a node that was just made runs a control plane, and its kubelet watches the directory', async (t) => {
  const { node, root, running } = await pretend(t);
  assert.deepEqual(Object.keys(running()).sort(), COMPONENTS);
  assert.ok(node.cluster.ready());
  assert.equal(node.cluster.mirrors.size, 4);
  const { pid } = node.systemd.unit('kubelet.service');
  const inode = statSync(join(root, MANIFESTS)).ino.toString(16);
  assert.match(readFileSync(join(root, `proc/${pid}/fdinfo/11`), 'utf8'), new RegExp(`^inotify wd:1 ino:${inode} `, 'm'));
});

test('pods that carry the UID of the running ones are adopted: the same containers, no orphan', async (t) => {
  const { node, move, systemctl, running, seconds } = await pretend(t);
  const before = running();
  move('/etc/kubernetes/static', true);
  await systemctl('restart', 'kubelet');
  await seconds(8);
  assert.deepEqual(running(), before);
  assert.ok(node.cluster.ready());
});

test('back to the first path with the first bytes is adoption too, without a pin', async (t) => {
  const { edit, move, systemctl, running, seconds } = await pretend(t);
  const before = running();
  move('/etc/kubernetes/static', true);
  await systemctl('restart', 'kubelet');
  await seconds(6);
  edit('/var/lib/kubelet/config.yaml', (text) => text.replace('kubernetes/static', 'kubernetes/manifests'));
  await systemctl('restart', 'kubelet');
  await seconds(6);
  assert.deepEqual(running(), before);
});

test('without pins the same pods at another path are new: the old ones are stopped once all sources are seen', async (t) => {
  const { node, move, systemctl, running } = await pretend(t, { speed: 10 });
  const before = Object.values(running());
  const etcd = node.runtime.containers().find((c) => c.name === 'etcd');
  move('/etc/kubernetes/static', false);
  await systemctl('restart', 'kubelet');
  const survivors = (): string[] => before.filter((id) => Object.values(running()).includes(id));
  await until('the old etcd is gone', () => etcd?.state === 'exited');
  // housekeeping comes at 2.5 s of the node's time, SIGTERM takes etcd a moment
  const lived = (etcd?.finishedAt ?? 0) - node.systemd.unit('kubelet.service').startedAt;
  assert.ok(lived >= 250 && lived < 1500, `stopped after ${lived} ms`);
  await until('all orphans are gone', () => survivors().length === 0);
  await until('the new control plane is up', () => node.cluster.ready());
});

test('with the API server down nothing is decided: orphans live until it is back', async (t) => {
  const { node, move, systemctl, running, seconds } = await pretend(t);
  const before = running();
  node.faults.set('api-down', true);
  move('/etc/kubernetes/static', false);
  await systemctl('restart', 'kubelet');
  await seconds(8);
  const old = node.runtime.containers().filter((c) => c.state === 'running' && c.id === before[c.name]);
  assert.ok(old.some((c) => c.name === 'etcd'));
  node.faults.clear('api-down');
  await until('the old etcd is gone', () => !Object.values(running()).includes(before.etcd ?? ''));
});

test('a directory that is missing is an empty set: everything is stopped', async (t) => {
  const { edit, systemctl, running, journal } = await pretend(t);
  edit('/var/lib/kubelet/config.yaml', (text) => text.replace('kubernetes/manifests', 'kubernetes/nowhere'));
  await systemctl('restart', 'kubelet');
  await until('nothing runs', () => Object.keys(running()).length === 0);
  assert.match(
    await journal(),
    /"Unable to read config path" err="path does not exist, ignoring" path="\/etc\/kubernetes\/nowhere"/,
  );
});

test('a looped link is no set at all: nothing is stopped, nothing is managed', async (t) => {
  const { root, node, systemctl, running, seconds, journal } = await pretend(t);
  const before = running();
  renameSync(join(root, MANIFESTS), join(root, '/etc/kubernetes/aside'));
  symlinkSync('/etc/kubernetes/loop', join(root, MANIFESTS));
  symlinkSync('/etc/kubernetes/manifests', join(root, '/etc/kubernetes/loop'));
  await systemctl('restart', 'kubelet');
  await seconds(8);
  assert.deepEqual(running(), before);
  assert.ok(node.cluster.ready());
  assert.match(await journal(), /too many levels of symbolic links/);
});

test('of two files with one pod the last name wins, whatever its ending', async (t) => {
  const { node, root, running, systemctl } = await pretend(t);
  const before = running();
  const text = readFileSync(join(root, MANIFESTS, 'kube-scheduler.yaml'), 'utf8');
  writeFileSync(join(root, MANIFESTS, 'kube-scheduler.yaml.bak'), text.replace('--leader-elect=true', '--leader-elect=false'));
  await systemctl('restart', 'kubelet');
  await until('the scheduler of the .bak runs', () =>
    node.runtime.containers().some((c) => c.state === 'running' && c.argv.includes('--leader-elect=false')),
  );
  assert.equal(running().etcd, before.etcd);
});

test('a file that no longer parses takes its pod down at the next listing; the others stay', async (t) => {
  const { edit, running } = await pretend(t);
  const before = running();
  edit(`${MANIFESTS}/kube-scheduler.yaml`, (text) => text.replace('metadata:', 'metadata;'));
  await until('the scheduler is gone', () => running()['kube-scheduler'] === undefined);
  assert.equal(running()['kube-apiserver'], before['kube-apiserver']);
});

test('an edit under a running kubelet stops the old pod before it starts the new one', async (t) => {
  const { node, edit, running } = await pretend(t);
  const before = running()['kube-scheduler'];
  edit(`${MANIFESTS}/kube-scheduler.yaml`, (text) => text.replace('--leader-elect=true', '--leader-elect=false'));
  await until('another scheduler runs', () => ![undefined, before].includes(running()['kube-scheduler']));
  const [old, young] = ['true', 'false'].map((value) =>
    node.runtime.containers().find((c) => c.argv.includes(`--leader-elect=${value}`)),
  );
  assert.ok(old === undefined || (young !== undefined && old.finishedAt <= young.startedAt));
});

test('a manifest on a worker is mirrored to the API server; deleted, the pod is gone', async (t) => {
  const { node, root, running } = await pretend(t, { worker: true });
  const file = join(root, MANIFESTS, 'nginx.yaml');
  writeFileSync(
    file,
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: nginx-pod\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1.14\n',
  );
  await until('it runs and is listed', () => running().nginx !== undefined && node.cluster.mirrors.has('default/nginx-pod-cp1'));
  rmSync(file);
  await until('it is gone', () => running().nginx === undefined && node.cluster.mirrors.size === 0);
});

test('an empty directory below pods/ is taken away by housekeeping, and not while a source is missing', async (t) => {
  const { node, root, systemctl, seconds } = await pretend(t);
  const canary = join(root, 'var/lib/kubelet/pods/11111111-2222-4333-8444-555555555555');
  node.faults.set('api-down', true);
  await systemctl('restart', 'kubelet');
  mkdirSync(canary);
  await seconds(6);
  assert.ok(statSync(canary).isDirectory());
  node.faults.clear('api-down');
  await until('the canary is gone', () => statSync(canary, { throwIfNoEntry: false }) === undefined);
});

test('first wedge: a mended etcd waits for ever behind an orphan, until someone stops that one container', async (t) => {
  const { node, edit, systemctl, running, seconds } = await pretend(t);
  const wrong = (text: string): string =>
    text.replace('--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt', '--trusted-ca-file=/etc/kubernetes/pki/ca.crt');
  const first = running().etcd;
  const good = readFileSync(join(node.machine.root, MANIFESTS, 'etcd.yaml'), 'utf8');
  edit(`${MANIFESTS}/etcd.yaml`, wrong);
  await until('the wrong etcd runs', () => ![undefined, first].includes(running().etcd));
  const orphan = running().etcd ?? '';
  assert.ok(!node.cluster.ready());
  await systemctl('stop', 'kubelet');
  edit(`${MANIFESTS}/etcd.yaml`, () => good);
  await systemctl('start', 'kubelet');
  await seconds(75);
  assert.ok(!node.cluster.ready());
  assert.equal(node.runtime.containers().find((c) => c.id === orphan)?.state, 'running');
  await node.runtime.stop(orphan, 30);
  await until('the API server answers', () => node.cluster.ready());
});

test('second wedge: a mended API server is not started until the kubelet restarts once more', async (t) => {
  const { node, edit, systemctl, running, seconds } = await pretend(t);
  const good = readFileSync(join(node.machine.root, MANIFESTS, 'kube-apiserver.yaml'), 'utf8');
  const first = running()['kube-apiserver'];
  edit(`${MANIFESTS}/kube-apiserver.yaml`, (text) => text.replace('--enable-admission-plugins', '--enable-admission-plugin'));
  await until('the broken one was tried', () =>
    node.runtime.containers().some((c) => c.name === 'kube-apiserver' && c.id !== first),
  );
  await systemctl('restart', 'kubelet');
  await seconds(2);
  edit(`${MANIFESTS}/kube-apiserver.yaml`, () => good);
  await seconds(41);
  assert.ok(!node.cluster.ready());
  await systemctl('restart', 'kubelet');
  await until('the API server answers', () => node.cluster.ready());
});
