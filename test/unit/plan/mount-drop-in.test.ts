/** The drop-in that makes the kubelet wait for a mount: when there is one, and how systemd reads it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hash } from '../../../src/plan/copy-manifests.ts';
import { mountDropIn, mountDropInOf, requireMount, settingWord } from '../../../src/plan/mount-drop-in.ts';

const path = mountDropInOf('kubelet.service');
const mount = { point: '/srv/pods', type: 'ext4', readOnly: false, dev: '1' };
const elsewhere = { mount, atBoot: { by: '/etc/fstab', paths: ['/srv/pods/static'] } };
const text = mountDropIn('3', elsewhere.atBoot.paths);

test('words as systemd 252 reads them back: RequiresMountsFor of such a unit, on the lab', () => {
  assert.equal(settingWord('/srv/pods'), '/srv/pods');
  assert.equal(settingWord('/srv/a b/50%/static'), '"/srv/a b/50%%/static"');
  assert.equal(settingWord('/srv/q"x'), '"/srv/q\\"x"');
  assert.equal(settingWord('/srv/pr$ice'), '/srv/pr$ice');
});

test('it says who wrote it and why, and requires each path', () => {
  assert.match(text, /^# Written by kcfg, change 3: /);
  assert.match(mountDropIn('3', ['/etc/pods/static', '/data/pods/static']), /^\[Unit\]\nRequiresMountsFor=\/etc\/pods\/static \/data\/pods\/static\n$/m);
});

test('on the root filesystem there is none, and one from before goes', () => {
  assert.equal(requireMount('3', { path, directory: true }, { mount: { ...mount, point: '/' } }), undefined);
  assert.deepEqual(requireMount('3', { path, directory: true, sha256: 'x' }, { mount: { ...mount, point: '/' } }), { kind: 'require-mount', path, sha256: 'x' });
  assert.deepEqual(requireMount('3', { path, directory: true, sha256: 'x' }, undefined), { kind: 'require-mount', path, sha256: 'x' }, 'no directory at all');
});

test('on another mount there is one; between two mounts it is written anew', () => {
  const needs = { mount: '/srv/pods', paths: ['/srv/pods/static'], result: hash(Buffer.from(text)) };
  assert.deepEqual(requireMount('3', { path, directory: false }, elsewhere), { kind: 'require-mount', path, makes: true, needs });
  assert.deepEqual(requireMount('3', { path, directory: true, sha256: 'x' }, elsewhere), { kind: 'require-mount', path, sha256: 'x', needs });
});
