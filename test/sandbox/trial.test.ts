/** `--confirm-within`: kept by a new login, gone back from by itself, by kcfg abort, and by a restart of the machine. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { files, running } from './compare.ts';
import { type SandboxNode, startNode, until } from './node.ts';
import type { Snapshot } from './snapshot.ts';

const STATIC = '/etc/kubernetes/static';
let node: SandboxNode;
let untouched: Snapshot;
before(async () => {
  node = await startNode();
});
beforeEach(() => {
  untouched = node.tree();
});
after(() => node.down());

const set = (...more: string[]) => node.kcfg(['set', 'staticPodPath', STATIC, '--yes', ...more]);
const units = async (): Promise<string> => (await node.program('systemctl', ['list-units', '--no-legend', '--plain', 'kcfg-*'])).stdout.split('\n').filter((line) => /^kcfg-\d/.test(line)).join('\n');
const last = async (): Promise<{ id: string; result: string }> => (JSON.parse((await node.kcfg(['history', '-o', 'json'])).stdout) as { changes: { id: string; result: string }[] }).changes[0] ?? assert.fail('no change');
/** Nothing is pending, no unit is left, and files and containers are the ones from before. */
async function assertAsBefore(containers: unknown): Promise<void> {
  await until('its units are gone', async () => (await units()).trim() === '').catch(async (error: unknown) => assert.fail(`${String(error)}: ${await units()}`));
  assert.deepEqual(files(node.tree()), files(untouched));
  assert.deepEqual(await running(node), containers);
}


test('not confirmed: it goes back at the deadline, and the next kcfg says so until someone has looked', async () => {
  const containers = await running(node);
  const began = Date.now();
  const { code, stdout, stderr } = await set('--confirm-within', '10s');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /On trial\n {2}For 10 s after the last step/);
  assert.match(stdout, /On trial until \d\d:\d\d:\d\d, in 10 s: then systemd puts everything back,\neven if kcfg is gone or the machine restarts\./);
  assert.match(await units(), /kcfg-\d+-revert\.timer/);
  assert.match((await node.kcfg(['get', 'maxPods'])).stderr, /^warning: change \d+ is on trial until .*: then it goes back\nnote: keep it: kcfg confirm, from a new login; or go back now: kcfg abort\n/);
  await until('it went back', async () => (await last()).result === 'undone', 20_000, 200);
  assert.ok(Date.now() - began > 10_000, 'not before its time');
  await assertAsBefore(containers);
  const notice = /^warning: change (\d+) went back: it was not confirmed within 10 s\nnote: it was undone at .*; every file is as before: kcfg show \1\n/;
  const { stdout: value, stderr: said } = await node.kcfg(['get', 'staticPodPath']);
  assert.match(said, notice);
  assert.equal(value, '/etc/kubernetes/manifests\n');
  assert.match((await node.kcfg(['history'])).stderr, notice);
  const { id } = await last();
  assert.match((await node.kcfg(['show', id])).stdout, /it was not confirmed within 10 s/);
  assert.equal((await node.kcfg(['get', 'staticPodPath'])).stderr, '');
});

test('confirmed: kept, its timer gone; the login that made it may not', async () => {
  const { code, stdout } = await set('--confirm-within', '1m', '-o', 'json');
  assert.equal(code, 0);
  const { result, until: deadline, transaction: id } = JSON.parse(stdout) as { result: string; until: string; transaction: string };
  assert.equal(result, 'on-trial');
  assert.ok(Math.abs(Date.parse(deadline) - Date.now() - 60_000) < 10_000, deadline);
  const same = await node.kcfg(['confirm']);
  assert.equal(same.code, 1);
  assert.match(same.stderr, /^error\[same-login\]: this login made the change, so it proves no new one works\nhelp: from another terminal: ssh \S+@\S+ kcfg confirm\nStill on trial until \d\d:\d\d:\d\d, in (1 min|\d+ s)\.\n$/);
  const another = await node.kcfg(['set', 'maxPods', '99', '--yes']);
  assert.equal(another.code, 1);
  assert.match(another.stderr, /error\[pending-change\]: change \d+ is on trial until/);
  const kept = await node.kcfg(['confirm', '--force', 'same-login']);
  assert.equal(kept.code, 0, kept.stderr);
  assert.equal(kept.stdout, `Kept: change ${id}. The kubelet reads its static pods from ${STATIC}.\n`);
  assert.equal((await last()).result, 'kept');
  await until('its units are gone', async () => (await units()).trim() === '').catch(async (error: unknown) => assert.fail(`${String(error)}: ${await units()}`));
  const again = await node.kcfg(['confirm']);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /error\[not-pending\]: no change is on trial/);
  assert.equal((await node.kcfg(['rollback', id, '--yes'])).code, 0);
});

test('kcfg abort goes back at once', async () => {
  const containers = await running(node);
  assert.equal((await set('--confirm-within', '1m')).code, 0);
  const { code, stderr } = await node.kcfg(['abort']);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Everything is as before, byte for byte\. No container restarted\./);
  await assertAsBefore(containers);
  assert.equal((await node.kcfg(['abort'])).code, 1);
});

test('the machine restarts meanwhile: undone before the kubelet starts', async () => {
  assert.equal((await set('--confirm-within', '1m')).code, 0);
  await node.reboot();
  const { stdout, stderr } = await node.kcfg(['get', 'staticPodPath']);
  assert.equal(stdout, '/etc/kubernetes/manifests\n');
  assert.match(stderr, /^warning: change \d+ went back: the machine was restarted while it was on trial\n/);
  assert.equal((await units()).trim(), '');
  assert.deepEqual(files(node.tree()), files(untouched));
});

test('a change at work is stopped by kcfg abort, and its own window says by whom', async () => {
  const containers = await running(node);
  const change = set();
  await until('it is at work', () => node.read('/var/lib/kubelet/config.yaml').includes(STATIC), 10_000, 5);
  const { code, stderr } = await node.kcfg(['abort']);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Everything is as before/);
  const stopped = await change;
  assert.equal(stopped.code, 5, stopped.stderr);
  assert.match(stopped.stderr, /error\[cut-off\]: \S+ stopped it: kcfg abort/);
  await assertAsBefore(containers);
});

test('times that make no sense are refused, and so is a trial of a tree', async () => {
  for (const [time, says] of [
    ['5', /takes a time such as 5m, not 5/],
    ['5 minutes', /takes a time such as 5m/],
    ['9s', /takes 10s to 24h, not 9s/],
    ['25h', /takes 10s to 24h/],
  ] as const) {
    const { code, stderr } = await set('--confirm-within', time);
    assert.equal(code, 2, time);
    assert.match(stderr, says);
  }
  const tree = await node.kcfg(['set', 'maxPods', '99', '--yes', '--confirm-within', '1m', '--root', node.root]);
  assert.equal(tree.code, 2, tree.stderr);
  assert.match(tree.stderr, /a tree has no running node to try a change on/);
});
