import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { realDisk } from '../../../src/host/disk.ts';
import { openFiles } from '../../../src/host/files.ts';
import { makeLocator } from '../../../src/host/locate.ts';
import { procfs } from '../../../src/host/processes.ts';
import { runProgram } from '../../../src/host/run.ts';
import { makeTree } from './tree.ts';

const { files, at } = makeTree();
const processes = procfs(files);
function put(path: string, text: string): void {
  fs.mkdirSync(dirname(at(path)), { recursive: true });
  fs.writeFileSync(at(path), text);
}
/** Fields 3 to 21, then the start in ticks of 1/100 s after boot. */
const stat = (pid: number, command: string, ticks: number): string => `${pid} (${command}) S ${Array(18).fill('0').join(' ')} ${ticks} 0 0\n`;

put('/proc/stat', 'cpu  1 2 3\nbtime 1700000000\nprocesses 5\n');
put('/proc/sys/kernel/random/boot_id', '2ac1e124-91b8-4f61-a1cb-dc59713cc458\n');
put('/proc/100/cmdline', '/usr/bin/kubelet\0--config=/var/lib/kubelet/config.yaml\0--empty=\0\0');
put('/proc/100/stat', stat(100, 'odd) (name S 1', 12_345));
put('/proc/100/fdinfo/4', 'pos:\t0\nflags:\t00\n');
put('/proc/100/fdinfo/7', 'pos:\t0\nflags:\t00\nmnt_id:\t15\ninotify wd:1 ino:9e7e sdev:800013 mask:800afce ignored_mask:0 fhandle-bytes:8\ninotify wd:2 ino:ffffffffffff sdev:800013 mask:3 ignored_mask:0\n');
put('/proc/200/cmdline', '');
put('/proc/99999/stat', stat(99_999, 'kubelet', 500));
put('/proc/12/stat', stat(12, 'helper', 900));

test('the words of a command come as they were given, empty ones too', async () => {
  assert.deepEqual(await processes.argv(100), ['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml', '--empty=', '']);
  assert.equal(await processes.argv(200), undefined, 'a thread of the kernel has none');
  assert.equal(await processes.argv(300), undefined, 'nor has what is gone');
});

test('watched inodes are told in decimal, as stat does', async () => {
  assert.deepEqual(await processes.watchedInodes(100), new Set(['40574', '281474976710655']));
  assert.deepEqual(await processes.watchedInodes(300), new Set());
});

test('the start of a process is found whatever its name holds', async () => {
  assert.equal((await processes.startedAt(100))?.toISOString(), new Date(1_700_000_123_450).toISOString());
  assert.equal(await processes.startedAt(300), undefined);
  assert.equal(await processes.bootId(), '2ac1e124-91b8-4f61-a1cb-dc59713cc458');
});

test('processes of a service come oldest first, in each kind of cgroup tree', async () => {
  assert.deepEqual(await processes.ofService('kubelet.service'), []);
  for (const base of ['/sys/fs/cgroup/unified', '/sys/fs/cgroup', '/sys/fs/cgroup/systemd']) {
    const path = `${base}/system.slice/kubelet.service/cgroup.procs`;
    put(path, '12\n99999\n');
    assert.deepEqual(await processes.ofService('kubelet.service'), [99_999, 12], base);
    fs.rmSync(at(path));
  }
});

test('on this machine it finds this very process', async () => {
  const here = procfs(openFiles(makeLocator('/'), realDisk(runProgram)));
  assert.equal((await here.argv(process.pid))?.at(0), process.argv0);
  const started = (await here.startedAt(process.pid))?.getTime() ?? 0;
  // btime is rounded to a second, and drifts a little against the wall clock
  assert.ok(Math.abs(Date.now() - process.uptime() * 1000 - started) < 5000);
  const watcher = fs.watch(at('/proc'));
  try {
    const { ino } = fs.statSync(at('/proc'), { bigint: true });
    assert.ok((await here.watchedInodes(process.pid)).has(ino.toString()));
  } finally {
    watcher.close();
  }
});
