/** Bad luck in the middle of a change, on pretend nodes: afterwards all is as it was, or as it was wanted. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { COMPONENTS, exits, files, running } from './compare.ts';
import { kcfgCommand, type NodeOptions, type Run, type SandboxNode, startNode, until } from './node.ts';

const OLD = '/etc/kubernetes/manifests';
const NEW = '/etc/kubernetes/static';
const CONFIG = '/var/lib/kubelet/config.yaml';

/** Housekeeping after 5 s: going back before it must not depend on how busy this machine is. */
const SLOW: NodeOptions = { speed: 0.5 };

const set = (node: SandboxNode, ...more: string[]): Promise<Run> => node.kcfg(['set', 'staticPodPath', NEW, '--yes', ...more]);

function on(name: string, options: NodeOptions, body: (node: SandboxNode) => Promise<void>): void {
  test(name, { timeout: 90_000 }, async () => {
    const node = await startNode(options);
    try {
      await body(node);
    } finally {
      await node.down();
    }
  });
}

/** Byte for byte as before, with owner, mode and time; the same containers; and no request failed meanwhile. */
async function unharmed(node: SandboxNode, change: () => Promise<unknown>): Promise<void> {
  const [tree, containers, poller] = [files(node.tree()), await running(node), node.poller()];
  const { failed } = await change().then(poller.stop, async (error: unknown) => {
    await poller.stop();
    throw error;
  });
  assert.equal(failed, 0);
  assert.deepEqual(files(node.tree()), tree);
  assert.deepEqual(await running(node), containers);
  assert.equal(existsSync(join(node.root, 'var/lib/kcfg/pending')), false);
  // the node is as good as new: the next change goes through
  exits(await set(node), 0);
  assert.deepEqual(await running(node), containers);
}

/** Waits until the journal of the first change has this record. */
async function reaches(node: SandboxNode, record: RegExp): Promise<void> {
  const journal = join(node.root, 'var/lib/kcfg/1/journal');
  await until(`the journal has ${record}`, () => existsSync(journal) && record.test(readFileSync(journal, 'utf8')), 30_000, 2);
}

const kill = (node: SandboxNode): Promise<unknown> => node.program('systemctl', ['kill', '-s', 'KILL', '--kill-whom=main', 'kcfg-1.service']);
const intent = (step: number): RegExp => new RegExp(`"type":"intent","step":${step}[,}]`);

