/** What kcfg refuses of settings, before anything is written; and what becomes of it when it is forced. */
import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { exits, files, kubeletPid, running } from './compare.ts';
import { type SandboxNode, startNode } from './node.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';

interface Refused {
  name: string;
  argv: readonly string[];
  exit: number;
  code: string;
  says?: RegExp;
}

const REFUSED: Refused[] = [
  { name: 'a wrong type', argv: ['maxPods', 'many'], exit: 4, code: 'type', says: /config\.yaml:51:10/ },
  { name: 'a list that does not end', argv: ['clusterDNS', '[10.96.0.10'], exit: 4, code: 'type' },
  { name: 'a value out of range', argv: ['maxPods', '-5'], exit: 4, code: 'range', says: /must not\s+be a negative number/ },
  { name: 'two that contradict one another', argv: ['imageGCHighThresholdPercent=70', 'imageGCLowThresholdPercent=80'], exit: 4, code: 'image-gc-order' },
  { name: 'an unknown gate', argv: ['featureGates.NoSuchGate=true'], exit: 4, code: 'unknown-gate', says: /unrecognized feature gate: NoSuchGate/ },
  { name: 'a policy without what it needs', argv: ['cpuManagerPolicy', 'static'], exit: 4, code: 'cpu-reservation', says: /reservedSystemCPUs/ },
  { name: 'a misspelt field', argv: ['maxPod', '5'], exit: 4, code: 'unknown-field', says: /did you mean maxPods\?/ },
  { name: 'a misspelt field deep down', argv: ['authentication.webhook.cacheTtl', '5s'], exit: 4, code: 'unknown-field', says: /did you mean authentication\.webhook\.cacheTTL\?/ },
  { name: 'no value', argv: ['maxPods'], exit: 2, code: 'usage' },
  { name: 'a field twice', argv: ['maxPods=1', 'maxPods=2'], exit: 2, code: 'usage' },
  { name: 'a field and one within it', argv: ['evictionHard={memory.available: 1Gi}', 'evictionHard.memory.available=1Gi'], exit: 2, code: 'usage' },
  { name: 'the directory of the static pods among others', argv: ['staticPodPath=/etc/kubernetes/static', 'maxPods=5'], exit: 2, code: 'usage', says: /moves on its own/ },
  { name: 'no static pods on a control plane', argv: ['staticPodPath', ''], exit: 4, code: 'relative-path' },
];

describe('refused, and nothing is touched', { timeout: 300_000 }, () => {
  let node: SandboxNode;
  before(async () => {
    node = await startNode({ speed: 20 });
  });
  after(() => node.down());

  const refused = async ({ argv, exit, code, says }: Omit<Refused, 'name'>): Promise<void> => {
    const [tree, pid] = [node.tree(), await kubeletPid(node)];
    const run = await node.kcfg(argv);
    const screen = `${run.stdout}${run.stderr}`;
    exits(run, exit);
    assert.equal(/^error\[([a-z-]+)\]/m.exec(run.stderr)?.[1], code, screen);
    if (says) assert.match(screen, says);
    if (exit !== 2) assert.match(run.stderr, /^Nothing was changed\.$/m);
    // bytes, owner, mode, time and inode of each file; and no folder of a change
    assert.deepEqual(node.tree(), tree);
    assert.equal(await kubeletPid(node), pid);
  };

  for (const { name, argv, ...rest } of REFUSED) test(name, () => refused({ argv: ['set', ...argv, '--yes'], ...rest }));

  test('unset of the directory names every pod that would stop', () =>
    refused({ argv: ['unset', 'staticPodPath', '--yes'], exit: 1, code: 'pods-would-stop', says: /4 static pods would stop[\s\S]*they are etcd, kube-apiserver, kube-controller-manager, kube-scheduler/ }));
  test('and takes no values', () => refused({ argv: ['unset', 'maxPods=5', '--yes'], exit: 2, code: 'usage' }));
  test('a question without a terminal', () => refused({ argv: ['set', 'maxPods', '150'], exit: 2, code: 'no-terminal' }));

  for (const [name, text, code, says] of [
    ['an unknown key, with its line', 'maxPods: 5\nevictionHards:\n  a: b\n', 'unknown-field', /fragment\.yaml:2[\s\S]*did you mean evictionHard/],
    ['an unknown key deep down, with its line', 'authentication:\n  webhook:\n    cacheTtl: 1s\n', 'unknown-field', /fragment\.yaml:3/],
    ['no YAML', 'maxPods: [\n', 'invalid-yaml', /fragment\.yaml/],
    ['a key twice', 'maxPods: 5\nmaxPods: 6\n', 'duplicate-key', /fragment\.yaml:1:1[\s\S]*again/],
    ['another kind', 'kind: KubeProxyConfiguration\nmaxPods: 5\n', 'invalid-settings', /KubeProxyConfiguration/],
    ['nothing in it', '', 'empty-config', undefined],
  ] as const) {
    test(`a fragment: ${name}`, async () => {
      const path = join(node.dir, 'fragment.yaml');
      writeFileSync(path, text);
      await refused({ argv: ['set', '-f', path, '--yes'], exit: 4, code, ...(says && { says }) });
    });
  }

  test('a state file of another policy, which the kubelet would not start with', async () => {
    const path = join(node.root, 'var/lib/kubelet/memory_manager_state');
    writeFileSync(path, '{"policyName":"Static","machineState":{},"checksum":1}');
    await refused({ argv: ['set', 'maxPods', '150', '--yes'], exit: 4, code: 'state-file', says: /memory_manager_state/ });
    writeFileSync(path, '{"policyName":"None","machineState":{},"checksum":4236770233}');
  });
});

