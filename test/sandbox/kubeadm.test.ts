/** What keeps a moved path over `kubeadm upgrade`, and what puts it right afterwards. What kubeadm itself does is in test/lab/kubeadm.test.ts. */
import assert from 'node:assert/strict';
import { lstatSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exits, files, kubeletPid, running } from './compare.ts';
import { type Run, type SandboxNode, until } from './node.ts';
import { on } from './on-node.ts';

const HOME = '/etc/kubernetes/manifests';
const STATIC = '/etc/kubernetes/static';
const OTHER = '/etc/kubernetes/other';
const CONFIG = '/var/lib/kubelet/config.yaml';
const INSTANCE = '/var/lib/kubelet/instance-config.yaml';
const DROP_IN = '/etc/kubernetes/kubelet.conf.d/99-kcfg.conf';

const set = (node: SandboxNode, path: string, ...more: string[]): Promise<Run> => node.kcfg(['set', 'staticPodPath', path, '--yes', ...more]);
const link = (node: SandboxNode, path: string): string => readlinkSync(join(node.root, path));
/** As kubeadm does with nothing to keep it from it: the cluster's configuration, with its own path. */
function rewriteConfig(node: SandboxNode): void {
  writeFileSync(join(node.root, CONFIG), node.read(CONFIG).replace(/^staticPodPath: .*$/m, `staticPodPath: ${HOME}`));
}

on('from 1.34 on instance-config.yaml has the path as well, and a rollback takes it out again, to the byte', {}, async (node) => {
  const before = files(node.tree());
  exits(await set(node, STATIC), 0);
  assert.equal(node.read(INSTANCE), `containerRuntimeEndpoint: "unix:///var/run/containerd/containerd.sock"\nstaticPodPath: ${STATIC}\n`);
  exits(await node.kcfg(['rollback', '--yes']), 0);
  const after = files(node.tree());
  for (const path of [CONFIG, INSTANCE]) assert.equal(after[path]?.sha256, before[path]?.sha256, path);
});

on('before 1.34 a drop-in has it, which wins over what kubeadm writes; a rollback leaves nothing of it', { version: '1.30.4' }, async (node) => {
  const before = files(node.tree(), { times: false });
  exits(await set(node, STATIC), 0);
  assert.match(node.read(DROP_IN), new RegExp(`^staticPodPath: ${STATIC}$`, 'm'));
  assert.doesNotMatch(node.read(INSTANCE), /staticPodPath/);
  const containers = await running(node);
  rewriteConfig(node);
  assert.equal((await node.program('systemctl', ['restart', 'kubelet'])).exit, 0);
  exits(await node.kcfg(['verify']), 0);
  assert.deepEqual(await running(node), containers);
  // the file below it is put right by the next move, and goes along from then on
  exits(await set(node, OTHER), 0);
  for (const path of [CONFIG, DROP_IN]) assert.match(node.read(path), new RegExp(`^staticPodPath: ${OTHER}$`, 'm'), path);
  exits(await node.kcfg(['rollback', '--yes']), 0);
  assert.match(node.read(DROP_IN), new RegExp(`^staticPodPath: ${STATIC}$`, 'm'));
  writeFileSync(join(node.root, CONFIG), node.read('/var/lib/kcfg/1/old/var/lib/kubelet/config.yaml').replace(HOME, STATIC));
  exits(await node.kcfg(['rollback', '1', '--yes']), 0);
  assert.deepEqual(files(node.tree(), { times: false }), before);
});

on('after kubeadm put its own path back: before the kubelet restarts the file alone is mended', {}, async (node) => {
  exits(await set(node, STATIC), 0);
  const [pid, containers] = [await kubeletPid(node), await running(node)];
  rewriteConfig(node);
  const run = await set(node, STATIC);
  exits(run, 0);
  assert.match(run.stdout, /Nothing: the kubelet has this path already, and is not restarted\./);
  assert.match(node.read(CONFIG), new RegExp(`^staticPodPath: ${STATIC}$`, 'm'));
  assert.deepEqual([await kubeletPid(node), await running(node)], [pid, containers]);
  const again = await set(node, STATIC);
  exits(again, 0);
  assert.match(again.stdout, /Nothing to do/);
});

