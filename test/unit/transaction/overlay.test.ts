/**
 * On an overlay (images, containers, the lab) a directory of the lower layer cannot be renamed: EXDEV. Making way for the link
 * then goes by copying, and undoing brings every file back, from whichever half it was in.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Host } from '../../../src/host/host.ts';
import { openHost } from '../../../src/host/machine.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { LINK_DIRECTORY } from '../../../src/transaction/directories.ts';
import type { Context } from '../../../src/transaction/execute.ts';

const FILES = { 'a.yaml': 'one\n', 'b.yaml': 'two\n' };
const entries = Object.entries(FILES).map(([name, text]) => ({ name, sha256: createHash('sha256').update(text).digest('hex') }));
const step = { kind: 'link-directory' as const, path: '/etc/old', target: '/etc/new', entries };

/** A tree whose directory refuses to be renamed, as overlayfs has it; `stopAfter` copies the disk fails. */
async function withTree(deed: (context: Context, root: string) => Promise<void>, stopAfter = Infinity): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-overlay-'));
  try {
    mkdirSync(join(root, 'etc/old'), { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(FILES)) {
      writeFileSync(join(root, 'etc/old', name), text, { mode: 0o600 });
      utimesSync(join(root, 'etc/old', name), 1e9, 1e9);
    }
    const host = await openHost({ root });
    let copies = 0;
    const files: Host['files'] = {
      ...host.files,
      rename: (from, to) => from === '/etc/old' ? Promise.reject(new Error('rename', { cause: Object.assign(new Error('EXDEV'), { code: 'EXDEV' }) })) : host.files.rename(from, to),
      copy: (from, to) => (copies++ < stopAfter ? host.files.copy(from, to) : Promise.reject(new Error('the disk fails'))),
    };
    const context = { host: { ...host, files }, plan: { id: '1', steps: [step], ground: {} } as unknown as Plan, folder: { id: '1', path: '/var/lib/kcfg/1' }, verify: async () => {}, beforeRestart: async () => {} };
    await deed(context, root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function assertAsBefore(root: string): void {
  assert.deepEqual(readdirSync(join(root, 'etc')), ['old']);
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(root, 'etc/old', name);
    assert.equal(readFileSync(path, 'utf8'), text);
    assert.equal(lstatSync(path).mode & 0o777, 0o600);
    assert.equal(lstatSync(path).mtimeMs, 1e12);
  }
}

test('the directory makes way for the link, and undoing brings it back with modes and times', () =>
  withTree(async (context, root) => {
    await LINK_DIRECTORY.do(context, step);
    assert.equal(readlinkSync(join(root, 'etc/old')), '/etc/new');
    await LINK_DIRECTORY.undo(context, step);
    assertAsBefore(root);
  }));

for (const stopAfter of [0, 1]) {
  test(`cut off after ${stopAfter} of 2 copies, undoing loses nothing`, () =>
    withTree(async (context, root) => {
      await assert.rejects(LINK_DIRECTORY.do(context, step), /the disk fails/);
      await LINK_DIRECTORY.undo({ ...context, host: await openHost({ root }) }, step);
      assertAsBefore(root);
    }, stopAfter));
}

test('cut off while the original was emptied, undoing loses nothing', () =>
  withTree(async (context, root) => {
    const { files } = context.host;
    let removed = 0;
    const failing = { ...files, remove: (path: string) => (path.startsWith('/etc/old/') && removed++ > 0 ? Promise.reject(new Error('killed')) : files.remove(path)) };
    await assert.rejects(LINK_DIRECTORY.do({ ...context, host: { ...context.host, files: failing } }, step), /killed/);
    assert.equal(readdirSync(join(root, 'etc/old')).length, 1);
    await LINK_DIRECTORY.undo(context, step);
    assertAsBefore(root);
  }));

test('cut off half-way, doing it again comes to the same end', () =>
  withTree(async (context, root) => {
    await assert.rejects(LINK_DIRECTORY.do(context, step), /the disk fails/);
    await LINK_DIRECTORY.do({ ...context, host: await openHost({ root }) }, step);
    assert.equal(readlinkSync(join(root, 'etc/old')), '/etc/new');
  }, 1));
