/** Filesystems that cannot hold the manifests: what a pretend node, which has no mounts of its own, cannot show. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mount } from '../../../src/host/host.ts';
import type { Destination } from '../../../src/node/destination.ts';
import { refuseFilesystem } from '../../../src/plan/refuse-filesystem.ts';

function at(path: string, mount: Partial<Mount> = {}, freeBytes = 2 ** 30): Destination {
  const parentReal = path.slice(0, path.lastIndexOf('/'));
  return { path, loop: false, directory: { path, entries: [] }, above: [], parentReal, mount: { point: '/', type: 'ext4', readOnly: false, dev: '1', ...mount }, freeBytes };
}

test('a read-only filesystem is refused, and named', () => {
  const refusal = refuseFilesystem(at('/srv/fixed/static', { point: '/srv/fixed', readOnly: true }));
  assert.equal(refusal?.code, 'read-only');
  assert.equal(refusal.exit, 1);
  assert.deepEqual(refusal.where, [{ file: '/srv/fixed', label: 'ext4, read-only' }]);
  assert.equal(refusal.outcome, 'Nothing was changed.');
});

test('a full filesystem is refused, and one with just enough room is not', () => {
  assert.equal(refuseFilesystem(at('/srv/full/static', { point: '/srv/full' }, 1024 * 1024 - 1))?.code, 'no-space');
  assert.equal(refuseFilesystem(at('/srv/full/static', { point: '/srv/full' }, 1024 * 1024)), undefined);
});

test('a filesystem in memory is refused, wherever it is mounted', () => {
  assert.equal(refuseFilesystem(at('/srv/memory/static', { point: '/srv/memory', type: 'tmpfs' }))?.code, 'volatile-directory');
  assert.equal(refuseFilesystem(at('/srv/disk/static', { point: '/srv/disk', type: 'xfs' })), undefined);
});
