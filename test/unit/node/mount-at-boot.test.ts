/** Who mounts a directory's filesystem at the next boot, from what systemd and /etc/fstab say (systemd 252 on the lab). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host } from '../../../src/host/host.ts';
import { liesOn, mountUnit, observeMountAtBoot } from '../../../src/node/mount-at-boot.ts';

async function by(shown: Record<string, string>, fstab = ''): Promise<string | undefined> {
  const host = { systemd: { show: async () => shown }, files: { read: async () => Buffer.from(fstab) } } as unknown as Host;
  return (await observeMountAtBoot(host, '/srv/pods', '/srv/pods/static', '/srv/pods')).by;
}
const BY_HAND = { FragmentPath: '', SourcePath: '/proc/self/mountinfo' };
const GENERATED = { FragmentPath: '/run/systemd/generator/srv-pods.mount', SourcePath: '/etc/fstab' };

test('names of mount units, as systemd-escape -p gives them', () => {
  const escaped = { '/': '-.mount', '/srv/pods': 'srv-pods.mount', '/srv//pods/': 'srv-pods.mount', '/srv/a b/50%': 'srv-a\\x20b-50\\x25.mount', '/srv/.hid-den': 'srv-.hid\\x2dden.mount', '/.x': '\\x2ex.mount', '/srv/ü': 'srv-\\xc3\\xbc.mount' };
  for (const [path, unit] of Object.entries(escaped)) assert.equal(mountUnit(path), unit);
});

test('mounted by hand: nothing brings it back', async () => {
  assert.equal(await by(BY_HAND), undefined);
  assert.equal(await by({ FragmentPath: '/run/systemd/transient/srv-pods.mount', SourcePath: '' }), undefined, 'systemd-mount');
});

test('a unit file brings it, wherever it lies', async () => {
  assert.equal(await by({ FragmentPath: '/etc/systemd/system/srv-pods.mount', SourcePath: '' }), '/etc/systemd/system/srv-pods.mount');
  assert.equal(await by({ FragmentPath: '/run/systemd/generator/srv-pods.mount', SourcePath: '' }), '/run/systemd/generator/srv-pods.mount', 'another generator comes again');
});

test('fstab counts as it stands, also where systemd has not read it since', async () => {
  assert.equal(await by(GENERATED, '/dev/sdb1 /srv/pods ext4 defaults 0 2\n'), '/etc/fstab');
  assert.equal(await by(BY_HAND, '# pods\nUUID=1\t/srv/pods/ ext4 nofail\n'), '/etc/fstab');
  assert.equal(await by(GENERATED, '#/dev/sdb1 /srv/pods ext4 defaults 0 2\n/dev/sdc1 /srv ext4\n'), undefined, 'the line was taken out');
  assert.equal(await by(BY_HAND, '/dev/sdb1 /srv\\040pods ext4\n'), undefined, 'another one');
});

test('a path behind a link is waited for under both names', async () => {
  const host = { systemd: { show: async () => BY_HAND }, files: { read: async () => undefined } } as unknown as Host;
  assert.deepEqual((await observeMountAtBoot(host, '/data', '/etc/pods/static', '/data/pods')).paths, ['/etc/pods/static', '/data/pods/static']);
  assert.deepEqual((await observeMountAtBoot(host, '/data', '/data/static', '/data')).paths, ['/data/static']);
});

test('a directory that made way for a link still lies where the link stands', async () => {
  const mounts: Record<string, string> = { '/srv/pods': '/srv/pods', '/srv/pods/static': '/', '/srv': '/' };
  const host = { files: { mount: async (path: string) => ({ point: mounts[path] ?? '/' }) } } as unknown as Host;
  assert.equal(await liesOn(host, '/srv/pods/static', '/srv/pods'), true);
  assert.equal(await liesOn(host, '/srv/pods', '/srv/pods'), true, 'the mount point itself');
  assert.equal(await liesOn(host, '/srv/other/static', '/srv/other'), false);
});
