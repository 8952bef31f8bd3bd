import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { keepAttributes } from '../../../src/host/attributes.ts';
import { realDisk } from '../../../src/host/disk.ts';
import { replaceDurably } from '../../../src/host/durable.ts';
import { runProgram } from '../../../src/host/run.ts';
import { kcfgError, makeTree, names } from './tree.ts';

const { files, at } = makeTree();
const disk = realDisk(runProgram);
fs.mkdirSync(at('/etc'));
let count = 0;
/** A fresh directory for each test. */
function directory(): string {
  const path = `/d${++count}`;
  fs.mkdirSync(at(path));
  return path;
}
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

test('a new file is private, and nothing else is left in its directory', async () => {
  const d = directory();
  await files.write(`${d}/config.yaml`, 'kind: x\n');
  assert.equal(fs.readFileSync(at(`${d}/config.yaml`), 'utf8'), 'kind: x\n');
  assert.equal((await files.info(`${d}/config.yaml`))?.mode, 0o600);
  assert.deepEqual(names(at(d)), ['config.yaml']);
});

test('a replaced file keeps its mode and is a new inode with the new content only', async () => {
  const d = directory();
  fs.writeFileSync(at(`${d}/f`), 'long old content\n', { mode: 0o640 });
  const before = await files.info(`${d}/f`);
  await files.write(`${d}/f`, 'new\n');
  const after = await files.info(`${d}/f`);
  assert.equal(fs.readFileSync(at(`${d}/f`), 'utf8'), 'new\n');
  assert.equal(after?.mode, 0o640);
  assert.notEqual(after?.ino, before?.ino);
  assert.deepEqual(names(at(d)), ['f']);
});

test('attributes given with a write win, umask or not, down to the nanosecond', async () => {
  const d = directory();
  const mask = process.umask(0o077);
  try {
    await files.write(`${d}/f`, 'x', { mode: 0o664, mtimeNs: '1500000000123456789' });
  } finally {
    process.umask(mask);
  }
  const info = await files.info(`${d}/f`);
  assert.equal(info?.mode, 0o664);
  assert.equal(info?.mtimeNs, '1500000000123456789');
});

test('a copy keeps mode and time to the nanosecond', async () => {
  const d = directory();
  await files.write(`${d}/from`, 'content', { mode: 0o604, mtimeNs: '1600000000000000001' });
  await files.copy(`${d}/from`, `${d}/to`);
  const info = await files.info(`${d}/to`);
  assert.deepEqual([info?.mode, info?.mtimeNs, info?.size], [0o604, '1600000000000000001', 7]);
  assert.deepEqual(names(at(d)), ['from', 'to']);
});

test('a link at the name to be written is refused, and what it points to is untouched', async () => {
  const d = directory();
  fs.writeFileSync(at(`${d}/victim`), 'precious');
  fs.symlinkSync('victim', at(`${d}/f`));
  await assert.rejects(files.write(`${d}/f`, 'evil'), kcfgError('io', /not a regular file/));
  await assert.rejects(files.append(`${d}/f`, 'evil'), kcfgError('io', /it is a link/));
  await assert.rejects(files.setAttributes(`${d}/f`, { mode: 0o777 }), kcfgError('io', /it is a link/));
  await assert.rejects(files.copy(`${d}/f`, `${d}/g`), kcfgError('io', /not a regular file/));
  assert.equal(fs.readFileSync(at(`${d}/victim`), 'utf8'), 'precious');
  assert.deepEqual(names(at(d)), ['f', 'victim']);
});

test('a copy onto a link takes the place of the link, not of what it points to', async () => {
  const d = directory();
  fs.writeFileSync(at(`${d}/victim`), 'precious');
  fs.writeFileSync(at(`${d}/from`), 'saved');
  fs.symlinkSync('victim', at(`${d}/f`));
  await files.copy(`${d}/from`, `${d}/f`);
  assert.equal((await files.info(`${d}/f`))?.kind, 'file');
  assert.equal(fs.readFileSync(at(`${d}/victim`), 'utf8'), 'precious');
});

