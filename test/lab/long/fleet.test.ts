/**
 * `kcfg fleet` over SSH: three control planes and two workers. Each API server is asked every 50 ms while all of them move and go
 * back; a member of etcd that is away keeps all control planes untouched.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Run, run } from '../../run.ts';
import { kcfgCommand } from '../../sandbox/node.ts';
import { pathInFile } from '../held.ts';
import { HOME, STATIC } from '../moves.ts';
import { openLab, type Lab, type LabNode } from '../node.ts';

let lab: Lab;
const nodes: LabNode[] = [];
let own: string;
before(async () => {
  lab = await openLab();
  for (const name of ['cp1', 'cp2', 'cp3']) nodes.push(await lab.controlPlane(name, { kcfg: true }));
  for (const name of ['w1', 'w2']) nodes.push(await lab.worker(name, { kcfg: true }));
  own = mkdtempSync(join(tmpdir(), 'kcfg-ssh-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(own, 'key')]);
  for (const node of nodes) {
    mkdirSync(node.file('/root/.ssh'), { recursive: true, mode: 0o700 });
    writeFileSync(node.file('/root/.ssh/authorized_keys'), readFileSync(join(own, 'key.pub')), { mode: 0o600 });
    assert.equal((await node.run(['systemctl', 'start', 'ssh'])).code, 0);
  }
  const address = (node: LabNode): string => readFileSync(join(node.file('/'), '../ip'), 'utf8').trim();
  writeFileSync(join(own, 'inventory.ini'), `[kube_control_plane]\n${nodes.slice(0, 3).map((node) => `${node.name} ansible_host=${address(node)}`).join('\n')}\n[kube_node]\n${nodes.slice(3).map((node) => `${node.name} ansible_host=${address(node)}`).join('\n')}\n`);
  appendFileSync(join(own, 'inventory.ini'), `[all:vars]\nansible_user=root\nansible_ssh_private_key_file=${join(own, 'key')}\nansible_ssh_common_args=-o StrictHostKeyChecking=no -o UserKnownHostsFile=${join(own, 'known')}\nansible_python_interpreter=/usr/bin/python3\n`);
}, { timeout: 1_200_000 });
after(async () => {
  rmSync(own, { recursive: true, force: true });
  await lab.close();
});

/** In the network of the lab, as on a machine from which the nodes are reached. */
const fleet = (...words: string[]): Promise<Run> => run(['nsenter', `--net=/run/netns/kcfg-${lab.name}`, ...kcfgCommand(), 'fleet', ...words]);
const inventory = (): string => join(own, 'inventory.ini');
const plan = (): string => join(own, 'move.plan');
const paths = (): string[] => nodes.map((node) => pathInFile(node));

test('plan, apply, verify and roll-back over SSH: one control plane at a time, and no request to any of them fails', { timeout: 1_800_000 }, async (t) => {
  const planned = await fleet('plan', 'set', `staticPodPath=${STATIC}`, '-i', inventory(), '--out', plan());
  assert.equal(planned.code, 0, planned.stdout + planned.stderr);
  assert.deepEqual(paths(), Array(5).fill(HOME));
  const polls = await Promise.all(nodes.slice(0, 3).map((node) => node.poll()));
  const applied = await fleet('apply', plan(), '--yes');
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  t.diagnostic(applied.stderr);
  assert.deepEqual(paths(), Array(5).fill(STATIC));
  assert.match(applied.stdout, /^Done: 5 nodes\. etcd 3 of 3\.$/m);
  const verified = await fleet('verify', '-i', inventory());
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  const report = await fleet('report', '-i', inventory(), '--out', join(own, 'report.html'));
  assert.equal(report.code, 0, report.stdout + report.stderr);
  assert.match(readFileSync(join(own, 'report.html'), 'utf8'), /<b>cp3<\/b>/);
  const back = await fleet('rollback', plan(), '--yes');
  assert.equal(back.code, 0, back.stdout + back.stderr);
  assert.deepEqual(paths(), Array(5).fill(HOME));
  const polled = await Promise.all(polls.map((poll) => poll.stop()));
  t.diagnostic(`requests: ${polled.map(({ sent }) => sent).join(', ')}; failed: ${polled.map(({ failed }) => failed).join(', ')}`);
  assert.deepEqual(polled.map(({ failed }) => failed), [0, 0, 0], JSON.stringify(polled));
});

test('on trial: confirmed over new connections, it is kept, and the fleet goes back from it', { timeout: 900_000 }, async () => {
  assert.equal((await fleet('plan', 'set', 'maxPods=105', '-i', inventory(), '--hosts', 'w1,w2', '--out', plan())).code, 0);
  const applied = await fleet('apply', plan(), '--yes', '--confirm-within', '5m');
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  const kept = await fleet('confirm', plan());
  assert.equal(kept.code, 0, kept.stdout + kept.stderr);
  assert.match(kept.stdout, /^Kept on 2 nodes\.$/m);
  const back = await fleet('rollback', plan(), '--yes');
  assert.equal(back.code, 0, back.stdout + back.stderr);
  assert.match(back.stdout, /^Done: 2 nodes as before\.$/m);
});

test('a member of etcd that is away: no control plane is touched, and it is named', { timeout: 600_000 }, async () => {
  assert.equal((await fleet('plan', 'set', `staticPodPath=${STATIC}`, '-i', inventory(), '--out', plan())).code, 0);
  const third = nodes[2] ?? assert.fail();
  await third.run(['mv', `${HOME}/etcd.yaml`, '/root/etcd.yaml']);
  for (let look = 0; (await third.containers()).some(({ name }) => name === 'etcd'); look++) {
    assert.ok(look < 60, 'etcd of cp3 is stopped');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const { code, stderr } = await fleet('apply', plan(), '--yes');
  assert.notEqual(code, 0);
  assert.match(stderr, /cp3/);
  assert.deepEqual(paths(), Array(5).fill(HOME));
  await third.run(['mv', '/root/etcd.yaml', `${HOME}/etcd.yaml`]);
});