on('after kubeadm put its own path back and the kubelet was restarted: manifests are pinned where they lie', {}, async (node) => {
  exits(await set(node, STATIC), 0);
  // as its upgrade leaves them
  exits(await node.kcfg(['unpin', '--yes']), 0);
  rewriteConfig(node);
  assert.equal((await node.program('systemctl', ['restart', 'kubelet'])).exit, 0);
  // each got another UID with the other text of its path
  await until('the pods are up again', async () => (await node.kcfg(['verify'])).code === 0);
  const containers = await running(node);
  const poller = node.poller();
  exits(await set(node, STATIC), 0);
  assert.equal((await poller.stop()).failed, 0);
  assert.deepEqual(await running(node), containers);
  assert.equal(link(node, HOME), STATIC);
  assert.match(node.read(`${STATIC}/etcd.yaml`), /Pinned by kcfg/);
  const { stdout } = await node.kcfg(['get', 'staticPodPath']);
  assert.equal(stdout.trim(), STATIC);
  const before = files(node.tree());
  exits(await node.kcfg(['rollback', '--yes']), 0);
  assert.deepEqual(await running(node), containers);
  assert.equal(files(node.tree())[`${STATIC}/etcd.yaml`]?.kind, before[`${STATIC}/etcd.yaml`]?.kind);
});

on("moved twice: kubeadm's link leads to the directory in force, and undo.sh knows what it was", {}, async (node) => {
  exits(await set(node, STATIC), 0);
  exits(await set(node, OTHER), 0);
  assert.deepEqual([link(node, HOME), link(node, STATIC)], [OTHER, OTHER]);
  assert.match(node.read('/var/lib/kcfg/2/undo.sh'), new RegExp(`ln -s ${STATIC} ${HOME}`));
  const containers = await running(node);
  exits(await node.kcfg(['rollback', '--yes']), 0);
  assert.deepEqual(await running(node), containers);
  assert.ok(lstatSync(join(node.root, STATIC)).isDirectory());
  assert.equal(link(node, HOME), STATIC);
  assert.equal((await node.kcfg(['verify', '--for', 'kubeadm-upgrade'])).code, 0);
});

on('without the bridge the plan says what will break, and nothing of kubeadm is touched', {}, async (node) => {
  const before = node.read(INSTANCE);
  const run = await set(node, STATIC, '--no-bridge');
  exits(run, 0);
  assert.match(`${run.stdout}${run.stderr}`, /warning\[no-bridge\]: the next kubeadm upgrade does not know of this directory/);
  assert.ok(lstatSync(join(node.root, HOME)).isDirectory());
  assert.equal(node.read(INSTANCE), before);
  const status = JSON.parse((await node.kcfg(['status', '-o', 'json'])).stdout) as { kubeadm: { keeps: boolean; findings: { id: string }[] } };
  assert.deepEqual([status.kubeadm.keeps, status.kubeadm.findings.map(({ id }) => id)], [false, ['kubeadm-directory', 'kubeadm-path']]);
  const verify = await node.kcfg(['verify', '--for', 'kubeadm-upgrade']);
  exits(verify, 3);
  assert.match(verify.stdout, /warning\[kubeadm-directory\]: kubeadm upgrade would write its manifests where no kubelet looks/);
  exits(await node.kcfg(['verify']), 0);
});

on('a link that was lost is made again, without a restart', {}, async (node) => {
  exits(await set(node, STATIC), 0);
  rmSync(join(node.root, HOME));
  const status = await node.kcfg(['status']);
  assert.match(status.stdout, /kubeadm +! kubeadm upgrade would take cp\d+ for a worker/);
  assert.match(status.stdout, /kcfg set staticPodPath \/etc\/kubernetes\/static +keep it over kubeadm upgrade/);
  const pid = await kubeletPid(node);
  exits(await set(node, STATIC), 0);
  assert.equal(link(node, HOME), STATIC);
  assert.equal(await kubeletPid(node), pid);
  assert.match((await node.kcfg(['status'])).stdout, /kubeadm +keeps it: instance-config\.yaml:2, and a link from manifests/);
});
