/** Filesystems that cannot hold the manifests. A full one is not to be had on every test node, so it is told here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Destination } from '../../../src/node/destination.ts';
import { refuseFilesystem } from '../../../src/plan/refuse-filesystem.ts';

const destination = (mount: Partial<Destination['mount']>, more: Partial<Destination> = {}): Destination => ({
  path: '/srv/pods/static',
  loop: false,
  directory: { path: '/srv/pods/static', entries: [] },
  above: [],
  parentReal: '/srv/pods',
  mount: { point: '/srv', type: 'ext4', readOnly: false, dev: '1', ...mount },
  freeBytes: 1024 * 1024,
  ...more,
});

test('1 MiB free on a disk is enough', () => {
  assert.equal(refuseFilesystem(destination({})), undefined);
});
test('less than 1 MiB free is refused, with the filesystem named', () => {
  const error = refuseFilesystem(destination({}, { freeBytes: 1024 * 1024 - 1 }));
  assert.equal(error?.code, 'no-space');
  assert.match(error?.message ?? '', /\/srv/);
});
test('a tmpfs is refused, an overlay as such is not: images and containers have one as their root', () => {
  assert.equal(refuseFilesystem(destination({ type: 'tmpfs' }))?.code, 'volatile-directory');
  assert.equal(refuseFilesystem(destination({ type: 'overlay' })), undefined);
});
test('a directory whose parent leads below /run is refused, whatever its own name', () => {
  assert.equal(refuseFilesystem(destination({}, { parentReal: '/run/pods' }))?.code, 'volatile-directory');
  assert.equal(refuseFilesystem(destination({}, { parentReal: '/running/pods' })), undefined);
});
test('a read-only mount is refused before all else', () => {
  assert.equal(refuseFilesystem(destination({ readOnly: true }, { freeBytes: 0 }))?.code, 'read-only');
});
