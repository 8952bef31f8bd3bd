/** The directory of drop-ins as the kubelet walks it, and what lies there and is never read. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { openHost } from '../../../src/host/machine.ts';
import { listDropIns } from '../../../src/node/drop-ins.ts';

const root = mkdtempSync(join(tmpdir(), 'kcfg-drop-ins-'));
after(() => rmSync(root, { recursive: true }));
const put = (path: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), '');
};

test('files that end in .conf at any depth, links to files too, in the order of the walk', async () => {
  for (const path of ['/d/20.conf', '/d/10-a.conf', '/d/10-a/x.conf', '/d/10-a/note', '/d/README', '/d/.hidden.conf', '/d/x.CONF', '/srv/1.conf', '/srv/dir/2.conf']) put(path);
  symlinkSync('/srv/1.conf', join(root, 'd/30.conf'));
  symlinkSync('/srv/dir', join(root, 'd/40.conf'));
  const { files, unread } = await listDropIns(await openHost({ root }), '/d');
  assert.deepEqual(files, ['/d/.hidden.conf', '/d/10-a/x.conf', '/d/10-a.conf', '/d/20.conf', '/d/30.conf']);
  assert.deepEqual(unread.map(({ file }) => file).sort(), ['/d/10-a/note', '/d/40.conf', '/d/README', '/d/x.CONF']);
});

test('a directory that is a link is not walked at all', async () => {
  symlinkSync('/d', join(root, 'linked'));
  const { files, unread } = await listDropIns(await openHost({ root }), '/linked');
  assert.deepEqual([files, unread.length], [[], 1]);
  assert.match(unread[0]?.why ?? '', /is a link/);
});
