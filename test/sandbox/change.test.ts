/** Changes that go well, on pretend nodes: what they leave on disk, what they keep running, what they say. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { COMPONENTS, exits, files, kubeletPid, running } from './compare.ts';
import { type Run, type SandboxNode, until } from './node.ts';
import { on } from './on-node.ts';

const OLD = '/etc/kubernetes/manifests';
const NEW = '/etc/kubernetes/static';
const CONFIG = '/var/lib/kubelet/config.yaml';
const WEB = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: web:1\n';

const set = (node: SandboxNode, path: string, ...more: string[]): Promise<Run> => node.kcfg(['set', 'staticPodPath', path, '--yes', ...more]);
const directory = (node: SandboxNode, path: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(files(node.tree())).filter(([each]) => each.startsWith(`${path}/`)).map(([each, state]) => [each.slice(path.length), state]));

describe('adopt', () => {
  on('moves the pods without a failed request, and back home without a pin', {}, async (node) => {
    const [tree, containers, manifests] = [files(node.tree(), { times: false }), await running(node), directory(node, OLD)];
    const poller = node.poller();
    exits(await set(node, NEW), 0);
    assert.deepEqual(await running(node), containers);
    assert.equal(node.read(CONFIG), node.read('/var/lib/kcfg/1/old/var/lib/kubelet/config.yaml').replace(`staticPodPath: ${OLD}`, `staticPodPath: ${NEW}`));
    assert.deepEqual(readdirSync(join(node.root, NEW)).sort(), COMPONENTS.map((name) => `${name}.yaml`));
    const bare = (text: string): string => text.replace(/^ +(# Pinned by kcfg|# it as it runs|uid: ).*\n/gm, '');
    for (const name of COMPONENTS) {
      const [copy, original] = [node.read(`${NEW}/${name}.yaml`), node.read(`/var/lib/kcfg/1/old${OLD}/${name}.yaml`)];
      assert.equal(bare(copy), original);
      assert.equal(copy.split('\n').length, original.split('\n').length + 3);
    }
    const link = node.tree()[OLD];
    assert.deepEqual([link?.kind, link?.target], ['link', NEW]);

    exits(await set(node, OLD), 0);
    const polled = await poller.stop();
    assert.equal(polled.failed, 0);
    assert.ok(polled.sent > 20);
    assert.deepEqual(await running(node), containers);
    // bytes, owner, mode and time: as if they had never been away
    assert.deepEqual(directory(node, OLD), manifests);
    const now = files(node.tree(), { times: false });
    assert.deepEqual([now[NEW]?.kind, now[NEW]?.target], ['link', OLD]);
    delete now[NEW];
    assert.deepEqual(now, tree);
    assert.match((await node.kcfg(['show', '2', '-o', 'json'])).stdout, /"strategy": ?"home"/);
  });

  on('rollback puts every file back, and takes the new directory away', {}, async (node) => {
    const [tree, containers] = [files(node.tree(), { times: false }), await running(node)];
    exits(await set(node, NEW), 0);
    const run = await node.kcfg(['rollback', '--yes']);
    exits(run, 0);
    assert.match(run.stdout, /Back to before change 1: staticPodPath → \/etc\/kubernetes\/manifests/);
    assert.deepEqual(files(node.tree(), { times: false }), tree);
    assert.deepEqual(await running(node), containers);
    exits(await node.kcfg(['rollback', '--yes']), 1);
  });

  on('unpin releases every pin, with new pods and nothing else changed', {}, async (node) => {
    const manifests = directory(node, OLD);
    exits(await set(node, NEW), 0);
    const containers = await running(node);
    exits(await node.kcfg(['unpin', '--yes']), 0);
    const now = await running(node);
    assert.deepEqual(now.map(({ name }) => name), COMPONENTS);
    for (const each of now) assert.ok(!containers.some(({ id }) => id === each.id), `${each.name} is the old one`);
    const hashes = (entries: Record<string, unknown>): unknown => Object.entries(entries).map(([name, state]) => [name, (state as { sha256: string }).sha256]);
    assert.deepEqual(hashes(directory(node, NEW)), hashes(manifests));
    const again = await node.kcfg(['unpin', '--yes']);
    exits(again, 0);
    assert.match(again.stdout, /^Nothing to do: kcfg has pinned nothing on cp\d+\.$/m);
  });

  on('a directory that is there and empty is used as it is, and stays at a rollback', {}, async (node) => {
    exits(await set(node, NEW, '--no-bridge'), 0);
    exits(await node.kcfg(['rollback', '--yes']), 0);
    assert.equal(existsSync(join(node.root, NEW)), false);
  });

  on('three directories in turn: each link kcfg left can be moved back onto', {}, async (node) => {
    const containers = await running(node);
    for (const path of ['/etc/kubelet.d', NEW, '/etc/kubelet.d', OLD]) exits(await set(node, path), 0);
    assert.deepEqual(await running(node), containers);
    assert.equal(node.read(CONFIG), node.read('/var/lib/kcfg/1/old/var/lib/kubelet/config.yaml'));
  });

  on('twenty moves there and back: no request fails, no container changes', { speed: 20 }, async (node) => {
    const [containers, config, manifests] = [await running(node), node.read(CONFIG), directory(node, OLD)];
    const poller = node.poller(50);
    for (let i = 0; i < 10; i++) {
      exits(await set(node, NEW, '--quiet'), 0);
      exits(await set(node, OLD, '--quiet'), 0);
    }
    const { sent, failed } = await poller.stop();
    assert.equal(failed, 0);
    assert.ok(sent > 100);
    assert.deepEqual(await running(node), containers);
    assert.deepEqual([node.read(CONFIG), directory(node, OLD)], [config, manifests]);
    await node.reboot();
    await until('the control plane after a reboot', async () => (await node.containers()).length === COMPONENTS.length);
  });
});

describe('recreate', () => {
  on('new pods, no pins, and the outage that kcfg reports is the one seen outside', {}, async (node) => {
    const containers = await running(node);
    const poller = node.poller(10);
    const run = await set(node, NEW, '--strategy', 'recreate', '-o', 'json');
    const { longestGapSeconds } = await poller.stop();
    exits(run, 0);
    const { strategy, probes } = JSON.parse(run.stdout) as { strategy: string; probes: { awaySeconds: number } };
    assert.equal(strategy, 'recreate');
    // probes 50 ms apart on either side, and a busy machine
    assert.ok(Math.abs(probes.awaySeconds - longestGapSeconds) < 0.25 + longestGapSeconds / 10, `kcfg: ${probes.awaySeconds} s, outside: ${longestGapSeconds} s`);
    const now = await running(node);
    assert.deepEqual(now.map(({ name }) => name), COMPONENTS);
    for (const each of now) assert.ok(!containers.some(({ id }) => id === each.id));
    for (const name of COMPONENTS) assert.equal(node.read(`${NEW}/${name}.yaml`), node.read(`/var/lib/kcfg/1/old${OLD}/${name}.yaml`));
  });
});

describe('plan and apply', () => {
  const plan = async (node: SandboxNode): Promise<string> => {
    const file = join(node.dir, 'move.plan');
    exits(await node.kcfg(['plan', 'set', 'staticPodPath', NEW, '--out', file]), 0);
    return file;
  };
  const refused = async (node: SandboxNode, file: string, words: RegExp): Promise<void> => {
    const [tree, pid] = [node.tree(), await kubeletPid(node)];
    const run = await node.kcfg(['apply', file, '--yes']);
    exits(run, 1);
    assert.match(run.stderr, /^error\[stale-plan\]: the plan no longer fits this node/m);
    assert.match(run.stderr.replaceAll(/\s+/g, ' '), words);
    assert.match(run.stderr, /^Nothing was changed\.$/m);
    assert.deepEqual([node.tree(), await kubeletPid(node)], [tree, pid]);
  };

  on('a plan as a file is carried out as it was shown', {}, async (node) => {
    const [tree, containers] = [node.tree(), await running(node)];
    const file = await plan(node);
    assert.deepEqual(node.tree(), tree);
    exits(await node.kcfg(['apply', file, '--yes']), 0);
    assert.deepEqual(await running(node), containers);
    assert.equal((await node.kcfg(['get', 'staticPodPath'])).stdout, `${NEW}\n`);
    await refused(node, file, /config\.yaml was changed/);
  });

  on('a plan is stale once a manifest was edited', {}, async (node) => {
    const file = await plan(node);
    writeFileSync(join(node.root, OLD, 'kube-scheduler.yaml'), `${node.read(`${OLD}/kube-scheduler.yaml`)}# edited\n`);
    await refused(node, file, /kube-scheduler\.yaml was changed/);
  });

  on('a plan is stale once another change was made', {}, async (node) => {
    const file = await plan(node);
    exits(await set(node, '/etc/kubelet.d'), 0);
    exits(await set(node, OLD), 0);
    await refused(node, file, /change 1 was made since|was changed/);
  });

  on('a plan of another kubelet version is stale', {}, async (node) => {
    const file = await plan(node);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll('"1.37.2"', '"1.37.1"'));
    await refused(node, file, /the kubelet was 1\.37\.1 then, and is 1\.37\.2 now/);
  });

  on('what is no plan is refused by name', {}, async (node) => {
    const file = join(node.dir, 'no.plan');
    for (const text of ['', '{}', 'kind: Pod', '{"format":1,"target":{"field":"staticPodPath","value":"/x","force":[]}}']) {
      writeFileSync(file, text);
      const run = await node.kcfg(['apply', file, '--yes']);
      exits(run, 4);
      assert.match(run.stderr, /^error\[bad-plan\]/m);
    }
    exits(await node.kcfg(['apply', join(node.dir, 'none.plan'), '--yes']), 4);
  });
});

describe('without changing anything', () => {
  on('--dry-run, and no terminal without --yes', {}, async (node) => {
    const [tree, containers, pid] = [node.tree(), await running(node), await kubeletPid(node)];
    const dry = await node.kcfg(['set', 'staticPodPath', NEW, '--dry-run']);
    exits(dry, 0);
    assert.match(dry.stdout, /staticPodPath: \/etc\/kubernetes\/static/);
    assert.match(dry.stdout, /Nothing was changed\.\n$/);
    exits(await node.kcfg(['set', 'staticPodPath', NEW, '--dry-run', '-o', 'json']), 0);
    const mute = await node.kcfg(['set', 'staticPodPath', NEW]);
    exits(mute, 2);
    assert.match(mute.stderr, /^error\[no-terminal\]: this change has a question, and no terminal to ask it on$/m);
    assert.match(mute.stderr, /--yes, or only look with --dry-run/);
    exits(await node.kcfg(['set', 'staticPodPath']), 2);
    exits(await node.kcfg(['plan', 'set', 'staticPodPath', NEW, '--exit-code']), 3);
    for (const words of [['get', 'staticPodPath'], ['status'], ['verify'], ['history'], []]) exits(await node.kcfg(words), 0);
    assert.deepEqual([node.tree(), await running(node), await kubeletPid(node)], [tree, containers, pid]);
  });
});

describe('-o json', () => {
  on('one document for each command, with the keys that scripts rely on', {}, async (node) => {
    const json = async (...words: string[]): Promise<Record<string, unknown>> => JSON.parse((await node.kcfg([...words, '-o', 'json'])).stdout) as Record<string, unknown>;
    const refusal = await json('set', 'staticPodPath', 'relative', '--yes');
    assert.equal(refusal.result, 'unchanged');
    assert.equal((refusal.error as { code: string }).code, 'relative-path');
    assert.deepEqual(await json('set', 'staticPodPath', OLD, '--yes').then(({ result, changes }) => [result, changes]), ['unchanged', []]);

    const run = await set(node, NEW, '-o', 'json');
    const done = JSON.parse(run.stdout) as Record<string, unknown>;
    assert.deepEqual([done.transaction, done.result, done.strategy, done.restarted], ['1', 'done', 'adopt', []]);
    const changes = done.changes as { file: string; field?: string; from?: string; to?: string }[];
    assert.deepEqual(changes.find(({ field }) => field === 'staticPodPath')?.to, NEW);
    const checks = done.checks as { name: string; ok: boolean; detail: string }[];
    assert.ok(checks.length >= 8);
    assert.deepEqual(checks.filter(({ ok }) => !ok), []);
    const probes = done.probes as { sent: number; answered: number; ready: number; longestGapSeconds: number };
    assert.ok(probes.sent > 0 && probes.answered === probes.sent && probes.ready === probes.sent && probes.longestGapSeconds === 0);
    const lines = run.stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; title?: string; state?: string });
    assert.ok(lines.some(({ event, title, state }) => event === 'step' && title === 'Restart the kubelet' && state === 'done'));

    const { field, value, origin } = await json('get', 'staticPodPath');
    assert.deepEqual([field, value, (origin as { layer: string; file: string }).file], ['staticPodPath', NEW, CONFIG]);
    const status = await json('status');
    assert.deepEqual((status.pods as { name: string; pinned: string }[]).map(({ name, pinned }) => [name, pinned]), COMPONENTS.map((name) => [name, 'kcfg']));
    assert.deepEqual(status.drift, []);
    assert.equal((await json('verify')).ok, true);
    const [change] = (await json('history')).changes as { id: string; what: string; result: string }[];
    assert.deepEqual([change?.id, change?.what, change?.result], ['1', `staticPodPath -> ${NEW}`, 'done']);
    assert.equal(((await json('show', '1')).outcome as { result: string }).result, 'done');
  });
});

describe('other nodes', () => {
  on('a worker keeps its static pod, by the proofs it allows', { worker: true, files: { [`${OLD}/web.yaml`]: WEB } }, async (node) => {
    const containers = await running(node);
    assert.deepEqual(containers.map(({ name }) => name), ['web']);
    const run = await set(node, NEW, '--reason', 'CHG-4711');
    exits(run, 0);
    assert.deepEqual(await running(node), containers);
    assert.match((await node.kcfg(['show'])).stdout, /^  Reason  +CHG-4711$/m);
    assert.match((await node.kcfg(['history'])).stdout, /staticPodPath → \/etc\/kubernetes\/static +done/);
    assert.deepEqual(readdirSync(join(node.root, 'var/lib/kubelet/pods')).length, 1);
    rmSync(join(node.root, NEW, 'web.yaml'));
    await until('the pod is gone with its file', async () => (await node.containers()).length === 0);
  });

  on('a worker without the key gets it, and loses it at the rollback', { worker: true }, async (node) => {
    const without = node.read(CONFIG).replace(/^staticPodPath: .*\n/m, '');
    writeFileSync(join(node.root, CONFIG), without);
    await node.program('systemctl', ['restart', 'kubelet']);
    exits(await set(node, NEW), 0);
    assert.equal((await node.kcfg(['get', 'staticPodPath'])).stdout, `${NEW}\n`);
    assert.equal(node.read(CONFIG).replace(`staticPodPath: ${NEW}\n`, ''), without);
    exits(await node.kcfg(['rollback', '--yes']), 0);
    assert.equal(node.read(CONFIG), without);
    assert.equal(existsSync(join(node.root, NEW)), false);
  });

  on('the config of the story changes in that one value and in no other byte', {}, async (node) => {
    const story = readFileSync(new URL('../unit/kubelet/story-config.yaml', import.meta.url), 'utf8')
      .replace('healthzPort: 10248', `healthzPort: ${node.settings.ports.healthz}`)
      .replace(/$/, `port: ${node.settings.ports.kubelet}\n`);
    writeFileSync(join(node.root, CONFIG), story);
    await node.program('systemctl', ['restart', 'kubelet']);
    const containers = await running(node);
    exits(await set(node, NEW), 0);
    assert.equal(node.read(CONFIG), story.replace(`staticPodPath: ${OLD} #`, `staticPodPath: ${NEW} #`));
    assert.deepEqual(await running(node), containers);
  });

  on('a drop-in that wins is the one that is edited', {}, async (node) => {
    const dropIn = '/etc/kubernetes/kubelet.conf.d/20-path.conf';
    const file = join(node.root, dropIn);
    cpSync(join(node.root, CONFIG), file, { recursive: true });
    const text = `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodPath: ${OLD} # ours\n`;
    writeFileSync(file, text);
    writeFileSync(join(node.root, 'etc/default/kubelet'), 'KUBELET_EXTRA_ARGS=--config-dir=/etc/kubernetes/kubelet.conf.d\n');
    await node.program('systemctl', ['restart', 'kubelet']);
    const [containers, config] = [await running(node), node.read(CONFIG)];
    exits(await set(node, NEW), 0);
    assert.deepEqual([node.read(dropIn), node.read(CONFIG)], [text.replace(OLD, NEW), config]);
    assert.deepEqual(await running(node), containers);
    exits(await node.kcfg(['rollback', '--yes']), 0);
    assert.equal(node.read(dropIn), text);
  });

  on('--root works on a tree, and says what it leaves out', {}, async (node) => {
    const tree = join(node.dir, 'image');
    cpSync(node.root, tree, { recursive: true, verbatimSymlinks: true, filter: (path) => !/\/root\/(run|proc|sys)\//.test(path) });
    const before = node.tree();
    const run = await node.kcfg(['set', 'staticPodPath', NEW, '--yes', '--root', tree], { env: { KCFG_SANDBOX: '' } });
    exits(run, 0);
    assert.equal(readFileSync(join(tree, CONFIG), 'utf8'), node.read(CONFIG).replace(OLD, NEW));
    for (const name of COMPONENTS) assert.equal(readFileSync(join(tree, NEW, `${name}.yaml`), 'utf8'), node.read(`${OLD}/${name}.yaml`));
    assert.match(`${run.stdout}${run.stderr}`, /no kubelet runs from this tree/);
    assert.deepEqual(node.tree(), before);
  });
});
