/** The lab itself: what tests of kcfg on real nodes rely on. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Leftovers, leftovers, networkInode } from './leftovers.ts';
import { type Lab, type LabNode, openLab } from './node.ts';

const NOTHING: Leftovers = { processes: [], mounts: [], cgroups: [], namespaces: [], files: [] };
const WEB_POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: nginx:1.14
      ports:
      - containerPort: 80
`;
let lab: Lab;
let cp: LabNode;

before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
});
after(() => lab.close());

test('a control plane is Ready, runs its four static pods, and has kcfg', async () => {
  const { stdout } = await cp.kubectl('get', 'nodes', '--no-headers');
  assert.match(stdout, /^cp1\s+Ready\s+control-plane\s/);
  const containers = await cp.containers();
  assert.deepEqual(
    containers.map(({ name }) => name),
    ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
  );
  const { stdout: program } = await cp.run(['cat', `/proc/${containers[0]?.pid}/comm`]);
  assert.equal(program, 'etcd\n');
  const status = await cp.run(['kcfg', 'get', 'staticPodPath']);
  assert.equal(status.code, 0, status.stderr);
  assert.match(status.stdout, /\/etc\/kubernetes\/manifests/);
});

test('a directory that came with the system can be renamed, as on a disk of its own', async () => {
  const renamed = await cp.run(['python3', '-c', 'import os; os.rename("/usr/share/doc", "/usr/share/moved")']);
  assert.deepEqual(renamed, { code: 0, stdout: '', stderr: '' });
});

test('a poller of a quiet API server sees no failure, and sees one when the plug is pulled', async () => {
  const quiet = await cp.poll();
  await sleep(5000);
  const { sent, failed, outages } = await quiet.stop();
  assert.ok(sent >= 60, `${sent} sent in 5 s`);
  assert.deepEqual({ failed, outages }, { failed: 0, outages: [] });

  const unplugged = await cp.poll();
  await cp.reboot('hard', 'running');
  const outage = await unplugged.stop();
  assert.ok(outage.failed > 0 && outage.outages.length > 0, JSON.stringify(outage));
});

test('restore brings a saved disk back, and the node is ready on it', async () => {
  const marker = cp.file('/etc/marker');
  writeFileSync(marker, 'saved\n');
  await cp.save('marked', 'running');
  writeFileSync(marker, 'changed\n');
  await cp.kubectl('create', 'namespace', 'later');
  await cp.restore('marked');
  assert.deepEqual(await cp.run(['cat', '/etc/marker']), { code: 0, stdout: 'saved\n', stderr: '' });
  assert.equal((await cp.kubectl('get', 'namespace', 'later')).code, 1);
  assert.equal((await cp.containers()).length, 4);
});

test('a worker joins and runs a static pod of the image nginx:1.14', async () => {
  const worker = await lab.worker('node2');
  const { code } = await worker.run(['tee', '/etc/kubernetes/manifests/web.yaml'], { input: WEB_POD });
  assert.equal(code, 0);
  const listed = await cp.kubectl('wait', '--for=create', 'pod/web-node2', '--timeout=30s');
  assert.equal(listed.code, 0, listed.stderr);
  await worker.ready();
  const address = await cp.kubectl('get', 'pod', 'web-node2', '-o', 'jsonpath={.status.podIP}');
  const { stdout } = await worker.run(['curl', '--silent', '--max-time', '5', `http://${address.stdout}/`]);
  assert.equal(stdout, 'served by web-node2\n');
});

/** Seconds into `lab control-plane`: in the boot, in the import of images, in kubeadm init. */
for (const seconds of [0.5, 4, 10]) {
  test(`clean takes everything away when the run before was killed after ${seconds} s`, async () => {
    const env = { KCFG_LAB_NAME: 'killed' };
    const script = fileURLToPath(new URL('lab', import.meta.url));
    const run = execa(script, ['control-plane', 'cp1'], { env, reject: false, stdio: 'ignore' });
    await sleep(seconds * 1000);
    run.kill('SIGKILL');
    await run;
    const network = networkInode('killed');
    const before = leftovers('killed', network);
    assert.ok(before.cgroups.length > 0, JSON.stringify(before));
    await execa(script, ['clean'], { env, timeout: 60_000 });
    assert.deepEqual(leftovers('killed', network), NOTHING);
  });
}

test('clean takes away what a killed build left, and leaves a build alone that is alive', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'kcfg-cache-'));
  const half = join(cache, 'parts/.new-root-0123456789ab');
  const mounted = (): boolean => readFileSync('/proc/self/mounts', 'utf8').includes(`${half}/proc`);
  const clean = (): ReturnType<typeof execa> =>
    execa(fileURLToPath(new URL('lab', import.meta.url)), ['clean'], { env: { KCFG_LAB: cache, KCFG_LAB_NAME: 'half' }, timeout: 60_000 });
  mkdirSync(join(half, 'proc'), { recursive: true });
  await execa('mount', ['-t', 'proc', 'proc', join(half, 'proc')]);
  try {
    // --no-fork: what holds the lock is what is killed
    const build = execa('flock', ['--no-fork', join(cache, 'build.lock'), 'sh', '-c', 'echo held; exec sleep 60'], { reject: false });
    await once(build.stdout, 'data');
    await clean();
    assert.ok(mounted(), 'the build that holds the lock keeps its folder');
    build.kill('SIGTERM');
    await build;
    await clean();
    assert.equal(mounted(), false);
    assert.deepEqual(readdirSync(join(cache, 'parts')), []);
  } finally {
    if (mounted()) await execa('umount', [join(half, 'proc')]);
    rmSync(cache, { recursive: true });
  }
});

test('closing a lab leaves no process, mount, cgroup, namespace or file', async () => {
  const network = networkInode(lab.name);
  assert.notEqual(network, undefined);
  assert.ok(leftovers(lab.name, network).processes.length > 0);
  await lab.close();
  assert.deepEqual(leftovers(lab.name, network), NOTHING);
});
