import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { standingLines, whatStands } from '../../../src/commands/what-stands.ts';
import { openHost } from '../../../src/host/machine.ts';
import { sha256 } from '../../../src/node/directory.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { makeStyle } from '../../../src/report/style.ts';
import { folderOf } from '../../../src/transaction/store.ts';

const root = mkdtempSync(join(tmpdir(), 'kcfg-stands-'));
after(() => rmSync(root, { recursive: true, force: true }));
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const hash = (text: string): string => sha256(Buffer.from(text));

test('each file of a change that is half done: how it is now, and where both versions are', async () => {
  put('/etc/left', 'after');
  put('/etc/back', 'before');
  put('/etc/theirs', 'else');
  for (const path of ['/etc/left', '/etc/back', '/etc/theirs', '/etc/gone']) put(`/var/lib/kcfg/3/old${path}`, 'before');
  put('/var/lib/kcfg/3/found/etc/theirs', 'more');
  put('/etc/new/etcd.yaml', 'copy');
  const edit = (path: string): object => ({ kind: 'edit-config', path, sha256: hash('before'), result: hash('after') });
  const plan = {
    steps: [
      { kind: 'arm' },
      { kind: 'make-directory', path: '/etc/new', files: [{ name: 'etcd.yaml', result: hash('copy') }, { name: 'web.yaml', result: hash('copy') }] },
      ...['/etc/left', '/etc/back', '/etc/theirs', '/etc/gone'].map(edit),
      { ...edit('/etc/made'), create: {} },
    ],
  } as unknown as Plan;
  const standing = await whatStands(await openHost({ root }), plan, folderOf('3'));
  assert.deepEqual(standing.map(({ path, now }) => [path, now]), [
    ['/etc/new', 'there'],
    ['/etc/new/etcd.yaml', 'as this change left it'],
    ['/etc/new/web.yaml', 'not there'],
    ['/etc/left', 'as this change left it'],
    ['/etc/back', 'as before'],
    ['/etc/theirs', 'neither: written by someone else'],
    ['/etc/gone', 'gone'],
    ['/etc/made', 'not there'],
  ]);
  assert.deepEqual(standingLines(standing.slice(3, 6), makeStyle({ colour: false, unicode: true })), [
    'Files now',
    '  /etc/left    as this change left it',
    '    before: /var/lib/kcfg/3/old/etc/left',
    '  /etc/back    as before',
    '  /etc/theirs  neither: written by someone else',
    '    before: /var/lib/kcfg/3/old/etc/theirs',
    "    someone else's: /var/lib/kcfg/3/found/etc/theirs",
  ]);
});
