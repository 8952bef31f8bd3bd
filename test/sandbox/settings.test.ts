/** Changes of settings that go well, on pretend nodes: one change, one restart, and a file that differs in what was asked alone. */
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { exits, files, kubeletPid, running } from './compare.ts';
import { type NodeOptions, type SandboxNode, startNode } from './node.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';

function on(name: string, options: NodeOptions, body: (node: SandboxNode) => Promise<void>): void {
  test(name, { timeout: 120_000 }, async () => {
    const node = await startNode({ speed: 20, ...options });
    try {
      await body(node);
    } finally {
      await node.down();
    }
  });
}

const set = async (node: SandboxNode, ...words: string[]): Promise<void> => exits(await node.kcfg(['set', ...words, '--yes']), 0);
const fragment = (node: SandboxNode, text: string): string => {
  const path = join(node.dir, 'fragment.yaml');
  writeFileSync(path, text);
  return path;
};
const mtime = (node: SandboxNode): number => statSync(join(node.root, CONFIG)).mtimeMs;
/** What stands in the file and did not before. */
const added = (node: SandboxNode, before: string): string => {
  const now = node.read(CONFIG);
  assert.ok(now.startsWith(before), now);
  return now.slice(before.length);
};

describe('values', () => {
  on('a value, its default again, and back: each one restart, and no container', {}, async (node) => {
    const [original, containers] = [node.read(CONFIG), await running(node)];
    const poller = node.poller();
    await set(node, 'maxPods', '150');
    assert.equal(added(node, original), 'maxPods: 150\n');
    assert.equal((await node.kcfg(['get', 'maxPods'])).stdout, '150\n');
    exits(await node.kcfg(['diff']), 0);
    exits(await node.kcfg(['unset', 'maxPods', '--yes']), 0);
    assert.equal(node.read(CONFIG), original);
    exits(await node.kcfg(['rollback', '--yes']), 0);
    assert.equal(added(node, original), 'maxPods: 150\n');
    exits(await node.kcfg(['rollback', '1', '--yes']), 0);
    assert.equal(node.read(CONFIG), original);
    assert.equal((await poller.stop()).failed, 0);
    assert.deepEqual(await running(node), containers);
  });

  on('several at once are one change and one restart', {}, async (node) => {
    const [original, pid] = [node.read(CONFIG), await kubeletPid(node)];
    const run = await node.kcfg(['set', 'evictionHard.memory.available=200Mi', 'imageGCHighThresholdPercent=80', 'imageGCLowThresholdPercent=70', 'clusterDomain=a.example', '--yes', '-o', 'json']);
    exits(run, 0);
    const outcome = JSON.parse(run.stdout) as { transaction: string; result: string; changes: { field?: string; from?: string; to?: string; file: string }[]; checks: { name: string; ok?: boolean; detail: string }[]; seconds: number };
    assert.deepEqual([outcome.transaction, outcome.result, typeof outcome.seconds], ['1', 'done', 'number']);
    assert.deepEqual(outcome.changes.filter(({ field }) => field !== undefined).map(({ field, from, to, file }) => [field, from, to, file]), [
      ['evictionHard.memory.available', '100Mi', '200Mi', CONFIG],
      ['imageGCHighThresholdPercent', '85', '80', CONFIG],
      ['imageGCLowThresholdPercent', '80', '70', CONFIG],
      ['clusterDomain', 'cluster.local', 'a.example', CONFIG],
    ]);
    const check = (name: string) => outcome.checks.find((each) => each.name === name)?.detail;
    assert.deepEqual([check('settings'), check('kubelet'), check('containers')], ['4 of 4 in force', 'active, started once', '4 of 4 the same']);
    assert.equal(node.read(CONFIG), `${original.replace('cluster.local', 'a.example')}evictionHard:\n  memory.available: 200Mi\nimageGCHighThresholdPercent: 80\nimageGCLowThresholdPercent: 70\n`);
    assert.notEqual(await kubeletPid(node), pid);
    exits(await node.kcfg(['rollback', '--yes']), 0);
    assert.equal(node.read(CONFIG), original);
  });

  on('lists, maps, objects, keys with dots and items are written and taken out alike', {}, async (node) => {
    const original = node.read(CONFIG);
    await set(node, 'clusterDNS=10.96.0.10,10.96.0.11', 'registerWithTaints=[{key: dedicated, effect: NoSchedule}, {key: gpu, value: "a", effect: NoExecute}]', 'kubeReserved=cpu=100m,memory=100Mi', 'crashLoopBackOff={maxContainerRestartPeriod: 1m0s}');
    const get = async (field: string): Promise<unknown> => (JSON.parse((await node.kcfg(['get', field, '-o', 'json'])).stdout) as { value: unknown }).value;
    assert.deepEqual(await get('registerWithTaints'), [{ key: 'dedicated', effect: 'NoSchedule' }, { key: 'gpu', value: 'a', effect: 'NoExecute' }]);
    assert.equal(await get('registerWithTaints[1].key'), 'gpu');
    assert.deepEqual(await get('clusterDNS'), ['10.96.0.10', '10.96.0.11']);
    assert.deepEqual(await get('kubeReserved'), { cpu: '100m', memory: '100Mi' });
    assert.equal(await get('crashLoopBackOff.maxContainerRestartPeriod'), '1m0s');
    await set(node, 'registerWithTaints[1].value=b', 'kubeReserved.cpu=200m', 'featureGates.KubeletTracing=true');
    assert.equal(await get('registerWithTaints[1].value'), 'b');
    exits(await node.kcfg(['unset', 'registerWithTaints[0]', 'kubeReserved.memory', 'featureGates.KubeletTracing', 'clusterDNS[1]', '--yes']), 0);
    assert.deepEqual(await get('registerWithTaints'), [{ key: 'gpu', value: 'b', effect: 'NoExecute' }]);
    assert.deepEqual(await get('kubeReserved'), { cpu: '200m' });
    exits(await node.kcfg(['unset', 'registerWithTaints', 'kubeReserved', 'featureGates', 'crashLoopBackOff.maxContainerRestartPeriod', '--yes']), 0);
    // kubeadm's empty object went with the last thing in it
    assert.equal(node.read(CONFIG), original.replace('crashLoopBackOff: {}\n', ''));
    assert.equal(await get('clusterDNS[0]'), '10.96.0.10');
  });

  on('quotes stand where YAML would read something else', {}, async (node) => {
    await set(node, 'providerID=yes', 'clusterDomain=1.5', 'podCIDR=10.0.0.0/24');
    const text = node.read(CONFIG);
    for (const line of ['providerID: "yes"', 'clusterDomain: "1.5"', 'podCIDR: 10.0.0.0/24']) assert.match(text, new RegExp(`^${line.replaceAll('.', '\\.')}$`, 'm'));
    assert.equal((await node.kcfg(['get', 'providerID'])).stdout, 'yes\n');
  });
});

