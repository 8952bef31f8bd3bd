/** What kcfg does with a /var/lib/kcfg that is not as it wrote it: it carries nothing of it out, and goes on to read the rest. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { readChange, readChanges } from '../../../src/transaction/records.ts';
import { recover, recoverAtBoot } from '../../../src/transaction/recover.ts';
import { folderOf, pendingId, readBirths, readBridges, readPlan } from '../../../src/transaction/store.ts';
import { kcfgError } from '../host/tree.ts';
import { begin, CONFIG, makeNodeTree, planMove } from './tree.ts';
import { snapshot } from '../../sandbox/snapshot.ts';

const quiet = (): void => {};
const cutOff = { kind: 'cut-off', words: 'kcfg was killed' } as const;

test('recovery carries out no plan that was edited after its change began', async () => {
  const tree = await makeNodeTree();
  const { host, at, root } = tree;
  const folder = await begin(tree, await planMove(tree), 2);
  const file = at(`${folder.path}/plan.json`);
  const genuine = readFileSync(file, 'utf8');
  writeFileSync(at('/etc/shadow'), 'precious');
  writeFileSync(file, genuine.replaceAll(CONFIG, '/etc/shadow'));
  const before = snapshot(root);
  await assert.rejects(recover(host, folder, async () => undefined, cutOff, quiet), kcfgError('damaged-record', /plan\.json is not the plan that this change began with/));
  await assert.rejects(recoverAtBoot(host, quiet), kcfgError('damaged-record'));
  assert.deepEqual(snapshot(root), before, 'nothing was touched');
  // written anew with the same meaning, it is the same plan
  writeFileSync(file, JSON.stringify(JSON.parse(genuine), undefined, 2));
  assert.equal((await recover(host, folder, async () => undefined, cutOff, quiet))?.result, 'rolled-back');
});

test('a journal that is damaged in its middle stops recovery, and a torn end does not', async () => {
  const tree = await makeNodeTree();
  const { host, at, root } = tree;
  const folder = await begin(tree, await planMove(tree), 2);
  const file = at(`${folder.path}/journal`);
  const genuine = readFileSync(file, 'utf8');
  const lines = genuine.split('\n');
  const damages = [
    genuine.replace('intent', 'intend'),
    [lines[0], ...lines.slice(2)].join('\n'),
    [lines[0], lines[2], lines[1], ...lines.slice(3)].join('\n'),
    `${genuine.slice(0, 40)}\0${genuine.slice(41)}`,
  ];
  for (const [index, text] of damages.entries()) {
    writeFileSync(file, text);
    const before = snapshot(root);
    await assert.rejects(recover(host, folder, async () => undefined, cutOff, quiet), kcfgError('damaged-record'), `damage ${index}`);
    assert.deepEqual(snapshot(root), before);
    assert.equal((await readChange(host, '1')).plan?.id, '1', 'it can still be looked at');
  }
  writeFileSync(file, genuine.slice(0, -9));
  assert.equal((await recover(host, folder, async () => undefined, cutOff, quiet))?.result, 'rolled-back');
});

test('a number of a change that is none leads to no other place', async () => {
  for (const id of ['../../../etc', '..', '1/../2', '01', '-1', '1e3', '9'.repeat(400)]) assert.throws(() => folderOf(id), kcfgError('no-such-change'), id);
  const tree = await makeNodeTree();
  await begin(tree, await planMove(tree), 0);
  writeFileSync(tree.at('/var/lib/kcfg/pending'), '../../../etc/kubernetes\n');
  await assert.rejects(pendingId(tree.host), kcfgError('damaged-record'));
  await assert.rejects(recoverAtBoot(tree.host, quiet), kcfgError('damaged-record'));
});

test('one damaged change is told as such, hides no other, and no new change stands on it', async () => {
  const tree = await makeNodeTree();
  const { host, at } = tree;
  const plan = await planMove(tree);
  await begin(tree, plan, 2);
  await begin(tree, { ...plan, id: '2' }, 0);
  const file = at('/var/lib/kcfg/1/plan.json');
  const genuine = readFileSync(file, 'utf8');
  for (const text of ['', '[]', 'null', '7', '{', '{"births": 3}', genuine.replace('"from"', '"fron"'), genuine.slice(0, -30), `${'['.repeat(100_000)}${']'.repeat(100_000)}`]) {
    writeFileSync(file, text);
    const [second, first] = await readChanges(host);
    assert.deepEqual([first?.id, first?.plan, first?.damage?.code], ['1', undefined, 'damaged-record'], text.slice(0, 40));
    assert.deepEqual([second?.id, second?.plan?.to, second?.damage], ['2', '/etc/kubernetes/static', undefined]);
    for (const read of [readBirths, readBridges]) await assert.rejects(read(host), kcfgError('damaged-record'), text.slice(0, 40));
  }
  assert.equal((await readPlan(host, folderOf('2'))).id, '2');
});
