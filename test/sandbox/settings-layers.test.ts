/** Settings in flags and drop-ins, and the ways back, on pretend nodes. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { exits, files, running } from './compare.ts';
import { readHere } from './in-process.ts';
import { type NodeOptions, type Run, type SandboxNode, startNode, until } from './node.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';
const DEFAULTS = '/etc/default/kubelet';
const DROP_INS = '/etc/kubernetes/kubelet.conf.d';
const HEAD = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';

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
const change = (node: SandboxNode, ...words: string[]): Promise<Run> => node.kcfg([...words, '--yes']);
const put = (node: SandboxNode, path: string, text: string): void => {
  mkdirSync(dirname(join(node.root, path)), { recursive: true });
  writeFileSync(join(node.root, path), text);
};
interface Told {
  value: unknown;
  origin: { layer: string; file?: string; line?: number; flag?: string };
}
const get = async (node: SandboxNode, field: string): Promise<Told> => JSON.parse((await readHere(node, ['get', field, '-o', 'json'])).stdout) as Told;

describe('flags', () => {
  on('one in an environment file is edited there, taken out there, and comes back', { files: { [DEFAULTS]: 'KUBELET_EXTRA_ARGS="--max-pods=99 --kube-reserved=cpu=100m,memory=1Gi --v=2"\n' } }, async (node) => {
    const config = node.read(CONFIG);
    assert.deepEqual([(await get(node, 'maxPods')).value, (await get(node, 'maxPods')).origin], [99, { layer: 'flag', flag: 'max-pods', value: 99, set: true, file: DEFAULTS, line: 1 }]);
    exits(await change(node, 'set', 'maxPods=120', 'kubeReserved.cpu=200m'), 0);
    assert.equal(node.read(DEFAULTS), 'KUBELET_EXTRA_ARGS="--max-pods=120 --kube-reserved=cpu=200m,memory=1Gi --v=2"\n');
    exits(await change(node, 'unset', 'maxPods', 'kubeReserved.memory'), 0);
    assert.equal(node.read(DEFAULTS), 'KUBELET_EXTRA_ARGS="--kube-reserved=cpu=200m --v=2"\n');
    exits(await change(node, 'rollback'), 0);
    exits(await change(node, 'rollback'), 0);
    assert.equal(node.read(DEFAULTS), 'KUBELET_EXTRA_ARGS="--max-pods=99 --kube-reserved=cpu=100m,memory=1Gi --v=2"\n');
    assert.equal(node.read(CONFIG), config);
  });

  on('one in the unit is left to people, and named', { files: { '/etc/systemd/system/kubelet.service.d/20-flags.conf': '[Service]\nExecStart=\nExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS --max-pods=99\n' } }, async (node) => {
    const tree = node.tree();
    for (const argv of [['set', 'maxPods', '120'], ['unset', 'maxPods'], ['set', 'maxPods', '120', '--layer', 'drop-in']]) {
      const run = await change(node, ...argv);
      exits(run, 1);
      assert.match(run.stderr, /^error\[shadowed-by-flag\]: --max-pods wins over every file\n {2}--> \/etc\/systemd\/system\/kubelet\.service\.d\/20-flags\.conf:3/m);
    }
    assert.deepEqual(node.tree(), tree);
  });
});

describe('drop-ins', () => {
  const reading: NodeOptions = {
    files: {
      [DEFAULTS]: `KUBELET_EXTRA_ARGS=--config-dir=${DROP_INS}\n`,
      [`${DROP_INS}/10-a.conf`]: `${HEAD}maxPods: 60 # ours\n`,
      [`${DROP_INS}/20-b.conf`]: `${HEAD}maxPods: 70\npodPidsLimit: 1000\n`,
      [`${DROP_INS}/notes.txt`]: 'maxPods: 80\n',
    },
  };
  on('the one that wins is edited; unset takes the value out of each', reading, async (node) => {
    const config = node.read(CONFIG);
    assert.deepEqual((await get(node, 'maxPods')).origin.file, `${DROP_INS}/20-b.conf`);
    exits(await change(node, 'set', 'maxPods', '90'), 0);
    assert.equal(node.read(`${DROP_INS}/20-b.conf`), `${HEAD}maxPods: 90\npodPidsLimit: 1000\n`);
    exits(await change(node, 'unset', 'maxPods'), 0);
    assert.deepEqual([node.read(`${DROP_INS}/10-a.conf`), node.read(`${DROP_INS}/20-b.conf`)], [HEAD, `${HEAD}podPidsLimit: 1000\n`]);
    assert.equal((await get(node, 'maxPods')).value, 110);
    exits(await change(node, 'rollback'), 0);
    assert.equal(node.read(`${DROP_INS}/10-a.conf`), `${HEAD}maxPods: 60 # ours\n`);
    assert.equal(node.read(CONFIG), config);
  });

  on('what is never read is told', reading, async (node) => {
    put(node, '/srv/more/30.conf', `${HEAD}maxPods: 80\n`);
    symlinkSync('/srv/more', join(node.root, DROP_INS, '30-more'));
    const { files: read } = JSON.parse((await readHere(node, ['get', '--all', '-o', 'json'])).stdout) as { files: { unread: { file: string }[] } };
    assert.deepEqual(read.unread.map(({ file }) => file).sort(), [`${DROP_INS}/30-more`, `${DROP_INS}/notes.txt`]);
    const judged = await node.kcfg(['validate']);
    exits(judged, 0);
    for (const name of ['notes.txt', '30-more']) assert.match(judged.stdout, new RegExp(`kubelet\\.conf\\.d/${name}`));
  });

  on('a later one shadows kcfg’s own, and is named', { files: { ...reading.files, [`${DROP_INS}/zz.conf`]: `${HEAD}maxPods: 75\n` } }, async (node) => {
    const tree = node.tree();
    const run = await change(node, 'set', 'maxPods', '90', '--layer', 'drop-in');
    exits(run, 1);
    assert.match(run.stderr, /^error\[shadowed-by-drop-in\]: .*zz\.conf wins/m);
    assert.deepEqual(node.tree(), tree);
  });

  on('--layer drop-in makes all that is needed, wins, takes more, and goes again without a trace', {}, async (node) => {
    const [tree, containers] = [files(node.tree()), await running(node)];
    exits(await change(node, 'set', 'maxPods=90', 'evictionHard.memory.available=200Mi', '--layer', 'drop-in'), 0);
    assert.equal(node.read(`${DROP_INS}/99-kcfg.conf`), `${HEAD}maxPods: 90\nevictionHard:\n  memory.available: 200Mi\n`);
    assert.match(node.read(DEFAULTS), /--config-dir=\/etc\/kubernetes\/kubelet\.conf\.d/);
    // merged into the defaults: the other thresholds stay
    assert.equal((await get(node, 'evictionHard.nodefs.available')).value, '10%');
    exits(await node.kcfg(['diff']), 0);
    exits(await change(node, 'set', 'podPidsLimit=500', 'evictionHard={nodefs.available: 5%}', '--layer', 'drop-in'), 0);
    assert.deepEqual((await get(node, 'evictionHard')).value, { 'nodefs.available': '5%' });
    exits(await node.kcfg(['diff']), 0);
    exits(await change(node, 'rollback'), 0);
    exits(await change(node, 'rollback'), 0);
    const times = (snapshot: object): object => JSON.parse(JSON.stringify(snapshot, (key, value: unknown) => (key === 'mtimeNs' ? undefined : value))) as object;
    assert.deepEqual(times(files(node.tree())), times(tree));
    assert.deepEqual(await running(node), containers);
  });
});

describe('the way back', () => {
  on('others edited another line since: the settings go back, and that line stays', {}, async (node) => {
    const original = node.read(CONFIG);
    exits(await change(node, 'set', 'maxPods=150', 'clusterDomain=a.example'), 0);
    appendFileSync(join(node.root, CONFIG), 'podPidsLimit: 1000 # theirs\n');
    exits(await change(node, 'rollback'), 0);
    assert.equal(node.read(CONFIG), `${original}podPidsLimit: 1000 # theirs\n`);
  });

  on('others edited the same value since: refused, with both', {}, async (node) => {
    exits(await change(node, 'set', 'maxPods', '150'), 0);
    put(node, CONFIG, node.read(CONFIG).replace('maxPods: 150', 'maxPods: 160'));
    const text = node.read(CONFIG);
    const run = await change(node, 'rollback');
    exits(run, 1);
    assert.match(run.stderr, /^error\[moved-on\][\s\S]*change 1 made maxPods 150; it is 160 now/m);
    assert.equal(node.read(CONFIG), text);
  });

  on('an item of a list that was taken out comes back to its place, after others edited another line', {}, async (node) => {
    exits(await change(node, 'set', 'clusterDNS', '10.96.0.10,10.96.0.11'), 0);
    exits(await change(node, 'unset', 'clusterDNS[0]'), 0);
    appendFileSync(join(node.root, CONFIG), '# theirs\n');
    exits(await change(node, 'rollback'), 0);
    assert.deepEqual((await get(node, 'clusterDNS')).value, ['10.96.0.10', '10.96.0.11']);
  });

  on('a state file is set aside for another policy, and is back when that fails', {}, async (node) => {
    const state = '/var/lib/kubelet/cpu_manager_state';
    const before = node.read(state);
    const tree = files(node.tree());
    await node.fault('kubelet-refuses', { path: '/etc/kubernetes/manifests', words: 'failed to run Kubelet: no space left on device' });
    const failing = change(node, 'set', 'cpuManagerPolicy=static', 'reservedSystemCPUs=0', '--force', 'rejected-by-kubelet');
    await until('the kubelet is started', () => existsSync(join(node.root, 'var/lib/kcfg/1/journal')) && /"type":"undoing"/.test(readFileSync(join(node.root, 'var/lib/kcfg/1/journal'), 'utf8')), 30_000, 2);
    await node.fault('kubelet-refuses', null);
    exits(await failing, 5);
    assert.deepEqual(files(node.tree()), tree);
    exits(await change(node, 'set', 'cpuManagerPolicy=static', 'reservedSystemCPUs=0'), 0);
    assert.equal(node.read(`/var/lib/kcfg/2/old${state}`), before);
    exits(await change(node, 'rollback'), 0);
    assert.equal((await get(node, 'cpuManagerPolicy')).value, 'none');
  });

  for (const step of [1, 2, 3]) {
    on(`kcfg is killed at step ${step + 1}: its guard goes back`, { speed: 2 }, async (node) => {
      const [tree, containers] = [files(node.tree()), await running(node)];
      const journal = join(node.root, 'var/lib/kcfg/1/journal');
      const run = change(node, 'set', 'maxPods', '150');
      await until('the step', () => existsSync(journal) && new RegExp(`"type":"intent","step":${step}[,}]`).test(readFileSync(journal, 'utf8')), 30_000, 2);
      await node.program('systemctl', ['kill', '-s', 'KILL', '--kill-whom=main', 'kcfg-1.service']);
      exits(await run, 5);
      assert.deepEqual(files(node.tree()), tree);
      assert.deepEqual(await running(node), containers);
      assert.equal(existsSync(join(node.root, 'var/lib/kcfg/pending')), false);
      exits(await node.kcfg(['diff']), 0);
    });
  }
});

describe('a plan as a file', () => {
  on('is applied once, and refused where the node is another by then, or the file says more than was asked', {}, async (node) => {
    const file = join(node.dir, 'plan.json');
    const original = node.read(CONFIG);
    exits(await node.kcfg(['plan', 'set', 'maxPods=150', 'clusterDomain=a.example', '--out', file, '--exit-code']), 3);
    assert.equal(node.read(CONFIG), original);
    appendFileSync(join(node.root, CONFIG), '# theirs\n');
    const stale = await node.kcfg(['apply', file, '--yes']);
    exits(stale, 1);
    assert.match(stale.stderr, /^error\[stale-plan\]/m);
    writeFileSync(join(node.root, CONFIG), original);

    const plan = JSON.parse(readFileSync(file, 'utf8')) as { target: Record<string, unknown>; steps: { kind: string; edits?: { insert: string }[] }[] };
    let copies = 0;
    const tampered = (edit: (copy: typeof plan) => void): string => {
      const copy = structuredClone(plan);
      edit(copy);
      const path = join(node.dir, `tampered-${++copies}.json`);
      writeFileSync(path, JSON.stringify(copy));
      return path;
    };
    const tree = node.tree();
    for (const [path, exit] of [
      [tampered((copy) => { copy.target['files'] = [{ path: '/etc/shadow', edits: [{ offset: 0, remove: 0, insert: 'x' }] }]; }), 4],
      [tampered((copy) => { copy.target['wishes'] = [{ field: 'maxPods', path: ['maxPods'], value: 9 }]; }), 1],
      [tampered((copy) => { copy.target['wishes'] = [{ field: 'maxPods', path: 'maxPods', value: 9 }]; }), 4],
      [tampered((copy) => { copy.target['removes'] = '/etc'; }), 4],
      [tampered((copy) => { for (const step of copy.steps) if (step.edits?.[0]) step.edits[0].insert = 'evil: true\n'; }), 1],
    ] as const) {
      const run = await node.kcfg(['apply', path, '--yes']);
      assert.ok(run.code === exit, `${exit}: ${run.code} ${run.stderr}`);
      assert.deepEqual(node.tree(), tree);
    }
    exits(await node.kcfg(['apply', file, '--yes']), 0);
    assert.equal(node.read(CONFIG), `${original.replace('cluster.local', 'a.example')}maxPods: 150\n`);
    exits(await node.kcfg(['apply', file, '--yes']), 1);
  });
});

describe('a value of 2,000 letters', () => {
  on('is one value to get, and a few letters in history', {}, async (node) => {
    const long = 'x'.repeat(2000);
    exits(await change(node, 'set', 'providerID', long), 0);
    assert.equal((await get(node, 'providerID')).value, long);
    const history = (await node.kcfg(['history'])).stdout.split('\n');
    assert.ok(history.every((line) => line.length < 120), history.join('\n'));
  });
});
