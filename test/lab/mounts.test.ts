/** Static pods on a mount of its own: there after a hard reboot; and a kubelet that waits, and says why, when the mount fails. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { openLab, type Lab, type LabNode } from './node.ts';

const MOUNT = '/srv/pods';
const NEW = `${MOUNT}/static`;
const DROP_IN = '/etc/systemd/system/kubelet.service.d/20-kcfg-static-pods.conf';
const CONFIG = '/var/lib/kubelet/config.yaml';
/** On the machine's own disk, as containerd's files are: another filesystem than the node's root, which is an overlay. */
const SOURCE = '/var/lib/containerd/kcfg-pods';

let lab: Lab;
let cp: LabNode;
/** Where this machine has SOURCE. */
let disk: string;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
  disk = join(process.env.KCFG_LAB ?? '/var/tmp/kcfg-lab', 'labs', lab.name, 'nodes/cp1/disk/containerd/kcfg-pods');
  mkdirSync(disk);
  mkdirSync(cp.file(MOUNT), { recursive: true });
});
after(() => lab.close());

/** Powers on, and waits for nothing: its kubelet is not to come. */
const startOnly = (): Promise<unknown> => execa(fileURLToPath(new URL('lab', import.meta.url)), ['start', 'cp1'], { env: { KCFG_LAB_NAME: lab.name }, timeout: 60_000, stdin: 'ignore' });
const property = async (unit: string, name: string): Promise<string> => (await cp.run(['systemctl', 'show', '-p', name, '--value', unit])).stdout.trim();

test('a mount that was made by hand is refused, by name', { timeout: 60_000 }, async () => {
  await cp.run(['mount', '--bind', SOURCE, MOUNT]);
  const { code, stderr } = await cp.run(['kcfg', 'set', 'staticPodPath', NEW, '--yes']);
  assert.equal(code, 1);
  assert.match(stderr, /error\[volatile-directory\]: \/srv\/pods is not mounted at boot/);
});

test('the plug is pulled in the middle: the mount is there before recovery, and the copies on it are gone again', { timeout: 120_000 }, async () => {
  // nofail: local-fs.target, and so the kubelet, does not wait for it by itself (systemd.mount(5))
  appendFileSync(cp.file('/etc/fstab'), `${SOURCE} ${MOUNT} none bind,nofail 0 0\n`);
  const change = cp.run(['kcfg', 'set', 'staticPodPath', NEW, '--yes']);
  for (let look = 0; look < 400 && !cp.read(CONFIG).includes(NEW); look++) await sleep(25);
  await cp.stop('hard');
  await change;
  await cp.start();
  assert.equal(cp.read(CONFIG).includes(NEW), false);
  assert.deepEqual(readdirSync(disk), []);
  assert.equal(existsSync(cp.file(DROP_IN)), false);
  assert.equal(existsSync(cp.file('/var/lib/kcfg/pending')), false);
});

test('a mount in fstab: the kubelet’s unit requires it, and the control plane is back after the plug was pulled', { timeout: 120_000 }, async () => {
  const plan = await cp.run(['kcfg', 'set', 'staticPodPath', NEW, '--yes']);
  assert.equal(plan.code, 0, plan.stderr);
  assert.match(plan.stdout, /systemctl says that its\s+unit\s+changed on disk/);
  assert.equal(await property('kubelet', 'NeedDaemonReload'), 'yes');
  const before = await cp.containers();
  await cp.reboot('hard', 'running');
  assert.equal(await property('kubelet', 'NeedDaemonReload'), 'no');
  assert.match(await property('kubelet', 'Requires'), /srv-pods\.mount/);
  assert.match(await property('kubelet', 'After'), /srv-pods\.mount/);
  assert.deepEqual((await cp.containers()).map(({ name }) => name), before.map(({ name }) => name));
});

test('the mount fails at boot: the kubelet does not start on an empty directory, and its unit says why', { timeout: 120_000 }, async () => {
  await cp.stop('hard');
  // systemd makes a missing source of a bind mount; a file in its place cannot be mounted on a directory
  renameSync(disk, `${disk}-away`);
  writeFileSync(disk, '');
  await startOnly();
  for (let look = 0; look < 60 && (await property('srv-pods.mount', 'ActiveState')) !== 'failed'; look++) await sleep(500);
  assert.equal(await property('kubelet', 'ActiveState'), 'inactive');
  const { stdout } = await cp.run(['systemctl', 'status', '--no-pager', 'kubelet']);
  assert.match(stdout, /Job kubelet\.service\/start failed with result 'dependency'/);
  rmSync(disk);
  renameSync(`${disk}-away`, disk);
  // the mount is mended: starting the kubelet mounts it
  assert.equal((await cp.run(['systemctl', 'start', 'kubelet'])).code, 0);
  assert.equal(await property('srv-pods.mount', 'ActiveState'), 'active');
  await cp.ready();
});

test('the way back takes the drop-in along', { timeout: 120_000 }, async () => {
  const { code, stderr } = await cp.run(['kcfg', 'rollback', '--yes']);
  assert.equal(code, 0, stderr);
  assert.equal(existsSync(cp.file(DROP_IN)), false);
  assert.match(cp.read(CONFIG), /^staticPodPath: \/etc\/kubernetes\/manifests$/m);
  assert.deepEqual(readdirSync(disk), []);
});
