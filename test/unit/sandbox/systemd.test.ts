import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pretend, until } from './pretend.ts';

test('show says of the kubelet what systemd would', async (t) => {
  const { node, show } = await pretend(t, { worker: true });
  const shown = await show(
    'kubelet',
    'LoadState',
    'ActiveState',
    'SubState',
    'FragmentPath',
    'DropInPaths',
    'EnvironmentFiles',
    'NeedDaemonReload',
  );
  assert.deepEqual(shown.split('\n'), [
    'LoadState=loaded',
    'ActiveState=active',
    'SubState=running',
    'FragmentPath=/usr/lib/systemd/system/kubelet.service',
    'DropInPaths=/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf',
    'EnvironmentFiles=/var/lib/kubelet/kubeadm-flags.env (ignore_errors=yes)',
    'EnvironmentFiles=/etc/default/kubelet (ignore_errors=yes)',
    'NeedDaemonReload=no',
  ]);
  const { pid } = node.systemd.unit('kubelet.service');
  assert.deepEqual(
    readFileSync(join(node.machine.root, `proc/${pid}/cmdline`), 'utf8')
      .split('\0')
      .slice(0, 3),
    [
      '/usr/bin/kubelet',
      '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf',
      '--kubeconfig=/etc/kubernetes/kubelet.conf',
    ],
  );
  assert.equal(await show('nothing.service', 'LoadState'), 'LoadState=not-found');
});

test('a flag in /etc/default/kubelet holds from the next start', async (t) => {
  const { node, root, edit, systemctl } = await pretend(t, { worker: true });
  edit('/etc/default/kubelet', () => 'KUBELET_EXTRA_ARGS="--pod-manifest-path=/etc/other --v=2"\n');
  await systemctl('restart', 'kubelet');
  const { pid } = node.systemd.unit('kubelet.service');
  assert.match(readFileSync(join(root, `proc/${pid}/cmdline`), 'utf8'), /\0--pod-manifest-path=\/etc\/other\0--v=2\0$/);
});

test('a unit file that changed on disk is used after daemon-reload only', async (t) => {
  const { root, show, systemctl } = await pretend(t, { worker: true });
  const file = join(root, 'usr/lib/systemd/system/kubelet.service');
  writeFileSync(file, readFileSync(file, 'utf8').replace('Node Agent', 'Agent'));
  utimesSync(file, 1, 1);
  assert.equal(await show('kubelet', 'NeedDaemonReload'), 'NeedDaemonReload=yes');
  assert.equal(await show('kubelet', 'Description'), 'Description=kubelet: The Kubernetes Node Agent');
  await systemctl('daemon-reload');
  assert.equal(await show('kubelet', 'NeedDaemonReload'), 'NeedDaemonReload=no');
  assert.equal(await show('kubelet', 'Description'), 'Description=kubelet: The Kubernetes Agent');
});

test('a kubelet that refuses its configuration is started again and again, and says why', async (t) => {
  const { edit, systemctl, show, journal } = await pretend(t, { worker: true });
  edit('/var/lib/kubelet/config.yaml', (text) => `${text}maxPods: "150"\n`);
  await systemctl('restart', 'kubelet');
  await until('it was restarted twice', async () => /NRestarts=[2-9]/.test(await show('kubelet', 'NRestarts')));
  assert.match(
    await journal(),
    /run\.go:72\] "command failed" err=".*cannot unmarshal string into Go struct field KubeletConfiguration\.maxPods of type int32"/,
  );
});

