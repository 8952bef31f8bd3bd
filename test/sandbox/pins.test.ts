/** Pins as a debt that is seen: their age, edits of pinned manifests that are not in force, and what puts them in force. */
import assert from 'node:assert/strict';
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startNode, until, type SandboxNode } from './node.ts';

const STATIC = '/etc/kubernetes/static';
const APISERVER = `${STATIC}/kube-apiserver.yaml`;

interface Status {
  pods: { name: string; pinned: string | null; pin?: { change: string; node: string; since?: string; day?: string; who?: string }; edited?: { at: string; lines: number[]; waits?: true } }[];
}

let node: SandboxNode;
before(async () => {
  node = await startNode();
  const { code, stderr } = await node.kcfg(['set', 'staticPodPath', STATIC, '--yes', '--quiet']);
  assert.equal(code, 0, stderr);
});
after(() => node.down());

const status = async (): Promise<Status> => JSON.parse((await node.kcfg(['status', '-o', 'json'])).stdout) as Status;
const screen = async (...command: string[]): Promise<string> => (await node.kcfg(command)).stdout;
const edited = async (name: string): Promise<unknown> => (await status()).pods.find((pod) => pod.name === name)?.edited;
/** As an editor does: a new file in place of the old one. */
const write = (path: string, text: string): void => {
  writeFileSync(join(node.root, `${path}.new`.replace(/([^/]+)$/, '.$1')), text, { mode: 0o600 });
  renameSync(join(node.root, `${path}.new`.replace(/([^/]+)$/, '.$1')), join(node.root, path));
};
const lineOf = (text: string, part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;

test('each pin tells its change, its day and who made it', async () => {
  const [etcd] = (await status()).pods;
  assert.equal(etcd?.pinned, 'kcfg');
  const { since = '', who, ...pin } = etcd.pin ?? assert.fail();
  assert.ok(Math.abs(Date.now() - Date.parse(since)) < 60_000, since);
  assert.ok(who);
  assert.deepEqual(pin, { change: '1', node: node.name, day: pin.day });
  assert.match(pin.day ?? '', /^\d{4}-\d\d-\d\d$/);
  assert.match(node.read(APISERVER), new RegExp(`# Pinned by kcfg, change 1, node ${node.name}, ${pin.day}: the kubelet keeps\\n  # it as it runs, ignores most edits. Edit: kcfg edit kube-apiserver\\n`));
  assert.match(await screen('status'), /^ {2}etcd +running {2}pinned, \d+ (s|min) +as running$/m);
});

test('a comment that was added, and a file that was only touched, are no edits', async () => {
  const text = node.read(APISERVER);
  write(APISERVER, text.replace('spec:\n', '# mine\nspec:\n'));
  assert.equal(await edited('kube-apiserver'), undefined);
  write(APISERVER, text);
  assert.equal(await edited('kube-apiserver'), undefined);
});

test('an edited flag that waits is told at once by status, kcfg alone, verify and doctor, with the command that puts it in force', async () => {
  const text = node.read(APISERVER);
  const now = text.replace('    - --secure-port', '    - --event-ttl=2h\n    - --secure-port');
  assert.notEqual(now, text);
  write(APISERVER, now);
  const line = lineOf(now, '--event-ttl');
  assert.deepEqual(await edited('kube-apiserver').then((value) => ({ ...(value as object), at: '' })), { at: '', lines: [line], waits: true });

  const shown = await screen('status');
  assert.match(shown, new RegExp(`^${node.name} is healthy, and one edit of a pinned manifest is not in force\\.$`, 'm'));
  assert.match(shown, new RegExp(`^ {2}kube-apiserver +running {2}pinned, \\d+ \\w+ +! edited \\d\\d:\\d\\d, line ${line} waits$`, 'm'));
  assert.match(shown, new RegExp(`^ {2}kcfg unpin kube-apiserver {2}put line ${line} in force, API away about 5 s$`, 'm'));
  assert.match(await screen(), /one edit of a pinned manifest is not in force[\s\S]*kcfg unpin kube-apiserver/);
  const verified = await node.kcfg(['verify']);
  assert.equal(verified.code, 0, verified.stdout);
  assert.match(verified.stdout, new RegExp(`^! kube-apiserver.yaml is pinned, edited \\d\\d:\\d\\d, line ${line} waits:\n {4}kcfg unpin kube-apiserver$`, 'm'));
  const diagnosed = await node.kcfg(['doctor']);
  assert.equal(diagnosed.code, 0, diagnosed.stdout);
  assert.match(diagnosed.stdout, new RegExp(`^warning\\[pinned-edit\\]: line ${line} of the manifest of kube-apiserver waits`, 'm'));
});

test('times of files that were set by hand hide no edit', async () => {
  utimesSync(join(node.root, APISERVER), new Date('2020-01-01'), new Date('2020-01-01'));
  const { waits, at } = (await edited('kube-apiserver')) as { waits?: true; at: string };
  assert.equal(waits, true);
  assert.ok(Date.parse(at) > Date.parse('2026-01-01'), at);
});

test('without the records of kcfg the flag is still seen, in the process that lacks it; the age is then the day alone', async () => {
  const store = join(node.root, 'var/lib/kcfg');
  renameSync(store, `${store}.away`);
  try {
    const { lines, waits } = (await edited('kube-apiserver')) as { lines: number[]; waits?: true };
    assert.deepEqual([lines, waits], [[lineOf(node.read(APISERVER), '--event-ttl')], true]);
    assert.match(await screen('status'), /^ {2}etcd +running {2}pinned, (today|1 day) +as running$/m);
  } finally {
    rmSync(store, { recursive: true, force: true });
    renameSync(`${store}.away`, store);
  }
});

test('a container that started after the edit has it, pinned or not, and nothing is told any more', async () => {
  const runs = async (): Promise<boolean> => (await node.containers()).some(({ argv }) => argv.includes('--event-ttl=2h'));
  await node.fault('container-restarts', { name: 'kube-apiserver' });
  await until('the new container runs with the flag', runs);
  assert.equal(await edited('kube-apiserver'), undefined);
  assert.match(await screen('status'), /^ {2}kube-apiserver +running {2}pinned, \S+ \w+ +as running$/m);
});

test('unpin puts an edit in force, and leaves the other pins', async () => {
  const text = node.read(APISERVER);
  write(APISERVER, text.replace('--event-ttl=2h', '--event-ttl=3h'));
  assert.match(await screen('status'), /! edited/);
  const { code, stderr } = await node.kcfg(['unpin', 'kube-apiserver', '--yes', '--quiet']);
  assert.equal(code, 0, stderr);
  assert.ok((await node.containers()).some(({ argv }) => argv.includes('--event-ttl=3h')));
  const { pods } = await status();
  assert.deepEqual(pods.filter((pod) => pod.pinned !== null).map(({ name }) => name), ['etcd', 'kube-controller-manager', 'kube-scheduler']);
  assert.ok(pods.every((pod) => pod.edited === undefined), JSON.stringify(pods));
});
