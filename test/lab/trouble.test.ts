/** What goes wrong on a real node during a change: found out, gone back from, and no request fails meanwhile. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab, type Lab, type LabNode } from './node.ts';

const DROP_IN = '/etc/systemd/system/kubelet.service.d/99-trouble.conf';
const OTHER = '/etc/kubernetes/other';

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
});
after(() => lab.close());

/** Everything a change could touch: type, owner, mode, mtime, inode and content of each file. */
function snapshot(): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    const machine = cp.file(path);
    const info = lstatSync(machine, { bigint: true });
    // the mtime of a directory changes when a hidden name comes and goes in it
    const time = info.isDirectory() ? '' : info.mtimeNs;
    const content = info.isSymbolicLink() ? readlinkSync(machine) : info.isFile() ? createHash('sha256').update(readFileSync(machine)).digest('hex') : '';
    found[path] = `${info.mode.toString(8)} ${info.uid}:${info.gid} ${time} ${content}`;
    if (info.isDirectory()) for (const name of readdirSync(machine)) walk(`${path}/${name}`);
  };
  walk('/etc/kubernetes');
  walk('/var/lib/kubelet/config.yaml');
  return found;
}

/** With `script` run before each start of the kubelet, a move to OTHER goes back by itself. */
async function goesBack(script: string, says: RegExp): Promise<void> {
  mkdirSync(cp.file('/etc/systemd/system/kubelet.service.d'), { recursive: true });
  writeFileSync(cp.file(DROP_IN), `[Service]\nExecStartPre=/bin/sh -c '${script}'\n`);
  await cp.run(['systemctl', 'daemon-reload']);
  const before = snapshot();
  const containers = await cp.containers();
  const poll = await cp.poll();
  const { code, stderr } = await cp.run(['kcfg', 'set', 'staticPodPath', OTHER, '--yes']);
  await sleep(5000);
  const { failed, outages } = await poll.stop();
  rmSync(cp.file(DROP_IN));
  await cp.run(['systemctl', 'daemon-reload']);
  assert.equal(code, 5, stderr);
  assert.match(stderr, says);
  assert.match(stderr, /Everything is as before, byte for byte\./);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.deepEqual(await cp.containers(), containers);
  assert.deepEqual(snapshot(), before);
}

test('a kubelet that cannot start after the change: every file back as it was, no container touched', { timeout: 200_000 }, async () => {
  await goesBack(`! grep -q ${OTHER} /var/lib/kubelet/config.yaml`, /the kubelet did not start/);
});

test('a kubelet that sees no directory (a looped link made meanwhile): found out before it stops a pod', { timeout: 200_000 }, async () => {
  await goesBack(
    `if grep -q ${OTHER} /var/lib/kubelet/config.yaml; then rm -rf ${OTHER}; ln -s ${OTHER} ${OTHER}; fi`,
    /the kubelet does not watch \/etc\/kubernetes\/other/,
  );
});

test('a configuration written anew before each start: the writer is named as the cause', { timeout: 200_000 }, async () => {
  await goesBack(
    `if grep -q ${OTHER} /var/lib/kubelet/config.yaml; then sed -i s,${OTHER},/etc/kubernetes/manifests, /var/lib/kubelet/config.yaml; fi`,
    /error\[rewritten\]: config\.yaml was written anew while the kubelet restarted/,
  );
});

test('the API server is down: the change is done, its end open, and decided when it is back', { timeout: 200_000 }, async () => {
  const { pid } = (await cp.containers()).find(({ name }) => name === 'kube-apiserver') ?? assert.fail('no kube-apiserver');
  await cp.run(['kill', '-STOP', String(pid)]);
  let set: Awaited<ReturnType<LabNode['run']>>;
  try {
    set = await cp.run(['kcfg', 'set', 'staticPodPath', '/etc/kubernetes/static', '--yes']);
  } finally {
    await cp.run(['kill', '-CONT', String(pid)]);
  }
  assert.equal(set.code, 8, set.stderr);
  assert.match(set.stdout, /not yet decided: the API server does not answer/);
  for (let look = 0; look < 60; look++) {
    const status = JSON.parse((await cp.run(['kcfg', 'status', '-o', 'json'])).stdout) as { pending?: string };
    if (status.pending === undefined) break;
    await sleep(1000);
  }
  const { stdout } = await cp.run(['kcfg', 'history', '-o', 'json']);
  assert.equal((JSON.parse(stdout) as { changes: { result: string }[] }).changes[0]?.result, 'done');
  // The controllers lost their lease, and come back from their back-off in their own time.
  await cp.ready();
  assert.equal((await cp.run(['kcfg', 'verify'])).code, 0);
});