describe('a fragment', () => {
  on('is declarative: the second time nothing is touched', {}, async (node) => {
    const file = fragment(node, 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 150\nevictionHard:\n  memory.available: 200Mi\nclusterDNS: [10.96.0.10]\nstaticPodPath: /etc/kubernetes/manifests\nnodeStatusUpdateFrequency: 60s\n');
    exits(await node.kcfg(['set', '-f', file, '--yes']), 0);
    const before = [node.read(CONFIG), mtime(node), await kubeletPid(node)];
    const again = await node.kcfg(['set', '-f', file, '--yes', '-o', 'json']);
    exits(again, 0);
    assert.equal((JSON.parse(again.stdout) as { result: string }).result, 'unchanged');
    // the same in other words
    exits(await node.kcfg(['set', 'nodeStatusUpdateFrequency', '1m', '--yes']), 0);
    assert.deepEqual([node.read(CONFIG), mtime(node), await kubeletPid(node)], before);
    assert.equal((JSON.parse((await node.kcfg(['history', '-o', 'json'])).stdout) as { changes: unknown[] }).changes.length, 1);
  });

  on('null takes out, and what is not there is no change', {}, async (node) => {
    const original = node.read(CONFIG);
    await set(node, 'maxPods=150', 'kubeReserved=cpu=100m,memory=1Gi');
    exits(await node.kcfg(['set', '-f', fragment(node, 'maxPods: null\nkubeReserved: {memory: null}\npodCIDR: null\n'), '--yes']), 0);
    assert.equal(added(node, original), 'kubeReserved:\n  cpu: 100m\n');
    exits(await node.kcfg(['set', '-f', fragment(node, 'kubeReserved: null\n'), '--yes']), 0);
    assert.equal(node.read(CONFIG), original);
    exits(await node.kcfg(['set', '-f', fragment(node, 'podCIDR: null\n'), '--yes']), 0);
  });
});

describe('what is on disk and not in force', () => {
  on('is told by get and diff, and put into force by set', {}, async (node) => {
    const text = `${node.read(CONFIG)}maxPods: 150\npodPidsLimit: 1000\n`;
    writeFileSync(join(node.root, CONFIG), text);
    assert.deepEqual((JSON.parse((await node.kcfg(['get', 'maxPods', '-o', 'json'])).stdout) as { running: unknown }).running, 110);
    const diff = await node.kcfg(['diff']);
    exits(diff, 3);
    assert.match(diff.stdout, /^maxPods +110 +150$/m);
    assert.match(diff.stdout, /^2 differences\.$/m);
    const run = await node.kcfg(['set', 'maxPods', '150', '--yes']);
    exits(run, 0);
    assert.match(run.stdout.replaceAll(/\s+/g, ' '), /podPidsLimit comes into force too/);
    assert.equal(node.read(CONFIG), text);
    exits(await node.kcfg(['diff']), 0);
    assert.equal((JSON.parse((await node.kcfg(['get', 'maxPods', '-o', 'json'])).stdout) as { running?: unknown }).running, undefined);
  });
});

on('a static pod path that is in the file and not in force is no by-catch of another change', {}, async (node) => {
  const [original, pid] = [node.read(CONFIG), await kubeletPid(node)];
  writeFileSync(join(node.root, CONFIG), original.replace('/etc/kubernetes/manifests', '/srv/none'));
  const run = await node.kcfg(['set', 'maxPods', '150', '--yes']);
  exits(run, 1);
  assert.match(run.stderr, /^error\[not-in-force\]/);
  assert.equal(await kubeletPid(node), pid);
});

describe('where the kubelet answers', () => {
  on('ports, the address of its health, and its server: verified where it answers then', {}, async (node) => {
    const { port, address } = { port: node.settings.ports.healthz + 5000, address: '0.0.0.0' };
    await set(node, `healthzPort=${port}`, `healthzBindAddress=${address}`);
    await set(node, 'enableServer', 'false');
    const status = await node.kcfg(['show', '2', '-o', 'json']);
    assert.match(status.stdout, /left out: this kubelet has no server/);
    await set(node, 'healthzPort', '0');
    for (const id of ['3', '2', '1']) exits(await node.kcfg(['rollback', id, '--yes']), 0);
    exits(await node.kcfg(['verify']), 0);
  });
});

describe('secrets', () => {
  on('the headers of staticPodURL are on no screen and in no document', {}, async (node) => {
    const secret = 'Bearer s3cr3t-of-mine';
    const file = fragment(node, `staticPodURL: http://127.0.0.1:9/pods.yaml\nstaticPodURLHeader:\n  Authorization: ["${secret}"]\n`);
    const runs = [await node.kcfg(['set', '-f', file, '--yes', '-o', 'json'])];
    for (const argv of [['get', 'staticPodURLHeader'], ['get', '--all', '-o', 'json'], ['get', 'staticPodURLHeader.Authorization', '-o', 'json'], ['history'], ['diff', '--defaults'], ['show', '1'], ['show', '1', '-o', 'json'], ['set', '-f', file, '--yes'], ['explain', 'staticPodURLHeader'], ['plan', 'unset', 'staticPodURLHeader'], ['plan', 'unset', 'staticPodURLHeader', '-o', 'json'], ['unset', 'staticPodURLHeader', '--yes']]) {
      runs.push(await node.kcfg(argv));
    }
    exits(runs[0] ?? assert.fail(), 0);
    exits(runs.at(-1) ?? assert.fail(), 0);
    for (const [i, { stdout, stderr }] of runs.entries()) assert.ok(!`${stdout}${stderr}`.includes('s3cr3t'), `run ${i}: ${stdout}${stderr}`);
    const { stdout } = await node.program('journalctl', ['-u', 'kcfg-1.service']);
    assert.ok(!stdout.includes('s3cr3t'));
  });
});

on('--root edits a tree, and starts nothing', {}, async (node) => {
  const before = files(node.tree());
  exits(await node.kcfg(['set', 'maxPods', '150', '--yes', '--root', node.root], { env: { KCFG_SANDBOX: '' } }), 0);
  const now = files(node.tree());
  assert.deepEqual(Object.keys(now).filter((path) => JSON.stringify(now[path]) !== JSON.stringify(before[path])), [CONFIG]);
});
