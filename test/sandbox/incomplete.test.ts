/** A kubelet that starts with neither the new nor the old: a person is needed, is told why, and can go on once it is mended. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exits, files } from './compare.ts';
import { type SandboxNode, startNode, until } from './node.ts';

let node: SandboxNode;
before(async () => {
  node = await startNode();
});
after(() => node.down());

test('what could not be undone waits, says why in the words of its first end, and kcfg abort brings it to its end', async () => {
  const untouched = files(node.tree());
  await node.fault('kubelet-refuses', true);
  const run = await node.kcfg(['set', 'maxPods', '150', '--yes']);
  exits(run, 6);
  assert.match(run.stderr, /A person is needed\./);
  await until('its unit is gone', async () => /inactive/.test((await node.program('systemctl', ['show', '-p', 'ActiveState', 'kcfg-1.service'])).stdout));
  const { stdout } = await node.kcfg(['show', '1']);
  assert.match(stdout, /error\[verify-failed\]: kubelet: stopped again right after its start/);
  assert.doesNotMatch(stdout, /cut off/);
  const next = await node.kcfg(['set', 'maxPods', '151', '--yes']);
  exits(next, 1);
  assert.match(next.stderr, /warning: change 1 could not be undone to its end/);
  assert.match(next.stderr, /error\[pending-change\]: change 1 could not be undone to its end\nhelp: what stands in the way: kcfg show 1\n {6}then try again: kcfg abort/);
  await node.fault('kubelet-refuses', null);
  exits(await node.kcfg(['abort']), 0);
  assert.deepEqual(files(node.tree()), untouched);
  exits(await node.kcfg(['set', 'maxPods', '151', '--yes']), 0);
});

test('a mark that a change left which was decided: no command is in its way, and kcfg abort takes it away', async () => {
  const [last] = (JSON.parse((await node.kcfg(['history', '-o', 'json'])).stdout) as { changes: { id: string }[] }).changes;
  const pending = join(node.root, 'var/lib/kcfg/pending');
  writeFileSync(pending, `${last?.id}\n`);
  assert.equal((await node.kcfg(['get', 'maxPods'])).stderr, '');
  exits(await node.kcfg(['abort']), 1);
  assert.equal(existsSync(pending), false);
  writeFileSync(pending, `${last?.id}\n`);
  exits(await node.kcfg(['set', 'maxPods', '152', '--yes']), 0);
  assert.equal(existsSync(pending), false);
});

test('a tree: what could not be tidied up is tidied by kcfg abort, without a systemd', async () => {
  const tree = mkdtempSync(join(tmpdir(), 'kcfg-tree-'));
  try {
    for (const part of ['etc', 'var/lib/kubelet']) cpSync(join(node.root, part), join(tree, part), { recursive: true, verbatimSymlinks: true, filter: (path) => !lstatSync(path).isSocket() });
    exits(await node.kcfg(['set', 'maxPods', '90', '--yes', '--root', tree]), 0);
    // as where the last deed failed: the hidden file is there, and neither the deed nor the end is on record
    const change = join(tree, 'var/lib/kcfg/1');
    const records = readFileSync(join(change, 'journal'), 'utf8').trimEnd().split('\n');
    writeFileSync(join(change, 'journal'), `${records.slice(0, records.findIndex((line) => line.includes('"intent","step":2')) + 1).join('\n')}\n`);
    writeFileSync(join(change, 'outcome.json'), JSON.stringify({ ...JSON.parse(readFileSync(join(change, 'outcome.json'), 'utf8')), result: 'incomplete' }));
    writeFileSync(join(tree, 'var/lib/kcfg/pending'), '1\n');
    const hidden = join(tree, 'var/lib/kubelet/.config.yaml.kcfg-1');
    writeFileSync(hidden, 'old');
    const run = await node.kcfg(['abort', '--root', tree]);
    assert.match(run.stdout, /Done in .* maxPods is 90\./);
    assert.deepEqual([existsSync(hidden), existsSync(join(tree, 'var/lib/kcfg/pending'))], [false, false]);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
});