test('a link planted at a temporary name is never followed, and never removed with what it hides', async () => {
  const d = directory();
  fs.writeFileSync(at(`${d}/victim`), 'precious');
  const planted = at(`${d}/.f.kcfg-0`);
  fs.symlinkSync('victim', planted);
  await assert.rejects(disk.create(planted), { code: 'EEXIST' });
  fs.symlinkSync('missing', at(`${d}/dangling`));
  await assert.rejects(disk.create(at(`${d}/dangling`)), { code: 'EEXIST' });
  // cp(1) must not put its copy into a directory that someone planted there
  const plantedDirectory = at(`${d}/dir`);
  fs.mkdirSync(plantedDirectory);
  await assert.rejects(keepAttributes(disk).copy(at(`${d}/victim`), plantedDirectory, '/f'), kcfgError('io'));
  assert.deepEqual(names(plantedDirectory), []);
  assert.equal(fs.readFileSync(at(`${d}/victim`), 'utf8'), 'precious');
});

test('a failure while writing leaves the old file and nothing else', async () => {
  const d = directory();
  fs.writeFileSync(at(`${d}/f`), 'old');
  const failing = replaceDurably(disk, at(`${d}/f`), async (temporary) => {
    fs.writeFileSync(temporary, 'half');
    throw new Error('power');
  });
  await assert.rejects(failing, /power/);
  assert.deepEqual(names(at(d)), ['f']);
  assert.equal(fs.readFileSync(at(`${d}/f`), 'utf8'), 'old');
});

test('names up to the limit of 255 bytes can be written and replaced', async () => {
  const d = directory();
  for (const name of ['n'.repeat(255), 'é'.repeat(127), '한'.repeat(85)]) {
    await files.write(`${d}/${name}`, 'one');
    await files.write(`${d}/${name}`, 'two');
    assert.equal((await files.read(`${d}/${name}`))?.toString(), 'two');
  }
  assert.equal(names(at(d)).length, 3);
});

test('errors name the path on the node, never the tree or a temporary name', async () => {
  await assert.rejects(files.write('/missing/f', 'x'), kcfgError('io', /^cannot write \/missing\/f: no such file or directory$/));
  await assert.rejects(files.copy('/missing', '/etc/f'), kcfgError('io', /^cannot copy \/missing: no such file/));
  await assert.rejects(files.rename('/missing', '/etc/f'), kcfgError('io', /^cannot move \/missing: /));
  const d = directory();
  fs.writeFileSync(at(`${d}/f`), 'x');
  await assert.rejects(files.copy(`${d}/f`, '/missing/f'), (error: Error) => {
    assert.equal(error.message, 'cannot write /missing/f: no such file or directory');
    return true;
  });
});

test('what is missing is undefined to look at, and no error to remove', async () => {
  for (const path of ['/missing', '/missing/deeper', '/etc/missing']) {
    assert.equal(await files.read(path), undefined);
    assert.equal(await files.info(path), undefined);
    assert.equal(await files.target(path), undefined);
    assert.equal(await files.list(path), undefined);
    assert.equal(await files.resolve(path), undefined);
    await files.remove(path);
  }
});

test('a FIFO or a directory is refused at once instead of being waited for', async () => {
  const d = directory();
  execFileSync('mkfifo', [at(`${d}/fifo`)]);
  await assert.rejects(files.read(`${d}/fifo`), kcfgError('io', /not a regular file/));
  await assert.rejects(files.write(`${d}/fifo`, 'x'), kcfgError('io', /not a regular file/));
  await assert.rejects(files.read(d), kcfgError('io', /not a regular file/));
  assert.equal((await files.info(`${d}/fifo`))?.kind, 'other');
});

test('a list is sorted by bytes, and a name that is not UTF-8 is not silently lost', async () => {
  const d = directory();
  for (const name of ['b', 'B', '.a', 'é', 'z']) fs.writeFileSync(at(`${d}/${name}`), '');
  assert.deepEqual(await files.list(d), ['.a', 'B', 'b', 'z', 'é']);
  fs.writeFileSync(Buffer.concat([Buffer.from(at(`${d}/bad-`)), Buffer.from([0xff])]), '');
  await assert.rejects(files.list(d), kcfgError('io', /not UTF-8/));
});