describe('the kubelet does not do what it should: found out, and rolled back', () => {
  on('it does not start', {}, async (node) => {
    await node.fault('kubelet-refuses', { path: NEW, words: 'failed to run Kubelet: no space left on device' });
    await unharmed(node, async () => {
      const run = await set(node);
      exits(run, 5);
      assert.match(run.stderr, /no space left on device/);
      assert.match(run.stderr, /^Everything is as before, byte for byte\. No container restarted\.$/m);
      await node.fault('kubelet-refuses', null);
    });
  });

  on('its start hangs', { speed: 40 }, async (node) => {
    await node.fault('kubelet-start-hangs', { path: NEW });
    await unharmed(node, async () => {
      exits(await set(node), 5);
      await node.fault('kubelet-start-hangs', null);
    });
  });

  for (const how of ['loop', 'missing'] as const) {
    on(`it starts and sees no directory: ${how}`, SLOW, async (node) => {
      await node.fault('kubelet-blind', { path: NEW, how });
      await unharmed(node, async () => {
        const run = await set(node);
        exits(run, 5);
        assert.match(run.stderr, /^error\[verify-failed\]: path: the kubelet does not (watch|list)/m);
        assert.match(run.stderr, /the kubelet says: .*Unable to read\s+config path/s);
        await node.fault('kubelet-blind', null);
      });
    });
  }

  on('a busy machine: it answers, and takes its pods up only seconds later', { speed: 10 }, async (node) => {
    const containers = await running(node);
    await node.fault('kubelet-slow', 25);
    exits(await set(node), 0);
    assert.deepEqual(await running(node), containers);
  });

  on('a busier one: it comes to its directory too late for the change, and on the way back it is waited for', {}, async (node) => {
    await node.fault('kubelet-watches-late', 60);
    await unharmed(node, async () => {
      const run = await set(node);
      exits(run, 5);
      assert.match(run.stderr, /Everything is as before/);
      await node.fault('kubelet-watches-late', null);
    });
  });

  on('it starts and does not adopt', SLOW, async (node) => {
    await node.fault('kubelet-ignores-pins', { path: NEW });
    await unharmed(node, async () => {
      const run = await set(node);
      exits(run, 5);
      assert.match(run.stderr, /^error\[verify-failed\]: path: the kubelet takes \S+ for a new pod/m);
      await node.fault('kubelet-ignores-pins', null);
    });
  });

  on('its configuration is written anew at each start', {}, async (node) => {
    await node.fault('config-rewritten', { path: CONFIG, from: NEW, to: OLD });
    const [tree, containers, config] = [files(node.tree(), { times: false }), await running(node), node.read(CONFIG)];
    const run = await set(node);
    exits(run, 5);
    assert.match(run.stderr, /^error\[rewritten\]: config\.yaml was written anew while the kubelet restarted$/m);
    assert.deepEqual([files(node.tree(), { times: false }), await running(node), node.read(CONFIG)], [tree, containers, config]);
  });

  on('it kills the pods before that is found out: they are told, and run again', { speed: 20 }, async (node) => {
    await node.fault('kubelet-ignores-pins', { path: NEW });
    const tree = files(node.tree());
    const run = await set(node);
    exits(run, 5);
    assert.deepEqual(files(node.tree()), tree);
    assert.match(run.stderr, /^Everything is as before, byte for byte\.$/m);
    assert.match(run.stderr.replaceAll(/\s+/g, ' '), /Containers restarted: .*kube-apiserver/);
    assert.deepEqual((await running(node)).map(({ name }) => name), COMPONENTS);
    exits(await node.kcfg(['verify']), 0);
  });

  on('a looped link behind kcfg’s back, made while the kubelet restarts', {}, async (node) => {
    const [tree, containers] = [files(node.tree()), await running(node)];
    const change = set(node);
    await reaches(node, /"type":"done","step":2[,}]/);
    rmSync(join(node.root, NEW), { recursive: true });
    symlinkSync('static', join(node.root, NEW));
    const run = await change;
    exits(run, 5);
    assert.deepEqual([files(node.tree()), await running(node)], [tree, containers]);
  });
});

