import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import { openHost } from '../../../src/host/machine.ts';
import type { Result } from '../../../src/report/event.ts';
import { parseOwnConfig, DEFAULTS } from '../../../src/transaction/own-config.ts';
import type { Change } from '../../../src/transaction/records.ts';
import { pruneHistory, tooOld } from '../../../src/transaction/retention.ts';
import { folderOf } from '../../../src/transaction/store.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const daysAgo = (days: number): string => new Date(NOW.getTime() - days * 86_400_000).toISOString();
/** Newest first, as they are read. */
const history = (...results: (Result | undefined)[]): Change[] =>
  results.map((result, index): Change => {
    const id = String(results.length - index);
    const outcome = result === undefined ? {} : { outcome: { transaction: id, result, changes: [], checks: [], restarted: [], seconds: 1 } };
    return { id, folder: folderOf(id), meta: { who: 'root', startedAt: daysAgo(index * 10) }, ...outcome };
  });
const ids = (changes: readonly Change[]): string[] => changes.map(({ id }) => id);

test('by number: the newest stay; 0 keeps all', () => {
  const all = history('done', 'done', 'rolled-back', 'unchanged', 'done');
  assert.deepEqual(ids(tooOld(all, { keep: 2, days: 0 }, undefined, NOW)), ['3', '2', '1']);
  assert.deepEqual(tooOld(all, { keep: 0, days: 0 }, undefined, NOW), []);
});

test('by age; the newest stays however old', () => {
  assert.deepEqual(ids(tooOld(history('done', 'done', 'done', 'done'), { keep: 0, days: 15 }, undefined, NOW)), ['2', '1']);
  assert.deepEqual(tooOld(history('done').map((each) => ({ ...each, meta: { who: 'root', startedAt: daysAgo(900) } })), { keep: 1, days: 1 }, undefined, NOW), []);
});

test('what is not decided, waits for a person or cannot be read is never too old, and not counted', () => {
  const all = history('done', 'on-trial', 'undecided', 'incomplete', undefined, 'done', 'done');
  assert.deepEqual(ids(tooOld(all, { keep: 1, days: 0 }, undefined, NOW)), ['2', '1']);
  assert.deepEqual(ids(tooOld(all, { keep: 1, days: 0 }, '2', NOW)), ['1']);
  const damaged = all.map((each) => (each.id === '1' ? { ...each, damage: new KcfgError('damaged-record', 'x') } : each));
  assert.deepEqual(ids(tooOld(damaged, { keep: 1, days: 0 }, undefined, NOW)), ['2']);
});

const root = mkdtempSync(join(tmpdir(), 'kcfg-retention-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('old files go and the record stays; a link is removed and not followed; what was cut off is taken up again', async () => {
  const at = (id: string, ...path: string[]): string => join(root, 'var/lib/kcfg', id, ...path);
  const outside = join(root, 'etc/kubernetes');
  mkdirSync(outside, { recursive: true });
  writeFileSync(join(outside, 'admin.conf'), 'mine');
  for (const id of ['1', '2', '3']) {
    mkdirSync(at(id, 'old/var/lib/kubelet'), { recursive: true });
    mkdirSync(at(id, 'program'));
    writeFileSync(at(id, 'old/var/lib/kubelet/config.yaml'), 'maxPods: 1\n');
    symlinkSync('/etc/kubernetes', at(id, 'old/link'));
    for (const name of ['undo.sh', 'README', 'events', 'journal']) writeFileSync(at(id, name), '');
    writeFileSync(at(id, 'plan.json'), JSON.stringify({ steps: [], changes: [], field: 'maxPods', verb: 'set', from: '', to: '', births: [] }));
    writeFileSync(at(id, 'meta.json'), JSON.stringify({ who: 'root', startedAt: daysAgo(1) }));
    writeFileSync(at(id, 'outcome.json'), JSON.stringify({ result: 'done', changes: [], checks: [], restarted: [], seconds: 1 }));
  }
  // killed in the middle: marked, undo.sh gone, old files half there
  writeFileSync(at('1', 'pruned'), `${daysAgo(0)}\n`);
  rmSync(at('1', 'undo.sh'));
  const host = await openHost({ root });
  // a slow disk: each look at the clock is three seconds later
  let seconds = 0;
  const slow = { ...host, clock: { ...host.clock, seconds: () => (seconds += 3) } };
  assert.deepEqual(await pruneHistory(slow, { history: { keep: 1, days: 0 } }), ['1']);
  assert.ok(existsSync(at('2', 'undo.sh')));
  assert.deepEqual(await pruneHistory(host, { history: { keep: 1, days: 0 } }), ['2']);
  for (const id of ['1', '2']) assert.deepEqual(readdirSync(at(id)).sort(), ['journal', 'meta.json', 'outcome.json', 'plan.json', 'pruned']);
  assert.ok(existsSync(at('3', 'old/var/lib/kubelet/config.yaml')) && existsSync(join(outside, 'admin.conf')));
  assert.deepEqual(await pruneHistory(host, { history: { keep: 1, days: 0 } }), [], 'nothing is left to do');
});

test('the configuration: what is left out has its default', () => {
  for (const text of ['', '# nothing\n', 'history:\n', 'history: {}\n']) assert.deepEqual(parseOwnConfig(Buffer.from(text)), DEFAULTS, text);
  assert.deepEqual(parseOwnConfig(Buffer.from('history:\n  keep: 20\n  days: 365\n')), { history: { keep: 20, days: 365 } });
});

test('the configuration: what is odd is told with its line', () => {
  const told = (text: string): [string, number | undefined, string | undefined] => {
    try {
      parseOwnConfig(Buffer.from(text));
    } catch (error) {
      assert.ok(error instanceof KcfgError && error.code === 'bad-config', String(error));
      return [error.message, error.where[0]?.line, error.where[0]?.label];
    }
    return assert.fail(text);
  };
  assert.deepEqual(told('history:\n  keeps: 20\n'), ['/etc/kcfg/config.yaml has no history.keeps', 2, 'did you mean keep?']);
  assert.deepEqual(told('retention: 3\n')[0], '/etc/kcfg/config.yaml has no retention');
  for (const value of ['-1', '1.5', '"20"', 'many', '20261123', '[1]']) assert.deepEqual(told(`history:\n  keep: 1\n  days: ${value}\n`).slice(0, 2), ['history.days is a whole number from 0 to 11000', 3], value);
  assert.equal(told('history: 20\n')[1], 1);
  assert.match(told('history:\n  keep: 1\n  keep: 2\n')[0], /keep/);
  assert.match(told('history: [\n')[0], /is not YAML/);
});
