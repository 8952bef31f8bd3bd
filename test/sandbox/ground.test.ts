/**
 * Someone else at work on the same node, in each gap of a change: between plan and start, and between the first deed and the
 * restart. It is noticed, named, and nothing is disturbed: not even the kubelet restarts.
 */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { exits, running } from './compare.ts';
import { type Run, type SandboxNode, startNode, until } from './node.ts';

const OLD = '/etc/kubernetes/manifests';
const NEW = '/etc/kubernetes/static';
const CONFIG = '/var/lib/kubelet/config.yaml';
const DROP_INS = '/etc/kubernetes/kubelet.conf.d';

let node: SandboxNode;
before(async () => {
  node = await startNode({ files: { '/etc/default/kubelet': `KUBELET_EXTRA_ARGS=--config-dir=${DROP_INS}\n`, [`${DROP_INS}/10-a.conf`]: 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 99\n' } });
});
after(() => node.down());

const at = (path: string): string => join(node.root, path);
const kubelet = async (): Promise<string> => (await node.program('systemctl', ['show', '-p', 'MainPID', 'kubelet'])).stdout;
const move = (): Promise<Run> => node.kcfg(['set', 'staticPodPath', NEW, '--yes']);
const setting = (): Promise<Run> => node.kcfg(['set', 'imageMaximumGCAge=24h', '--yes']);
/** As soon as it is there. */
const once = (path: string): Promise<void> => until(`${path} is there`, () => existsSync(path), 20_000, 1);

/** What someone does, its way back, and what kcfg says of it. */
interface Deed {
  name: string;
  does: () => void;
  undo: () => void;
  says: RegExp;
}
function appended(path: string, text: string, says = `${path} was changed`): Deed {
  let old = '';
  const does = (): void => {
    old = readFileSync(at(path), 'utf8');
    appendFileSync(at(path), text);
  };
  return { name: `${path} is edited`, does, undo: () => writeFileSync(at(path), old), says: new RegExp(says.replaceAll('.', '\\.')) };
}
function made(path: string): Deed {
  const does = (): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), '');
  };
  return { name: `${path} is made`, does, undo: () => rmSync(at(path)), says: new RegExp(`${path.replaceAll('.', '\\.')} is new`) };
}
const upgraded: Deed = {
  name: 'the kubelet is upgraded',
  does: () => utimesSync(at('/usr/bin/kubelet'), 1, 1),
  undo: () => utimesSync(at('/usr/bin/kubelet'), new Date(), new Date()),
  says: /\/usr\/bin\/kubelet was replaced/,
};
const others: Deed[] = [
  appended('/etc/default/kubelet', '# x\n'),
  appended(`${DROP_INS}/10-a.conf`, '# x\n'),
  appended('/var/lib/kubelet/instance-config.yaml', '# x\n'),
  appended(`${OLD}/etcd.yaml`, '# x\n'),
  made(`${DROP_INS}/20-b.conf`),
  upgraded,
];

describe('between plan and start: the plan is stale, and nothing begins', () => {
  for (const { name, does, undo, says } of [appended(CONFIG, '# x\n'), made(`${OLD}/new.yaml`), ...others]) {
    test(name, { timeout: 60_000 }, async () => {
      const [file, pid] = [join(node.dir, 'plan.json'), await kubelet()];
      exits(await node.kcfg(['plan', 'set', 'staticPodPath', NEW, '--out', file]), 0);
      does();
      const run = await node.kcfg(['apply', file, '--yes']);
      undo();
      exits(run, 1);
      assert.match(run.stderr, /error\[stale-plan\]/);
      assert.match(run.stderr.replace(/\s+/g, ' '), says);
      assert.equal(existsSync(at(NEW)), false);
      assert.equal(await kubelet(), pid);
    });
  }
});

test('the container runtime is upgraded between plan and start', { timeout: 60_000 }, async () => {
  const file = join(node.dir, 'plan.json');
  exits(await node.kcfg(['plan', 'set', 'staticPodPath', NEW, '--out', file]), 0);
  await node.fault('runtime-upgraded', { version: 'v2.5.0' });
  const run = await node.kcfg(['apply', file, '--yes']);
  await node.fault('runtime-upgraded', null);
  exits(run, 1);
  assert.match(run.stderr.replace(/\s+/g, ' '), /the plan no longer fits this node: the container runtime is containerd v2\.5\.0 now/);
  assert.equal(existsSync(at(NEW)), false);
});

describe('between the first deed and the restart: what was done goes back, and the kubelet runs on', () => {
  for (const { name, does, undo, says } of [made(`${NEW}/new.yaml`), ...others]) {
    test(name, { timeout: 60_000 }, async () => {
      const [config, pid, containers] = [node.read(CONFIG), await kubelet(), await running(node)];
      const change = move();
      await once(at(NEW));
      does();
      const run = await change;
      if (existsSync(at(NEW))) assert.fail('the new directory is still there');
      if (!name.includes(NEW)) undo();
      exits(run, 5);
      assert.match(run.stderr, /error\[changed-meanwhile\]/);
      assert.match(run.stderr.replace(/\s+/g, ' '), says);
      assert.equal(node.read(CONFIG), config);
      assert.equal(await kubelet(), pid);
      assert.deepEqual(await running(node), containers);
    });
  }

  test('the container runtime is upgraded', { timeout: 60_000 }, async () => {
    const [config, pid, containers] = [node.read(CONFIG), await kubelet(), await running(node)];
    await node.fault('runtime-upgraded', { version: 'v2.5.0', when: NEW });
    const run = await move();
    await node.fault('runtime-upgraded', null);
    exits(run, 5);
    assert.match(run.stderr.replace(/\s+/g, ' '), /the container runtime is containerd v2\.5\.0 now, and was containerd v2\.4\.2, and not by this change/);
    assert.equal(node.read(CONFIG), config);
    assert.equal(await kubelet(), pid);
    assert.deepEqual(await running(node), containers);
  });

  test('a manifest is edited while another setting is changed', { timeout: 60_000 }, async () => {
    const { does, undo, says } = appended(`${OLD}/etcd.yaml`, '# x\n');
    const [config, pid] = [node.read(CONFIG), await kubelet()];
    const change = setting();
    await until('the file is edited', () => node.read(CONFIG) !== config, 20_000, 1);
    does();
    const run = await change;
    undo();
    exits(run, 5);
    assert.match(run.stderr.replace(/\s+/g, ' '), says);
    assert.equal(node.read(CONFIG), config);
    assert.equal(await kubelet(), pid);
  });
});

describe('someone restarts the kubelet meanwhile: harmless, for the files are the same, and pods are compared, not processes', () => {
  test('between plan and start', { timeout: 60_000 }, async () => {
    const file = join(node.dir, 'plan.json');
    exits(await node.kcfg(['plan', 'set', 'staticPodPath', NEW, '--out', file]), 0);
    const containers = await running(node);
    await node.program('systemctl', ['restart', 'kubelet']);
    exits(await node.kcfg(['apply', file, '--yes']), 0);
    assert.deepEqual(await running(node), containers);
    exits(await node.kcfg(['rollback', '--yes']), 0);
  });

  test('between the first deed and the restart', { timeout: 60_000 }, async () => {
    const containers = await running(node);
    const change = move();
    await once(at(NEW));
    await node.program('systemctl', ['restart', 'kubelet']);
    exits(await change, 0);
    assert.deepEqual(await running(node), containers);
  });
});
