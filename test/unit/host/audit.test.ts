import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAudit } from '../../../src/host/audit.ts';
import type { Host } from '../../../src/host/host.ts';

test('an entry has one line for each field, and a newline in a value begins no other field', async () => {
  const asked: { argv: readonly string[]; input: string | undefined }[] = [];
  const run: Host['run'] = async (argv, options) => {
    asked.push({ argv, input: options?.input });
    return { exitCode: 0, stdout: '', stderr: '', timedOut: false, missing: false };
  };
  await openAudit(run, true)('staticPodPath was set', { KCFG_TX: '7', KCFG_REASON: 'ticket 5\nPRIORITY=0' });
  assert.deepEqual(asked, [
    {
      argv: ['logger', '--journald'],
      input: 'MESSAGE=staticPodPath was set\nPRIORITY=5\nSYSLOG_IDENTIFIER=kcfg\nKCFG_TX=7\nKCFG_REASON=ticket 5 PRIORITY=0\n',
    },
  ]);
});

test('a change never fails for want of a log line', async () => {
  const run: Host['run'] = () => Promise.reject(new Error('no logger'));
  await openAudit(run, true)('x', {});
  await openAudit(run, false)('x', {});
});
