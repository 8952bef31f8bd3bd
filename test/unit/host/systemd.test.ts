import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Host, RunResult } from '../../../src/host/host.ts';
import { parseShow, systemctl } from '../../../src/host/systemd.ts';
import { kcfgError } from './tree.ts';

const ok: RunResult = { exitCode: 0, stdout: '', stderr: '', timedOut: false, missing: false };
/** A systemd that gives one answer, and notes what it was asked. */
function answering(answer: Partial<RunResult>): { systemd: ReturnType<typeof systemctl>; asked: { argv: readonly string[]; timeout?: number | undefined }[] } {
  const asked: { argv: readonly string[]; timeout?: number | undefined }[] = [];
  const run: Host['run'] = async (argv, options) => {
    asked.push({ argv, timeout: options?.timeout });
    return { ...ok, ...answer };
  };
  return { systemd: systemctl(run), asked };
}

test('properties are read by name, equal signs kept, repeated ones line by line', () => {
  assert.deepEqual(
    parseShow('LoadState=loaded\nExecStart={ path=/usr/bin/kubelet ; argv[]=/usr/bin/kubelet --a=b }\nDropInPaths=\nEnvironmentFiles=/a (ignore_errors=yes)\nEnvironmentFiles=/b (ignore_errors=no)\n\n'),
    {
      LoadState: 'loaded',
      ExecStart: '{ path=/usr/bin/kubelet ; argv[]=/usr/bin/kubelet --a=b }',
      DropInPaths: '',
      EnvironmentFiles: '/a (ignore_errors=yes)\n/b (ignore_errors=no)',
    },
  );
});

test('a unit name is never taken for an option, and a job asks for no password', async () => {
  const { systemd, asked } = answering({ stdout: 'ActiveState=active\n' });
  assert.deepEqual(await systemd.show('--help', ['ActiveState', 'SubState']), { ActiveState: 'active' });
  await systemd.job('restart', '-H root@elsewhere', { timeout: 5 });
  await systemd.runService('kcfg-7.service', ['/usr/bin/node', 'a b', '--yes'], ['Type=exec', 'UMask=0077']);
  assert.deepEqual(asked.map(({ argv }) => argv), [
    ['systemctl', 'show', '--no-pager', '-p', 'ActiveState', '-p', 'SubState', '--', '--help'],
    ['systemctl', '--no-ask-password', 'restart', '--', '-H root@elsewhere'],
    ['systemd-run', '--quiet', '--collect', '--no-ask-password', '--unit=kcfg-7.service', '-p', 'Type=exec', '-p', 'UMask=0077', '--', '/usr/bin/node', 'a b', '--yes'],
  ]);
  assert.equal(asked[1]?.timeout, 5);
});

test("a failed job is told in systemd's own words", async () => {
  const stderr = 'Job for kubelet.service failed because the control process exited with error code.\nSee "systemctl status kubelet.service" for details.\n';
  const { systemd } = answering({ exitCode: 1, stderr });
  await assert.rejects(systemd.job('start', 'kubelet.service'), (error: unknown) => {
    assert.ok(kcfgError('host-command', /^systemctl start kubelet\.service: Job for kubelet\.service failed because/)(error));
    const { notes, help } = error as { notes: string[]; help: string[] };
    assert.deepEqual(notes, ['systemd says: See "systemctl status kubelet.service" for details.']);
    assert.deepEqual(help, ['see its journal:', '  journalctl -xeu kubelet.service']);
    return true;
  });
});

test('no systemctl, no systemd and no end in time are three different things', async () => {
  await assert.rejects(answering({ exitCode: undefined, missing: true }).systemd.show('x', []), kcfgError('host-command', /no systemctl/));
  const stderr = "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n";
  await assert.rejects(answering({ exitCode: 1, stderr }).systemd.show('x', []), kcfgError('no-kubelet', /systemd does not run/));
  await assert.rejects(answering({ exitCode: undefined, timedOut: true }).systemd.job('stop', 'x'), kcfgError('host-command', /did not come to an end in time/));
  await assert.rejects(answering({ exitCode: 4 }).systemd.runService('x', ['y'], []), kcfgError('host-command', /exit 4/));
});
