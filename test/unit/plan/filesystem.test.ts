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

test('a disk in memory, and an overlay that is written to memory, are refused as one', () => {
  const zram = refuseFilesystem(at('/srv/memory/static', { point: '/srv/memory', source: '/dev/zram1' }));
  assert.equal(zram?.code, 'volatile-directory');
  assert.equal(zram.where[0]?.label, 'ext4 on /dev/zram1');
  const overlay = { point: '/srv/over', type: 'overlay', source: 'overlay', upper: '/run/upper' };
  const upperMount = { point: '/run', type: 'tmpfs', readOnly: false, dev: '2' };
  assert.equal(refuseFilesystem({ ...at('/srv/over/static', overlay), upperMount })?.where[0]?.label, 'overlay, written to tmpfs');
  assert.equal(refuseFilesystem({ ...at('/srv/over/static', overlay), upperMount: { ...upperMount, type: 'ext4' } }), undefined);
  assert.equal(refuseFilesystem(at('/srv/over/static', { type: 'overlay', upper: '/run/upper' })), undefined, 'as the root it carries all the rest, too');
});

test('a mount that nothing brings back is refused; one of fstab or of a unit is not', () => {
  const destination = at('/srv/pods/static', { point: '/srv/pods', source: '/dev/sdb1' });
  const refusal = refuseFilesystem({ ...destination, atBoot: { paths: [] } });
  assert.equal(refusal?.code, 'volatile-directory');
  assert.equal(refusal.message, '/srv/pods is not mounted at boot');
  assert.equal(refuseFilesystem({ ...destination, atBoot: { by: '/etc/fstab', paths: [] } }), undefined);
});

test('what a server or a process serves is refused, but for the root', () => {
  for (const type of ['nfs', 'nfs4', 'cifs', 'ceph', '9p', 'fuse.sshfs', 'fuse.glusterfs']) {
    const refusal = refuseFilesystem({ ...at('/net/pods/static', { point: '/net', type, source: 'server:/pods' }), atBoot: { by: '/etc/fstab', paths: [] } });
    assert.equal(refusal?.code, 'network-filesystem', type);
    assert.equal(refuseFilesystem(at('/etc/static', { type })), undefined, type);
  }
  for (const type of ['ext4', 'xfs', 'btrfs', 'zfs', 'f2fs', 'fuseblk', 'gfs2x']) assert.equal(refuseFilesystem(at('/srv/a/static', { point: '/srv/a', type })), undefined, type);
});