describe('forced: tried, found out, and gone back from by itself', () => {
  const FORCED: [name: string, argv: string[], force: string[]][] = [
    ['a wrong type', ['maxPods', 'many'], ['type', 'rejected-by-kubelet']],
    ['a value out of range', ['maxPods', '-5'], ['range', 'rejected-by-kubelet']],
    ['an unknown gate', ['featureGates.NoSuchGate=true'], ['unknown-gate', 'rejected-by-kubelet']],
    ['a policy without what it needs', ['cpuManagerPolicy', 'static'], ['cpu-reservation']],
    ['a policy that the state file contradicts', ['cpuManagerPolicy=static', 'reservedSystemCPUs=0'], ['state-file']],
  ];
  for (const [name, argv, names] of FORCED) {
    test(name, { timeout: 120_000 }, async () => {
      const node = await startNode({ speed: 20 });
      try {
        const [tree, containers] = [files(node.tree()), await running(node)];
        const run = await node.kcfg(['set', ...argv, '--yes', ...names.flatMap((each) => ['--force', each])]);
        exits(run, 5);
        assert.match(run.stderr, /^Everything is as before, byte for byte\. No container restarted\.$/m);
        assert.deepEqual(files(node.tree()), tree);
        assert.deepEqual(await running(node), containers);
        exits(await node.kcfg(['verify']), 0);
      } finally {
        await node.down();
      }
    });
  }
});

test('the names to force are the ones that the refusal shows', { timeout: 60_000 }, async () => {
  const node = await startNode({ speed: 20 });
  try {
    const run = await node.kcfg(['set', 'maxPods', '-5', '--yes']);
    const names = [...run.stderr.matchAll(/--force ([a-z-]+)/g)].map(([, name = '']) => name);
    exits(await node.kcfg(['set', 'maxPods', '-5', '--yes', ...names.flatMap((each) => ['--force', each])]), 5);
  } finally {
    await node.down();
  }
});

test('a worker: without static pods the directory goes, and for good; a static pod is named first', { timeout: 120_000 }, async () => {
  const node = await startNode({ speed: 20, worker: true });
  try {
    const original = node.read(CONFIG);
    const stig = await node.kcfg(['validate', '--rule', 'stig']);
    exits(stig, 3);
    assert.match(stig.stdout, /V-242397: w\d+ fails/);
    const web = '/etc/kubernetes/manifests/nginx-proxy.yaml';
    mkdirSync(dirname(join(node.root, web)), { recursive: true });
    writeFileSync(join(node.root, web), 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: nginx-proxy\n  namespace: kube-system\nspec:\n  containers:\n  - name: nginx\n    image: nginx:1\n');
    const end = Date.now() + 20_000;
    while ((await node.containers()).length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
    const run = await node.kcfg(['unset', 'staticPodPath', '--yes']);
    exits(run, 1);
    assert.match(run.stderr, /^error\[pods-would-stop\]: 1 static pod would stop: nginx-proxy/m);
    exits(await node.kcfg(['unset', 'staticPodPath', '--yes', '--remove-pods', 'kube-vip']), 2);
    exits(await node.kcfg(['unset', 'staticPodPath', '--yes', '--remove-pods', 'nginx-proxy']), 0);
    assert.deepEqual(await node.containers(), []);
    assert.equal(node.read(CONFIG), original.replace(/^staticPodPath:.*\n/m, ''));
    assert.match(node.read('/var/lib/kubelet/instance-config.yaml'), /^staticPodPath: ""$/m);
    exits(await node.kcfg(['validate', '--rule', 'stig']), 0);
    exits(await node.kcfg(['unset', 'staticPodPath', '--yes']), 0);
    exits(await node.kcfg(['rollback', '--yes']), 0);
    assert.equal(node.read(CONFIG), original);
    assert.ok(statSync(join(node.root, web)).isFile());
  } finally {
    await node.down();
  }
});