describe('someone else is at work', () => {
  on('a manifest edited between plan and restart is found out, and the edit is kept', {}, async (node) => {
    const containers = await running(node);
    const change = set(node);
    await reaches(node, intent(1));
    appendFileSync(join(node.root, OLD, 'kube-scheduler.yaml'), '# edited\n');
    const run = await change;
    exits(run, 5);
    assert.match(run.stderr, /^error\[changed-meanwhile\]: .*kube-scheduler\.yaml was changed/m);
    assert.match(node.read(`${OLD}/kube-scheduler.yaml`), /# edited\n$/);
    assert.equal(existsSync(join(node.root, NEW)), false);
    assert.deepEqual(await running(node), containers);
  });

  on('a copy edited before the restart is found out, and set aside', {}, async (node) => {
    await node.fault('file-touched', { path: `${NEW}/kube-scheduler.yaml`, append: '# edited\n', when: `${NEW}/kube-scheduler.yaml` });
    await unharmed(node, async () => {
      const run = await set(node);
      exits(run, 5);
      assert.match(node.read(`/var/lib/kcfg/1/found${NEW}/kube-scheduler.yaml`), /# edited\n$/);
    });
  });

  on('a second kcfg leaves at once, and the first goes on', SLOW, async (node) => {
    const first = set(node);
    await reaches(node, intent(0));
    const seconds = [['set', 'staticPodPath', '/etc/kubelet.d', '--yes'], ['unpin', '--yes'], ['rollback', '--yes']].map((words) => node.kcfg(words));
    for (const second of await Promise.all(seconds)) {
      exits(second, 7);
      assert.match(second.stderr, /^error\[locked\]: (another kcfg is at work on this node|change 1 is at work right now)$/m);
      assert.match(second.stderr, /^Nothing was changed\.$/m);
    }
    exits(await first, 0);
    assert.deepEqual((JSON.parse((await node.kcfg(['history', '-o', 'json'])).stdout) as { changes: unknown[] }).changes.length, 1);
  });

  on('two at the same moment: one change is made, the other is refused', {}, async (node) => {
    const runs = await Promise.all([set(node), node.kcfg(['set', 'staticPodPath', '/etc/kubelet.d', '--yes'])]);
    const [won, lost] = runs[0].code === 0 ? runs : [runs[1], runs[0]];
    exits(won, 0);
    assert.ok([1, 7].includes(lost.code), `${lost.code}: ${lost.stderr}`);
    assert.match(lost.stderr, /^Nothing was changed\.$/m);
    assert.equal(existsSync(join(node.root, NEW)) && existsSync(join(node.root, 'etc/kubelet.d')), false);
  });

  on('a container that restarts by itself is told, and is no reason to go back', {}, async (node) => {
    const change = set(node);
    await reaches(node, intent(4));
    await node.fault('container-restarts', { name: 'kube-scheduler' });
    const run = await change;
    exits(run, 0);
    assert.match(`${run.stdout}${run.stderr}`.replaceAll(/\s+/g, ' '), /Containers restarted: kube-scheduler\./);
  });

  on('a step that fails before the restart is undone, and the kubelet never stops', {}, async (node) => {
    mkdirSync(join(node.root, 'etc/systemd/system/kcfg-recover.service'));
    const [tree, containers] = [files(node.tree()), await running(node)];
    const pid = (await node.program('systemctl', ['show', '-p', 'MainPID', 'kubelet'])).stdout;
    const run = await set(node);
    exits(run, 5);
    assert.match(run.stderr, /\/etc\/systemd\/system\/kcfg-recover\.service/);
    assert.deepEqual([files(node.tree()), await running(node)], [tree, containers]);
    assert.equal((await node.program('systemctl', ['show', '-p', 'MainPID', 'kubelet'])).stdout, pid);
  });
});

describe('the API server is down before the change', () => {
  const undecided = async (node: SandboxNode): Promise<void> => {
    await node.fault('api-down', true);
    const run = await set(node);
    exits(run, 8);
    assert.match(run.stdout, /not yet decided: the API server does not answer/);
    assert.match((await node.kcfg(['status'])).stdout, /change 1 is not decided yet/);
    const second = await node.kcfg(['set', 'staticPodPath', '/etc/kubelet.d', '--yes']);
    exits(second, 1);
    assert.match(second.stderr, /^error\[pending-change\]/m);
  };
  const result = async (node: SandboxNode): Promise<string | undefined> =>
    (JSON.parse((await node.kcfg(['history', '-o', 'json'])).stdout) as { changes: { result: string }[] }).changes[0]?.result;

  on('the change stands, and is concluded when it is back', {}, async (node) => {
    const etcd = (await running(node)).find(({ name }) => name === 'etcd');
    await undecided(node);
    await node.fault('api-down', null);
    await until('the change is concluded', async () => (await result(node)) === 'done', 30_000, 300);
    assert.deepEqual((await running(node)).find(({ name }) => name === 'etcd'), etcd);
    assert.equal(node.tree()[OLD]?.kind, 'link');
    assert.equal(existsSync(join(node.root, 'var/lib/kcfg/pending')), false);
    // The controllers lost their lease, and come back from their back-off in their own time.
    await until('kcfg verify finds all of it', async () => (await node.kcfg(['verify'])).code === 0, 60_000, 500);
  });

  on('a reboot before that undoes it', {}, async (node) => {
    const tree = files(node.tree());
    await undecided(node);
    await node.reboot();
    await node.fault('api-down', null);
    assert.deepEqual(files(node.tree()), tree);
    assert.equal(await result(node), 'undone');
    await until('the control plane', async () => (await node.containers()).length === COMPONENTS.length);
  });

  on('rollback undoes it at once', {}, async (node) => {
    const tree = files(node.tree());
    await undecided(node);
    await until('the change’s own unit is gone', async () => /inactive/.test((await node.program('systemctl', ['show', '-p', 'ActiveState', 'kcfg-1.service'])).stdout));
    exits(await node.kcfg(['rollback', '--yes']), 0);
    assert.deepEqual(files(node.tree()), tree);
    assert.equal(await result(node), 'undone');
  });
});

describe('kcfg itself dies', () => {
  // steps of the plan: arm, copy, edit, restart, verify, link, disarm
  for (const [step, words] of [[0, 'arming'], [1, 'copying'], [2, 'editing'], [3, 'restarting'], [4, 'verifying']] as const) {
    on(`killed while ${words}: systemd undoes it`, {}, async (node) => {
      await unharmed(node, async () => {
        const change = set(node);
        await reaches(node, intent(step));
        await kill(node);
        const run = await change;
        exits(run, 5);
        assert.match(run.stderr, /kcfg was killed/);
      });
    });
  }

  on('killed once all is proven: what is left is done', {}, async (node) => {
    const containers = await running(node);
    const change = set(node);
    await reaches(node, /"type":"verified"/);
    await kill(node);
    exits(await change, 0);
    assert.deepEqual(await running(node), containers);
    assert.equal(node.tree()[OLD]?.kind, 'link');
    assert.equal(existsSync(join(node.root, 'var/lib/kcfg/pending')), false);
  });

  const terminal = (node: SandboxNode): ChildProcess => {
    const [program = '', ...args] = [...kcfgCommand(), 'set', 'staticPodPath', NEW, '--yes'];
    return spawn(program, args, { env: node.env, cwd: '/', stdio: 'ignore' });
  };
  for (const signal of ['SIGKILL', 'SIGHUP', 'SIGINT'] as const) {
    on(`the terminal’s process gets ${signal}: the change goes on`, {}, async (node) => {
      const containers = await running(node);
      const child = terminal(node);
      await reaches(node, intent(1));
      child.kill(signal);
      await until('the change is done', () => existsSync(join(node.root, 'var/lib/kcfg/1/outcome.json')), 30_000);
      assert.match(node.read('/var/lib/kcfg/1/outcome.json'), /"result": ?"done"/);
      assert.deepEqual(await running(node), containers);
    });
  }

  for (const [step, words] of [[1, 'copying'], [3, 'restarting'], [4, 'verifying']] as const) {
    on(`the machine restarts while ${words}: undone before the kubelet starts`, {}, async (node) => {
      const tree = files(node.tree());
      const child = terminal(node);
      try {
        await reaches(node, intent(step));
        await node.reboot();
        assert.deepEqual(files(node.tree()), tree);
        await until('the control plane', async () => (await node.containers()).length === COMPONENTS.length);
        assert.equal(existsSync(join(node.root, 'var/lib/kcfg/pending')), false);
        exits(await node.kcfg(['verify']), 0);
      } finally {
        child.kill('SIGKILL');
      }
    });
  }

  on('the machine restarts once all is proven: the change stands', {}, async (node) => {
    const child = terminal(node);
    try {
      await reaches(node, /"type":"verified"/);
      await node.reboot();
      await until('the control plane', async () => (await node.containers()).length === COMPONENTS.length);
      assert.equal(node.tree()[OLD]?.kind, 'link');
      assert.equal((await node.kcfg(['get', 'staticPodPath'])).stdout, `${NEW}\n`);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