test('a transient service is seen while it runs; killed, ExecStopPost= learns how it ended', async (t) => {
  const { root, systemdRun, systemctl, show } = await pretend(t, { worker: true });
  const out = join(root, 'tmp/out');
  const post = `ExecStopPost=/bin/sh -c 'echo "$SERVICE_RESULT $EXIT_STATUS" > ${out}'`;
  await systemdRun('--quiet', '--collect', '--unit=kcfg-1', '-p', post, '--', '/bin/sleep', '30');
  assert.equal(await show('kcfg-1.service', 'ActiveState', 'SubState'), 'ActiveState=active\nSubState=running');
  await systemctl('kill', '-s', 'SIGKILL', 'kcfg-1');
  await until('ExecStopPost= has run', () => existsSync(out) && readFileSync(out, 'utf8') !== '');
  assert.equal(readFileSync(out, 'utf8'), 'signal KILL\n');
  await until('the unit is gone', async () => (await show('kcfg-1.service', 'LoadState')) === 'LoadState=not-found');
});

test('RuntimeMaxSec= ends a service, and the result is timeout', async (t) => {
  const { root, systemdRun } = await pretend(t, { worker: true });
  const out = join(root, 'tmp/out');
  const post = `ExecStopPost=/bin/sh -c 'echo "$SERVICE_RESULT" > ${out}'`;
  await systemdRun('--quiet', '--collect', '--unit=kcfg-2', '-p', 'RuntimeMaxSec=200ms', '-p', post, '--', '/bin/sleep', '30');
  await until('ExecStopPost= has run', () => existsSync(out) && readFileSync(out, 'utf8') !== '');
  assert.equal(readFileSync(out, 'utf8'), 'timeout\n');
});

test('a unit name is taken as long as the unit is there', async (t) => {
  const { systemdRun } = await pretend(t, { worker: true });
  await systemdRun('--quiet', '--collect', '--unit=kcfg-3', '--', '/bin/sleep', '30');
  await assert.rejects(systemdRun('--quiet', '--collect', '--unit=kcfg-3', '--', '/bin/true'), /already loaded/);
});

test('at boot an enabled unit runs before the kubelet, when its condition holds', async (t) => {
  const { node, root, seconds } = await pretend(t, { worker: true, speed: 20 });
  const out = join(root, 'tmp/out');
  const unit = (condition: string): string =>
    `[Unit]\nBefore=kubelet.service\nConditionPathExists=${condition}\n[Service]\nType=oneshot\nExecStart=/bin/sh -c 'cat ${root}/proc/*/comm > ${out}'\n`;
  mkdirSync(join(root, 'etc/systemd/system/multi-user.target.wants'), { recursive: true });
  const file = join(root, 'etc/systemd/system/kcfg-recover.service');
  symlinkSync('../kcfg-recover.service', join(root, 'etc/systemd/system/multi-user.target.wants/kcfg-recover.service'));
  const before = node.machine.bootId;
  writeFileSync(file, unit('/var/lib/kcfg/pending'));
  await node.reboot();
  assert.notEqual(node.machine.bootId, before);
  assert.ok(!existsSync(out));
  writeFileSync(file, unit('/etc/hostname'));
  await node.reboot();
  await seconds(1);
  assert.equal(readFileSync(out, 'utf8'), 'containerd\n');
  assert.equal(node.systemd.unit('kubelet.service').active, 'active');
});

test('the journal is read from a cursor on, by unit', async (t) => {
  const { journalctl, systemctl } = await pretend(t, { worker: true });
  const cursor = /^-- cursor: (.*)$/m.exec(await journalctl('-n', '0', '--show-cursor', '-u', 'kubelet'))?.[1] ?? '';
  assert.equal(await journalctl('-q', '-o', 'json', '--after-cursor', cursor), '');
  await systemctl('restart', 'kubelet');
  const entries = (await journalctl('-q', '-u', 'kubelet', '-o', 'json', '--after-cursor', cursor)).trim().split('\n');
  const first = JSON.parse(entries[0] ?? '{}') as Record<string, string>;
  assert.equal(first.MESSAGE, 'Stopped kubelet.service - kubelet: The Kubernetes Node Agent.');
  assert.equal(first.UNIT, 'kubelet.service');
  await assert.rejects(journalctl('--after-cursor', 's=nonsense'), /Failed to seek to cursor/);
});
