/** `kcfg edit POD` on pretend nodes: what counts afterwards, what is refused with its line, and what goes back by itself. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { exits, files, running } from './compare.ts';
import { type Run, type SandboxNode } from './node.ts';
import { on } from './on-node.ts';

const HOME = '/etc/kubernetes/manifests';
const STATIC = '/etc/kubernetes/static';
const API = 'kube-apiserver';

const edit = (node: SandboxNode, pod: string, text: string, ...more: string[]): Promise<Run> => node.kcfg(['edit', pod, '--from', '-', '--yes', ...more], { input: text });
const manifest = (node: SandboxNode, pod = API, directory = HOME): string => node.read(`${directory}/${pod}.yaml`);
const changed = (text: string, from: string | RegExp, to: string): string => {
  const result = text.replace(from, to);
  assert.notEqual(result, text);
  return result;
};
const ids = async (node: SandboxNode): Promise<Map<string, string>> => new Map((await running(node)).map(({ name, id }) => [name, id]));
const lineOf = (text: string, part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;
const argv = async (node: SandboxNode, pod: string): Promise<string[]> => (await node.containers()).find(({ name }) => name === pod)?.argv ?? [];

describe('an edit', () => {
  on('of a pinned manifest takes effect, its pin goes, and no other pod is touched', {}, async (node) => {
    exits(await node.kcfg(['set', 'staticPodPath', STATIC, '--yes']), 0);
    const [before, pinned] = [await ids(node), manifest(node, API, STATIC)];
    assert.match(pinned, /^ {2}uid: /m);
    const run = await edit(node, API, changed(pinned, '- --allow-privileged=true', '- --allow-privileged=true\n    - --event-ttl=2h'), '-v');
    exits(run, 0);
    assert.match(run.stdout, /its pin goes, or the edit would not count/);
    assert.match(run.stdout, /\d \+ +- --event-ttl=2h/);
    const now = await ids(node);
    for (const [name, id] of before) assert.equal(now.get(name) === id, name !== API, name);
    assert.ok((await argv(node, API)).includes('--event-ttl=2h'));
    const after = manifest(node, API, STATIC);
    assert.doesNotMatch(after, /uid:|kcfg/);
    assert.match(after, /--event-ttl=2h/);
    assert.match((await node.kcfg(['history'])).stdout, /kube-apiserver\.yaml edited +done/);
    exits(await node.kcfg(['verify']), 0);
  });

  on('goes back with rollback: the text from before, without the pin of the pod that is gone', {}, async (node) => {
    const original = manifest(node);
    exits(await node.kcfg(['set', 'staticPodPath', STATIC, '--yes']), 0);
    exits(await edit(node, `${STATIC}/${API}.yaml`, changed(original, '- --allow-privileged=true', '- --allow-privileged=true\n    - --event-ttl=2h')), 0);
    const back = await node.kcfg(['rollback', '--yes']);
    exits(back, 0);
    assert.match(back.stdout, /Back to before change 2: kube-apiserver\.yaml/);
    assert.equal(manifest(node, API, STATIC), original);
    assert.ok(!(await argv(node, API)).includes('--event-ttl=2h'));
    const again = await node.kcfg(['rollback', '2', '--yes']);
    exits(again, 0);
    assert.match(again.stdout, /^Nothing to do: kube-apiserver\.yaml is as before change 2\.$/m);
  });

  on('that others edited since is not gone back from', {}, async (node) => {
    const original = manifest(node, 'kube-scheduler');
    exits(await edit(node, 'kube-scheduler', changed(original, '- --leader-elect=true', '- --leader-elect=true\n    - --v=3')), 0);
    writeFileSync(join(node.root, HOME, 'kube-scheduler.yaml'), `${manifest(node, 'kube-scheduler')}# mine\n`);
    const run = await node.kcfg(['rollback', '1', '--yes']);
    exits(run, 1);
    assert.match(run.stderr, /error\[moved-on\]: the node has moved on since change 1\n.*kube-scheduler\.yaml\nnote: kube-scheduler\.yaml was edited since, and that would be lost/);
    assert.match(manifest(node, 'kube-scheduler'), /# mine\n$/);
  });

  on('of comments alone stops no container', {}, async (node) => {
    const before = await ids(node);
    const run = await edit(node, 'etcd', `# who edits this asks the team first\n${manifest(node, 'etcd')}`);
    exits(run, 0);
    assert.match(run.stdout, /No container does: the kubelet keeps all 4\./);
    assert.deepEqual(await ids(node), before);
    assert.match(manifest(node, 'etcd'), /^# who edits/);
  });

  on('with the same text, or with --dry-run, changes nothing', {}, async (node) => {
    exits(await node.kcfg(['set', 'staticPodPath', STATIC, '--yes']), 0);
    const tree = files(node.tree());
    const same = await edit(node, API, manifest(node, API, STATIC));
    exits(same, 0);
    assert.match(same.stdout, /^Nothing to do: kube-apiserver\.yaml is as it was\.$/m);
    exits(await edit(node, API, changed(manifest(node, API, STATIC), '- --allow-privileged=true', '- --allow-privileged=false'), '--dry-run'), 0);
    assert.deepEqual(files(node.tree()), tree);
  });

  on('on trial goes back by itself', { speed: 10 }, async (node) => {
    const original = manifest(node);
    exits(await edit(node, API, changed(original, '- --allow-privileged=true', '- --allow-privileged=true\n    - --event-ttl=2h'), '--confirm-within', '1h'), 0);
    assert.notEqual(manifest(node), original);
    exits(await node.kcfg(['abort']), 0);
    assert.equal(manifest(node), original);
    assert.equal((await running(node)).length, 4);
    assert.ok(!(await argv(node, API)).includes('--event-ttl=2h'));
  });

  on('in a tree is the file alone', {}, async (node) => {
    const run = await node.kcfg(['edit', 'etcd', '--from', '-', '--yes', '--root', node.root], { input: changed(manifest(node, 'etcd'), 'snapshot-count=10000', 'snapshot-count=20000'), env: { KCFG_SANDBOX: '' } });
    exits(run, 0);
    assert.match(manifest(node, 'etcd'), /snapshot-count=20000/);
  });
});

describe('refused, with file, line and reason, and nothing is touched:', () => {
  const refused: [name: string, edit: (text: string) => string, line: string, words: RegExp][] = [
    ['an unknown flag', (text) => changed(text, '--enable-admission-plugins', '--enable-admission-plugin'), 'enable-admission-plugin', /error\[unknown-flag\]: this kube-apiserver has no flag --enable-admission-plugin\n.*did you mean --enable-admission-plugins\?/s],
    ['a certificate that is not there', (text) => changed(text, 'pki/apiserver.crt', 'pki/apiserver.cert'), 'tls-cert-file', /error\[path\]: there is no file \/etc\/kubernetes\/pki\/apiserver\.cert on this node\n.*did you mean \/etc\/kubernetes\/pki\/apiserver\.crt\?/s],
    ['a probe of another port', (text) => changed(text, /containerPort: \d+/, 'containerPort: 6444'), 'port: probe-port', /error\[probe-port\]: nothing listens on 6444: kube-apiserver has --secure-port=\d+ \(line \d+\)/],
  ];
  for (const [name, change, line, words] of refused) {
    on(name, {}, async (node) => {
      const [tree, before] = [files(node.tree()), await ids(node)];
      const text = change(manifest(node));
      const run = await edit(node, API, text);
      exits(run, 4);
      assert.match(run.stderr, words);
      assert.ok(run.stderr.includes(`${HOME}/${API}.yaml:${lineOf(text, line)}:`), run.stderr);
      assert.match(run.stderr, /Nothing was changed\.\n$/);
      assert.deepEqual(files(node.tree()), tree);
      assert.deepEqual(await ids(node), before);
      const file = join(node.dir, 'draft.yaml');
      writeFileSync(file, text);
      const valid = await node.kcfg(['validate', file]);
      exits(valid, 4);
      assert.match(valid.stdout, words);
    });
  }
});

describe('forced, and put back by itself', () => {
  const broken: [pod: string, name: string, edit: (text: string) => string, words: RegExp][] = [
    [API, 'unknown-flag', (text) => changed(text, '--enable-admission-plugins', '--enable-admission-plugin'), /note: kube-apiserver says: Error: unknown flag: --enable-admission-plugin/],
    [API, 'path', (text) => changed(text, 'pki/apiserver.crt', 'pki/apiserver.cert'), /note: kube-apiserver says:[^:]*:?[^]*apiserver\.cert:\s+no\s+such\s+file/],
    ['etcd', 'unknown-flag', (text) => changed(text, '--snapshot-count', '--snapshot-counts'), /note: etcd says: flag provided but not defined: -snapshot-counts/],
    ['kube-scheduler', 'unknown-flag', (text) => changed(text, '--leader-elect=', '--leader-elects='), /note: kube-scheduler says: Error: unknown flag: --leader-elects/],
  ];
  for (const [pod, name, change, words] of broken) {
    on(`${pod}, ${name}: in the container's own words, with the outage, and all pods run`, { speed: 5 }, async (node) => {
      const [original, before] = [manifest(node, pod), await ids(node)];
      const run = await edit(node, pod, change(original), '--force', name);
      exits(run, 5);
      assert.match(run.stderr, words);
      assert.match(run.stderr, /Everything is as before, byte for byte\./);
      if (pod !== 'kube-scheduler') assert.match(run.stderr, /API server away: [\d.]+ s\./);
      assert.equal(manifest(node, pod), original);
      const now = await ids(node);
      assert.equal(now.size, 4);
      // without an API server controllers and scheduler lose their lease, and start anew
      if (pod === 'kube-scheduler') for (const [each, id] of before) if (each !== pod) assert.equal(now.get(each), id, each);
      if (pod === API) assert.equal(now.get('etcd'), before.get('etcd'));
      exits(await node.kcfg(['verify']), 0);
      assert.match((await node.kcfg(['history'])).stdout, new RegExp(`${pod}\\.yaml edited +undone`));
    });
  }
});

on('a word that is neither file nor pod gets the list of both', {}, async (node) => {
  const run = await node.kcfg(['edit', 'kube-apiservr', '--from', '-'], { input: 'x' });
  exits(run, 2);
  assert.match(run.stderr, /kube-apiservr is no file of this kubelet's configuration, and no static pod\n.*kcfg edit kube-apiserver/s);
  assert.equal(readFileSync(join(node.root, HOME, `${API}.yaml`), 'utf8').includes('kind: Pod'), true);
});
