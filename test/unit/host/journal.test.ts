import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '../../../src/host/host.ts';
import { journalctl, parseEntries } from '../../../src/host/journal.ts';

const line = (fields: object): string => `${JSON.stringify(fields)}\n`;

test('an entry has its time in seconds, its words and its fields', () => {
  const [entry] = parseEntries(line({ __REALTIME_TIMESTAMP: '1700000000250000', MESSAGE: 'Started kubelet', SYSLOG_IDENTIFIER: 'kubelet', PRIORITY: '3', KCFG_TX: '7' }));
  assert.deepEqual([entry?.at, entry?.message, entry?.identifier, entry?.priority, entry?.fields.KCFG_TX], [1700000000.25, 'Started kubelet', 'kubelet', 3, '7']);
});

test('a message that is not UTF-8, comes twice or is too long is still an entry', () => {
  const texts = parseEntries(
    [
      line({ MESSAGE: [...Buffer.from('colour \u001b[31m é')] }),
      line({ MESSAGE: ['first', 'second'] }),
      line({ MESSAGE: [[104, 105], [33]] }),
      line({ MESSAGE: null }),
      line({ MESSAGE: [] }),
    ].join(''),
  ).map((entry) => entry.message);
  assert.deepEqual(texts, ['colour \u001b[31m é', 'first', 'hi', '', '']);
});

test('what is no entry is left out, also a last line that was cut off', () => {
  assert.deepEqual(parseEntries(`-- cursor: s=1\n\n${line({ MESSAGE: 'whole' })}{"MESSAGE":"ha`).map((entry) => entry.message), ['whole']);
});

test('lines are asked for by unit, program, cursor and number; long ones in full', async () => {
  const asked: (readonly string[])[] = [];
  const run: Host['run'] = async (argv) => {
    asked.push(argv);
    return { exitCode: 0, stdout: `${line({ __CURSOR: 's=a', MESSAGE: 'x' })}-- cursor: s=b;i=2\n`, stderr: '', timedOut: false, missing: false };
  };
  const journal = journalctl(run);
  assert.equal(await journal.cursor('kubelet.service'), 's=b;i=2');
  assert.equal((await journal.entries({ unit: 'kubelet.service', identifier: 'kubelet', after: 's=b;i=2', last: 5 })).length, 1);
  assert.deepEqual(asked[1], ['journalctl', '--no-pager', '-q', '--all', '-o', 'json', '-u', 'kubelet.service', '-t', 'kubelet', '--after-cursor', 's=b;i=2', '-n', '5']);
});

test('where there is no journal there is no cursor and no line', async () => {
  const journal = journalctl(async () => ({ exitCode: undefined, stdout: '', stderr: '', timedOut: false, missing: true }));
  assert.equal(await journal.cursor(), undefined);
  assert.deepEqual(await journal.entries({}), []);
});
