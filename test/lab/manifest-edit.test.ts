/**
 * `kcfg edit kube-apiserver` on a real control plane: an edit of a pinned manifest takes effect, and the mirror pod shows it;
 * what would break the API server is refused with file and line; forced, it is put back by itself and the outage told.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openLab, type Lab, type LabNode, type Run } from './node.ts';

const STATIC = '/etc/kubernetes/static';
const MANIFEST = `${STATIC}/kube-apiserver.yaml`;

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
});
after(() => lab.close());

const edit = (text: string, ...more: string[]): Promise<Run> => cp.run(['kcfg', 'edit', 'kube-apiserver', '--from', '-', '--yes', ...more], { input: text, timeout: 230_000 });
const changed = (from: string | RegExp, to: string): string => {
  const text = cp.read(MANIFEST);
  const result = text.replace(from, to);
  assert.notEqual(result, text);
  return result;
};
/** Of the one that runs. */
const argv = async (): Promise<string[]> => (await cp.run(['sh', '-c', 'tr "\\0" "\\n" <"/proc/$(pgrep -n -x kube-apiserver)/cmdline"'])).stdout.split('\n');
const mirror = async (): Promise<string> => (await cp.kubectl('get', 'pod', '-n', 'kube-system', `kube-apiserver-${cp.name}`, '-o', 'yaml')).stdout;
/** Controllers and scheduler may lose their lease on a slow machine, and start anew by themselves. */
const idsOf = async (...names: string[]): Promise<string[]> => (await cp.containers()).filter(({ name }) => names.includes(name)).map(({ name, id }) => `${name} ${id}`).sort();

test('an edit of a pinned manifest takes effect, the mirror pod shows it, and the pin is gone', { timeout: 240_000 }, async (t) => {
  const moved = await cp.run(['kcfg', 'set', 'staticPodPath', STATIC, '--yes']);
  assert.equal(moved.code, 0, moved.stderr);
  assert.match(cp.read(MANIFEST), /^ {2}uid: /m);
  const before = await idsOf('etcd');
  const poll = await cp.poll();
  const { code, stdout, stderr } = await edit(changed('- --allow-privileged=true', '- --allow-privileged=true\n    - --event-ttl=2h'), '-o', 'json');
  const { outages } = await poll.stop();
  assert.equal(code, 0, stderr);
  const { probes } = JSON.parse(stdout) as { probes: { awaySeconds: number } };
  t.diagnostic(`API server away: ${outages.reduce((sum, outage) => sum + outage.length, 0)} s by the poller, ${probes.awaySeconds} s by kcfg`);
  assert.ok((await argv()).includes('--event-ttl=2h'));
  assert.match(await mirror(), /- --event-ttl=2h/);
  assert.doesNotMatch(cp.read(MANIFEST), /uid:|kcfg/);
  assert.deepEqual(await idsOf('etcd'), before, 'no other pod was touched');
  const status = JSON.parse((await cp.run(['kcfg', 'status', '-o', 'json'])).stdout) as { pods: { name: string; state: string; pin?: unknown }[] };
  assert.deepEqual(status.pods.filter(({ pin }) => pin !== undefined).map(({ name }) => name).sort(), ['etcd', 'kube-controller-manager', 'kube-scheduler']);
});

test('what would break the API server is refused with file, line and reason, and nothing is touched', { timeout: 60_000 }, async () => {
  const [before, text] = [await idsOf('etcd', 'kube-apiserver'), cp.read(MANIFEST)];
  const refusals: [text: string, line: RegExp, words: RegExp][] = [
    [changed('--enable-admission-plugins', '--enable-admission-plugin'), /- --enable-admission-plugin=/, /error\[unknown-flag\]: this kube-apiserver has no flag --enable-admission-plugin\n/],
    [changed('pki/apiserver.crt', 'pki/apiserver.cert'), /- --tls-cert-file=/, /error\[path\]: there is no file \/etc\/kubernetes\/pki\/apiserver\.cert on this node\n/],
    [changed('containerPort: 6443', 'containerPort: 6444'), /port: probe-port/, /error\[probe-port\]: nothing listens on 6444: kube-apiserver has --secure-port=6443 \(line \d+\)\n/],
  ];
  for (const [broken, line, words] of refusals) {
    const { code, stderr } = await edit(broken);
    assert.equal(code, 4, stderr);
    assert.match(stderr, words);
    assert.ok(stderr.includes(`${MANIFEST}:${broken.split('\n').findIndex((each) => line.test(each)) + 1}:`), stderr);
    assert.match(stderr, /Nothing was changed\.\n$/);
  }
  assert.equal(cp.read(MANIFEST), text);
  assert.deepEqual(await idsOf('etcd', 'kube-apiserver'), before);
  // what kubeadm wrote, and what real programs say of their flags, is found sound
  for (const pod of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
    const { code, stdout } = await cp.run(['kcfg', 'validate', `${STATIC}/${pod}.yaml`]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^This manifest is sound\.$/m);
  }
});

test('with --force it is put back by itself, in the words of the container, and the outage is told', { timeout: 240_000 }, async (t) => {
  const text = cp.read(MANIFEST);
  const poll = await cp.poll();
  const { code, stderr } = await edit(changed('--enable-admission-plugins', '--enable-admission-plugin'), '--force', 'unknown-flag');
  const { outages } = await poll.stop();
  assert.equal(code, 5, stderr);
  assert.match(stderr, /note: kube-apiserver says: Error: unknown flag: --enable-admission-plugin\n/);
  assert.match(stderr, /Everything is as before, byte for byte\.\n/);
  const told = Number(/API server away: (?:(\d+) min )?([\d.]+) s\./.exec(stderr)?.[2]);
  const away = outages.reduce((sum, outage) => sum + outage.length, 0);
  t.diagnostic(`API server away: ${away} s by the poller, ${told} s by kcfg`);
  assert.ok(told > 0 && Math.abs(told - away) <= Math.max(1, away * 0.2), `kcfg says ${told}, the poller ${away}`);
  assert.equal(cp.read(MANIFEST), text);
  await cp.ready();
  assert.ok((await argv()).includes('--event-ttl=2h'));
  const verified = await cp.run(['kcfg', 'verify']);
  assert.equal(verified.code, 0, verified.stdout);
});
