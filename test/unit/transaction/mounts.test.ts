/** The drop-in done and undone; and recovery at boot with a mount that does not come. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import type { Host } from '../../../src/host/host.ts';
import { openHost } from '../../../src/host/machine.ts';
import { sha256 } from '../../../src/node/directory.ts';
import { mountDropIn, mountDropInOf } from '../../../src/plan/mount-drop-in.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { StepOf } from '../../../src/plan/step.ts';
import type { Context } from '../../../src/transaction/execute.ts';
import { goBack } from '../../../src/transaction/go-back.ts';
import { openJournal } from '../../../src/transaction/journal.ts';
import { needMounted, REQUIRE_MOUNT, startMounts } from '../../../src/transaction/mounts.ts';
import { saveFiles } from '../../../src/transaction/saved.ts';
import { recoverAtBoot } from '../../../src/transaction/recover.ts';
import { doSteps } from '../../../src/transaction/run.ts';
import { folderOf, makePrivate, PENDING, STORE, writePrivate } from '../../../src/transaction/store.ts';
import { keep } from '../../../src/transaction/trial.ts';
import type { Verifier } from '../../../src/transaction/verifier.ts';

const path = mountDropInOf('kubelet.service');
const paths = ['/srv/pods/static'];
const text = mountDropIn('1', paths);
const hash = (of: string): string => sha256(Buffer.from(of));
const needs = { mount: '/srv/pods', paths, result: hash(text) };

async function on(body: (root: string, host: Host, context: (step: StepOf<'require-mount'>) => Promise<Context>) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-mounts-'));
  try {
    for (const directory of ['etc/systemd/system', 'var/lib', 'srv/pods']) mkdirSync(join(root, directory), { recursive: true });
    const host = await openHost({ root });
    const folder = folderOf('1');
    await makePrivate(host, STORE);
    await makePrivate(host, folder.path);
    await body(root, host, async (step) => {
      const plan = { id: '1', steps: [step], ground: { files: {}, directories: {} } } as unknown as Plan;
      await saveFiles(host, folder, plan);
      return { host, plan, folder, verify: async () => {}, beforeRestart: async () => {} };
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('made with its directory, readable to all; undone, both are gone; each can be done twice', () =>
  on(async (root, _, contextOf) => {
    const step: StepOf<'require-mount'> = { kind: 'require-mount', path, makes: true, needs };
    const context = await contextOf(step);
    for (const deed of ['do', 'do'] as const) await REQUIRE_MOUNT[deed](context, step);
    assert.equal(readFileSync(join(root, path), 'utf8'), text);
    assert.equal(statSync(join(root, path)).mode & 0o777, 0o644);
    for (const deed of ['undo', 'undo'] as const) await REQUIRE_MOUNT[deed](context, step);
    assert.equal(existsSync(join(root, dirname(path))), false);
  }));

test('a directory that others use by now stays', () =>
  on(async (root, _, contextOf) => {
    const step: StepOf<'require-mount'> = { kind: 'require-mount', path, makes: true, needs };
    const context = await contextOf(step);
    await REQUIRE_MOUNT.do(context, step);
    writeFileSync(join(root, dirname(path), '30-other.conf'), '');
    await REQUIRE_MOUNT.undo(context, step);
    assert.equal(existsSync(join(root, path)), false);
    assert.equal(existsSync(join(root, dirname(path), '30-other.conf')), true);
  }));

for (const [name, more] of [['written anew', { needs }], ['removed', {}]] as const) {
  test(`one from before is ${name}, and put back with its time`, () =>
    on(async (root, _, contextOf) => {
      mkdirSync(join(root, dirname(path)));
      writeFileSync(join(root, path), 'old');
      const { mtimeMs } = statSync(join(root, path));
      const step: StepOf<'require-mount'> = { kind: 'require-mount', path, sha256: hash('old'), ...more };
      const context = await contextOf(step);
      await REQUIRE_MOUNT.do(context, step);
      assert.equal(existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined, 'needs' in more ? text : undefined);
      await REQUIRE_MOUNT.undo(context, step);
      assert.equal(readFileSync(join(root, path), 'utf8'), 'old');
      assert.equal(statSync(join(root, path)).mtimeMs, mtimeMs);
    }));
}

test('what someone else wrote there meanwhile is not overwritten, and set aside when it is undone', () =>
  on(async (root, _, contextOf) => {
    const step: StepOf<'require-mount'> = { kind: 'require-mount', path, needs };
    const context = await contextOf(step);
    mkdirSync(join(root, dirname(path)));
    writeFileSync(join(root, path), 'foreign');
    await assert.rejects(async () => REQUIRE_MOUNT.do(context, step), (error: KcfgError) => error.code === 'changed-meanwhile');
    await REQUIRE_MOUNT.undo(context, step);
    assert.equal(readFileSync(join(root, STORE, '1/found', path), 'utf8'), 'foreign');
  }));

test('at boot each mount is started once, and one that fails stops nothing', () =>
  on(async (_, host) => {
    const started: string[] = [];
    const job = async (verb: string, unit: string): Promise<void> => {
      started.push(`${verb} ${unit}`);
      throw new KcfgError('host-command', 'it failed');
    };
    const plan = { ground: { mounts: { '/srv/pods/a': '/srv/pods', '/srv/pods/b': '/srv/pods', '/data': '/data' } } } as unknown as Plan;
    await startMounts({ ...host, systemd: { ...host.systemd, job } }, plan);
    assert.deepEqual(started, ['start srv-pods.mount', 'start data.mount']);
    await startMounts({ ...host, systemd: { ...host.systemd, job } }, undefined);
    assert.equal(started.length, 2);
  }));

test('the mount does not come at boot: the configuration goes back all the same, and a person is called for the rest', () =>
  on(async (root, host) => {
    mkdirSync(join(root, 'var/lib/kubelet'));
    const config = '/var/lib/kubelet/config.yaml';
    writeFileSync(join(root, config), 'old');
    const steps = [
      { kind: 'arm' },
      { kind: 'make-directory', path: '/srv/pods/static', create: { mode: 0o700, uid: 0, gid: 0 }, files: [] },
      { kind: 'edit-config', path: config, sha256: hash('old'), edits: [], result: hash('new'), field: 'staticPodPath', line: 1 },
      { kind: 'restart-kubelet' },
    ];
    const plan = { id: '1', field: 'staticPodPath', from: '/etc/old', steps, ground: { unit: 'kubelet.service', files: {}, directories: {}, mounts: { '/srv/pods/static': '/srv/pods' } }, expect: { staticPodPath: '/srv/pods/static', pods: [] } } as unknown as Plan;
    const folder = folderOf('1');
    await saveFiles(host, folder, plan);
    writeFileSync(join(root, config), 'new');
    const journal = await openJournal(host, folder);
    for (const step of [0, 1, 2, 3]) await journal.append({ type: 'intent', step });
    const { complete, failures } = await goBack({ host: { ...host, live: true }, folder, plan, journal, atBoot: true, report: () => {}, reason: 'a test' });
    assert.equal(readFileSync(join(root, config), 'utf8'), 'old');
    assert.equal(complete, false);
    assert.match(failures.join(), /\/srv\/pods is not mounted/);
    await assert.rejects(needMounted(host, plan, '/srv/pods/static'), (error: KcfgError) => error.code === 'io');
  }));

test('on trial the drop-in waits: it is written when the change is confirmed, or when what was verified is finished', () =>
  on(async (root, host) => {
    const folder = folderOf('1');
    const steps = [{ kind: 'arm' }, { kind: 'verify' }, { kind: 'require-mount', path, makes: true, needs }, { kind: 'disarm' }];
    const plan = { format: 1, id: '1', field: 'staticPodPath', from: '/etc/old', to: paths[0], strategy: 'adopt', steps, changes: [], births: [], ground: { unit: 'kubelet.service', files: {}, directories: {} }, expect: { staticPodPath: '', pods: [] } } as unknown as Plan;
    await writePrivate(host, `${folder.path}/plan.json`, JSON.stringify(plan));
    await writePrivate(host, PENDING, '1\n');
    const journal = await openJournal(host, folder);
    await journal.append({ type: 'begin', version: 1, plan: hash(JSON.stringify(plan)) });
    for (const step of [0, 1]) for (const type of ['intent', 'done'] as const) await journal.append({ type, step });
    await journal.append({ type: 'verified' });
    await doSteps(host, folder, plan, journal, {} as Verifier, () => {}, true);
    assert.equal(existsSync(join(root, path)), false);

    const cutOff = readFileSync(join(root, folder.path, 'journal'));
    await keep(host, folder, journal);
    assert.equal(readFileSync(join(root, path), 'utf8'), text);

    rmSync(join(root, dirname(path)), { recursive: true });
    rmSync(join(root, folder.path, 'outcome.json'));
    writeFileSync(join(root, folder.path, 'journal'), cutOff);
    await writePrivate(host, PENDING, '1\n');
    assert.equal((await recoverAtBoot(host, () => {}))?.result, 'done');
    assert.equal(readFileSync(join(root, path), 'utf8'), text);
  }));
