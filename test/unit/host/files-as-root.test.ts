/**
 * What only root can try: foreign owners, full and read-only disks, ACLs and labels. Registered when this process may
 * (uid 0, and for mounts CAP_SYS_ADMIN, which a container's root lacks); there is nothing to run otherwise.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { test, type TestContext } from 'node:test';
import { kcfgError, makeTree, names } from './tree.ts';

const isRoot = process.getuid?.() === 0;
/** Bit 21 of the effective set (capability.h). */
const capabilities = BigInt(`0x${/^CapEff:\s*(\S+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
const mayMount = isRoot && (capabilities & (1n << 21n)) !== 0n;
const { files, at } = makeTree();

/** Mounted until the end of the test. */
function mounted(t: TestContext, path: string, ...options: string[]): void {
  fs.mkdirSync(at(path));
  execFileSync('mount', [...options, at(path)]);
  t.after(() => execFileSync('umount', ['--lazy', at(path)]));
}

if (isRoot) {
  test('a replaced file keeps the owner it had, a copy too', async () => {
    fs.mkdirSync(at('/owned'));
    fs.writeFileSync(at('/owned/f'), 'old', { mode: 0o640 });
    fs.chownSync(at('/owned/f'), 1234, 1235);
    await files.write('/owned/f', 'new');
    await files.copy('/owned/f', '/owned/g');
    for (const path of ['/owned/f', '/owned/g']) {
      const info = await files.info(path);
      assert.deepEqual([info?.uid, info?.gid, info?.mode], [1234, 1235, 0o640], path);
    }
  });

  test('an owner can be given, and a set-id bit survives the change of owner', async () => {
    await files.write('/suid', 'x', { mode: 0o4755, uid: 1234, gid: 1235 });
    const info = await files.info('/suid');
    assert.deepEqual([info?.uid, info?.gid, info?.mode], [1234, 1235, 0o4755]);
    await files.setAttributes('/suid', { mode: 0o2700, uid: 4321, gid: -1, mtimeNs: '1000000000000000007' });
    const changed = await files.info('/suid');
    assert.deepEqual([changed?.uid, changed?.gid, changed?.mode, changed?.mtimeNs], [4321, 1235, 0o2700, '1000000000000000007']);
  });

  test('extended attributes survive a replacement and a copy', async () => {
    fs.writeFileSync(at('/labelled'), 'old');
    const attribute = xattrs();
    if (!attribute.set(at('/labelled'), 'user.kcfg', 'label')) return; // no tool here, or a filesystem without them
    await files.write('/labelled', 'new');
    await files.copy('/labelled', '/copied');
    assert.equal(attribute.get(at('/labelled'), 'user.kcfg'), 'label');
    assert.equal(attribute.get(at('/copied'), 'user.kcfg'), 'label');
  });
}

if (mayMount) {
  test('a full disk is called so, the old file stays, and nothing is left behind', async (t) => {
    mounted(t, '/full', '-t', 'tmpfs', '-o', 'size=1m', 'kcfg-test');
    fs.writeFileSync(at('/full/config'), 'old');
    fs.writeFileSync(at('/full/big'), Buffer.alloc(400 * 1024));
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    await assert.rejects(files.write('/full/config', megabyte), kcfgError('no-space', /^cannot write \/full\/config: /));
    await assert.rejects(files.write('/full/new', megabyte), kcfgError('no-space'));
    fs.writeFileSync(at('/big'), megabyte);
    await assert.rejects(files.copy('/big', '/full/copy'), kcfgError('no-space', /^cannot write \/full\/copy: /));
    assert.deepEqual(names(at('/full')), ['big', 'config']);
    assert.equal(fs.readFileSync(at('/full/config'), 'utf8'), 'old');
    assert.equal((await files.mount('/full/config')).point, '/full');
    assert.ok((await files.free('/full')) < 1024 * 1024);
  });

  test('a file can be replaced by a smaller one where its own size would not fit a second time', async (t) => {
    mounted(t, '/tight', '-t', 'tmpfs', '-o', 'size=1m', 'kcfg-test');
    fs.writeFileSync(at('/tight/log'), Buffer.alloc(700 * 1024));
    await files.write('/tight/log', 'short');
    assert.equal(fs.readFileSync(at('/tight/log'), 'utf8'), 'short');
  });

  test('an append that finds the disk full leaves no half line for the next one to spoil', async (t) => {
    mounted(t, '/journal', '-t', 'tmpfs', '-o', 'size=64k', 'kcfg-test');
    await files.append('/journal/j', 'first\n');
    await assert.rejects(files.append('/journal/j', `${'x'.repeat(100 * 1024)}\n`), kcfgError('no-space', /\/journal\/j/));
    await files.append('/journal/j', 'second\n');
    assert.equal(fs.readFileSync(at('/journal/j'), 'utf8'), 'first\nsecond\n');
  });

  test('a read-only mount is called so for every kind of change, and is seen beforehand', async (t) => {
    fs.mkdirSync(at('/source'));
    fs.writeFileSync(at('/source/f'), 'x');
    mounted(t, '/ro', '--bind', at('/source'));
    assert.equal((await files.mount('/ro/f')).readOnly, false);
    execFileSync('mount', ['-o', 'remount,bind,ro', at('/ro')]);
    const mount = await files.mount('/ro/f');
    assert.deepEqual([mount.readOnly, mount.point], [true, '/ro']);
    const changes = {
      write: () => files.write('/ro/f', 'y'),
      create: () => files.write('/ro/new', 'y'),
      copy: () => files.copy('/source/f', '/ro/g'),
      append: () => files.append('/ro/f', 'y'),
      mkdir: () => files.mkdir('/ro/d', { mode: 0o755, uid: 0, gid: 0 }),
      link: () => files.link('/ro/l', 'f'),
      remove: () => files.remove('/ro/f'),
      attributes: () => files.setAttributes('/ro/f', { mode: 0o777 }),
    };
    for (const [name, change] of Object.entries(changes)) {
      await assert.rejects(change(), kcfgError('read-only', /\/ro\/\S+: its filesystem is read-only$/), name);
    }
    assert.deepEqual(names(at('/source')), ['f']);
  });

  test('a rename across filesystems is refused, and both sides stay', async (t) => {
    mounted(t, '/other', '-t', 'tmpfs', 'kcfg-test');
    fs.writeFileSync(at('/here'), 'x');
    await assert.rejects(files.rename('/here', '/other/there'), kcfgError('io', /different filesystems/));
    assert.ok(fs.existsSync(at('/here')));
  });

  test('a mount point with a blank in its name is found', async (t) => {
    mounted(t, '/with blank', '-t', 'tmpfs', 'kcfg-test');
    const mount = await files.mount('/with blank/x');
    assert.deepEqual([mount.point, mount.type, mount.readOnly, mount.source], ['/with blank', 'tmpfs', false, 'kcfg-test']);
  });

  test('of an overlay, where what is written to it goes', async (t) => {
    mounted(t, '/memory', '-t', 'tmpfs', 'kcfg-test');
    for (const name of ['lower', 'up, per', 'work']) fs.mkdirSync(at(`/memory/${name}`));
    const option = (name: string): string => at(`/memory/${name}`).replaceAll(',', '\\,');
    mounted(t, '/over', '-t', 'overlay', '-o', `lowerdir=${option('lower')},upperdir=${option('up, per')},workdir=${option('work')}`, 'kcfg-test');
    const mount = await files.mount('/over/static');
    assert.deepEqual([mount.point, mount.type, mount.upper], ['/over', 'overlay', at('/memory/up, per')]);
  });
}

function xattrs(): { set(path: string, name: string, value: string): boolean; get(path: string, name: string): string } {
  const python = (code: string, ...args: string[]) => spawnSync('python3', ['-c', `import os, sys\n${code}`, ...args], { encoding: 'utf8' });
  return {
    set: (...args) => python('os.setxattr(sys.argv[1], sys.argv[2], sys.argv[3].encode())', ...args).status === 0,
    get: (...args) => python('print(os.getxattr(sys.argv[1], sys.argv[2]).decode())', ...args).stdout?.trim() ?? '',
  };
}
