import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openHost } from '../../../src/host/machine.ts';
import { kcfgError, makeTree } from './tree.ts';

const { root, at } = makeTree();
for (const path of ['/tree/etc', '/node/root/etc', '/node/root/usr/bin', '/node/root/run', '/node/bin']) fs.mkdirSync(at(path), { recursive: true });

test('a tree is no running machine, and has a name of its own', async () => {
  fs.writeFileSync(at('/tree/etc/hostname'), 'image-7\n');
  fs.symlinkSync('tree', at('/alias'));
  const host = await openHost({ root: at('/alias') });
  assert.deepEqual([host.live, host.sandbox, host.hostname, host.root], [false, false, 'image-7', at('/tree')]);
  assert.equal((await host.files.read('/etc/hostname'))?.toString(), 'image-7\n');
});

test('a tree that is not there, or is no directory, is refused', async () => {
  await assert.rejects(openHost({ root: at('/missing') }), kcfgError('io', /there is no directory .*\/missing$/));
  await assert.rejects(openHost({ root: at('/tree/etc/hostname') }), kcfgError('io', /there is no directory/));
});

test("a pretend node runs its own programs, those named by a path below its root", async () => {
  fs.writeFileSync(at('/node/bin/systemctl'), '#!/bin/sh\necho "ActiveState=pretend of $KCFG_SANDBOX"\n', { mode: 0o755 });
  fs.writeFileSync(at('/node/root/usr/bin/kubelet'), '#!/bin/sh\necho "kubelet $*"\n', { mode: 0o755 });
  const host = await openHost({ sandbox: at('/node') });
  assert.deepEqual([host.live, host.sandbox], [true, true]);
  assert.deepEqual(await host.systemd.show('kubelet.service', ['ActiveState']), { ActiveState: `pretend of ${at('/node')}` });
  assert.equal((await host.run(['/usr/bin/kubelet', '--version'])).stdout, 'kubelet --version\n');
  assert.equal((await host.run([process.execPath, '-p', '6*7'])).stdout, '42\n');
  await (await host.lock.take('test'))();
  assert.ok(fs.existsSync(at('/node/root/run/kcfg/lock')));
});

test('the socket of a runtime lies below the root, and an endpoint that is no socket is told', async () => {
  const host = await openHost({ sandbox: at('/node') });
  await assert.rejects(host.cri('unix:///run/missing.sock').version(), (error: unknown) => {
    assert.ok(kcfgError('runtime-down')(error));
    assert.match((error as { notes: string[] }).notes.join(), new RegExp(`ENOENT ${root}/node/root/run/missing\\.sock`));
    return true;
  });
  await assert.rejects(host.cri('tcp://127.0.0.1:1').version(), kcfgError('runtime-down', /no unix socket: tcp:/));
});

test("reports are the user's own files: never below the root, private, and through no link", async () => {
  const host = await openHost({ root: at('/tree') });
  const path = join(root, 'plan.json');
  assert.equal(await host.readReport(path), undefined);
  await host.writeReport(path, '{}\n');
  assert.equal(await host.readReport(path), '{}\n');
  assert.equal(fs.statSync(path).mode & 0o777, 0o600);
  fs.symlinkSync(path, at('/link.json'));
  await assert.rejects(host.writeReport(at('/link.json'), 'x'), kcfgError('io'));
  await assert.rejects(host.readReport(root), kcfgError('io', /is a directory/));
});

test('kcfg knows how to start itself again, and who asked', async () => {
  const host = await openHost({});
  assert.equal(host.self[0], process.execPath);
  assert.equal(host.self.at(-1), process.argv[1]);
  assert.equal(host.user.uid, process.getuid?.());
  assert.ok(host.user.login.length > 0);
});