test('a directory is made with its mode, and one that is there stays as it is', async () => {
  const d = directory();
  const mask = process.umask(0o077);
  try {
    await files.mkdir(`${d}/new`, { mode: 0o755, ...own });
  } finally {
    process.umask(mask);
  }
  assert.equal((await files.info(`${d}/new`))?.mode, 0o755);
  await files.mkdir(`${d}/new`, { mode: 0o700, uid: own.uid, gid: -1 });
  assert.equal((await files.info(`${d}/new`))?.mode, 0o755);
  fs.writeFileSync(at(`${d}/file`), '');
  fs.symlinkSync('new', at(`${d}/link`));
  for (const name of ['file', 'link']) await assert.rejects(files.mkdir(`${d}/${name}`, { mode: 0o755, ...own }), kcfgError('io', /something of that name/));
});

test('links, renames and removals do what they say to the name itself', async () => {
  const d = directory();
  await files.link(`${d}/bridge`, '/etc');
  assert.equal((await files.info(`${d}/bridge`))?.target, '/etc');
  await files.link(`${d}/bridge`, '/elsewhere');
  assert.equal((await files.info(`${d}/bridge`))?.target, '/elsewhere');
  await files.rename(`${d}/bridge`, `${d}/moved`);
  await files.remove(`${d}/moved`);
  assert.deepEqual(names(at(d)), []);
  assert.ok(fs.existsSync(at('/etc')));
  fs.mkdirSync(at(`${d}/full`));
  fs.writeFileSync(at(`${d}/full/f`), '');
  await assert.rejects(files.remove(`${d}/full`), kcfgError('io', /not empty/));
  await assert.rejects(files.link(`${d}/full`, 'x'), kcfgError('io'));
  assert.deepEqual(names(at(d)), ['full']);
});

test('appending keeps what is there and makes a private file', async () => {
  const d = directory();
  await files.append(`${d}/journal`, 'one\n');
  await files.append(`${d}/journal`, 'two\n');
  assert.equal(fs.readFileSync(at(`${d}/journal`), 'utf8'), 'one\ntwo\n');
  assert.equal((await files.info(`${d}/journal`))?.mode, 0o600);
});

test('following a file hands over every byte, also what was added just before the end', async () => {
  const d = directory();
  fs.writeFileSync(at(`${d}/events`), 'a');
  const stop = new AbortController();
  let text = '';
  const following = files.follow(`${d}/events`, (more) => (text += more), stop.signal);
  const euro = Buffer.from('€');
  fs.appendFileSync(at(`${d}/events`), euro.subarray(0, 1));
  await new Promise((resolve) => setTimeout(resolve, 120));
  fs.appendFileSync(at(`${d}/events`), Buffer.concat([euro.subarray(1), Buffer.from('z')]));
  stop.abort();
  await following;
  assert.equal(text, 'a€z');
  await assert.rejects(files.follow('/missing', () => {}, stop.signal), kcfgError('io', /cannot read \/missing/));
});

test('mount and free space are those of the nearest directory that is there', async () => {
  const mount = await files.mount('/etc/not/yet/there');
  assert.equal(mount.dev, (await files.info('/etc'))?.dev);
  assert.ok(mount.type !== '');
  assert.equal(mount.point, '/', 'a tree without mounts of its own is one mount');
  assert.ok((await files.free('/etc/not/yet/there')) > 0);
});

test('a part of a file is read from where it is asked, and ends where the file ends', async () => {
  const d = directory();
  fs.writeFileSync(at(`${d}/f`), '0123456789');
  fs.symlinkSync('f', at(`${d}/link`));
  assert.equal((await files.readPart(`${d}/link`, 3, 4))?.toString(), '3456');
  assert.equal((await files.readPart(`${d}/f`, 8, 1 << 20))?.toString(), '89');
  assert.equal((await files.readPart(`${d}/f`, 50, 4))?.length, 0);
  assert.equal(await files.readPart(`${d}/none`, 0, 4), undefined);
  await assert.rejects(files.readPart(d, 0, 4), kcfgError('io', /not a regular file/));
});
