/** Going back while the kubelet does not stop: no manifest is taken from under it, and a person is called. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import { openHost } from '../../../src/host/machine.ts';
import { sha256 } from '../../../src/node/directory.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { goBack } from '../../../src/transaction/go-back.ts';
import { openJournal } from '../../../src/transaction/journal.ts';
import { folderOf, makePrivate, STORE } from '../../../src/transaction/store.ts';

const copy = 'kind: Pod\n';

async function wentBack(mainPid: string): Promise<{ complete: boolean; failures: string[]; copyIsThere: boolean }> {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-back-'));
  try {
    mkdirSync(join(root, 'etc/new'), { recursive: true });
    mkdirSync(join(root, 'var/lib'), { recursive: true });
    writeFileSync(join(root, 'etc/new/a.yaml'), copy);
    const tree = await openHost({ root });
    const folder = folderOf('1');
    await makePrivate(tree, STORE);
    await makePrivate(tree, folder.path);
    const systemd = {
      show: async () => ({ MainPID: mainPid, ActiveState: 'active' }),
      job: async (verb: string) => {
        if (verb === 'stop') throw new KcfgError('host-command', 'systemctl stop kubelet.service: it did not come to an end in time');
      },
      runService: async () => {},
    };
    const host = { ...tree, live: true, systemd };
    const journal = await openJournal(host, folder);
    const plan = {
      id: '1',
      field: 'staticPodPath',
      from: '/etc/old',
      steps: [
        { kind: 'make-directory', path: '/etc/new', create: { mode: 0o700, uid: 0, gid: 0 }, files: [{ name: 'a.yaml', from: '/etc/old/a.yaml', sha256: '', edits: [], result: sha256(Buffer.from(copy)), mode: 0o600, uid: 0, gid: 0, mtimeNs: '0' }] },
        { kind: 'restart-kubelet' },
      ],
      ground: { unit: 'kubelet.service', files: {}, directories: {} },
      expect: { staticPodPath: '/etc/new', pods: [] },
    } as unknown as Plan;
    for (const step of [0, 1]) await journal.append({ type: 'intent', step });
    const { complete, failures } = await goBack({ host, folder, plan, journal, report: () => {}, reason: 'a test' });
    return { complete, failures, copyIsThere: existsSync(join(root, 'etc/new/a.yaml')) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('the copies stay while the kubelet that reads them runs on', async () => {
  const { complete, failures, copyIsThere } = await wentBack('4711');
  assert.equal(copyIsThere, true);
  assert.equal(complete, false);
  assert.ok(failures.some((text) => text.includes('/etc/new is left as it is')));
});

test('the copies go when it stopped after all', async () => {
  assert.equal((await wentBack('0')).copyIsThere, false);
});

/** With the kubelet's process started that many seconds after the change began, which had not restarted it. */
async function jobsOfWayBack(secondsLater: number): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-back-'));
  try {
    mkdirSync(join(root, 'var/lib'), { recursive: true });
    const tree = await openHost({ root });
    const folder = folderOf('1');
    await makePrivate(tree, STORE);
    await makePrivate(tree, folder.path);
    const jobs: string[] = [];
    const systemd = { show: async () => ({ MainPID: '4711', ActiveState: 'active' }), job: async (verb: string) => void jobs.push(verb), runService: async () => {} };
    const processes = { ...tree.processes, startedAt: async () => new Date(Date.now() + secondsLater * 1000) };
    const host = { ...tree, live: true, systemd, processes };
    const journal = await openJournal(host, folder);
    const plan = { id: '1', field: 'staticPodPath', from: '/etc/old', steps: [{ kind: 'arm' }, { kind: 'restart-kubelet' }], ground: { unit: 'kubelet.service', files: {}, directories: {} }, expect: { staticPodPath: '/etc/new', pods: [] } } as unknown as Plan;
    await journal.append({ type: 'begin', version: 1, plan: '' });
    await journal.append({ type: 'intent', step: 0 });
    await goBack({ host, folder, plan, journal, report: () => {}, reason: 'a test' });
    return jobs;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('a kubelet that something else started during the change may have read the new files: it is stopped before they go', async () => {
  assert.deepEqual(await jobsOfWayBack(60), ['stop', 'reset-failed', 'start']);
});

test('the kubelet from before the change is left alone', async () => {
  assert.deepEqual(await jobsOfWayBack(-60), []);
});
