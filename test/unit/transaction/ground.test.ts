/** What is noticed between plan and restart, kind by kind: each thing a change reads or relies on, and what it does itself. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KcfgError } from '../../../src/errors.ts';
import type { Host, Mount } from '../../../src/host/host.ts';
import { openHost } from '../../../src/host/machine.ts';
import { observeBasis } from '../../../src/node/basis.ts';
import { sha256 } from '../../../src/node/directory.ts';
import type { Service } from '../../../src/node/service.ts';
import type { Settings } from '../../../src/node/settings.ts';
import type { Ground, Plan } from '../../../src/plan/plan.ts';
import type { Step } from '../../../src/plan/step.ts';
import { findShift, groundBeforeRestart, refuseForeignWriter, refuseStale } from '../../../src/transaction/ground.ts';

const UNIT = '/etc/systemd/system/kubelet.service';
const DROP_INS = '/etc/kubernetes/kubelet.conf.d';
const MANIFESTS = '/etc/kubernetes/manifests';
const FILES: Record<string, string> = {
  '/var/lib/kubelet/config.yaml': 'kind: KubeletConfiguration\n',
  '/var/lib/kubelet/instance-config.yaml': 'containerRuntimeEndpoint: x\n',
  '/var/lib/kubelet/kubeadm-flags.env': 'KUBELET_KUBEADM_ARGS=\n',
  [UNIT]: '[Service]\n',
  [`${UNIT}.d/10-kubeadm.conf`]: '[Service]\n',
  [`${DROP_INS}/10-a.conf`]: 'kind: KubeletConfiguration\n',
  [`${DROP_INS}/below/20-b.conf`]: 'kind: KubeletConfiguration\n',
  [`${MANIFESTS}/etcd.yaml`]: 'kind: Pod\n',
  '/usr/bin/kubelet': 'a program\n',
};

interface Fixture {
  root: string;
  ground: Ground;
  host: Host;
  /** What systemd and the runtime say from now on. */
  says: { dropIns: string[]; runtime: string; kubelet: string; mount: Mount };
}

async function on(body: (fixture: Fixture) => Promise<void>): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-ground-'));
  try {
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const tree = await openHost({ root });
    const says = { dropIns: [`${UNIT}.d/10-kubeadm.conf`], runtime: '2.4.2', kubelet: '1.37.2', mount: { point: '/', type: 'ext4', readOnly: false, dev: '1' } };
    const host: Host = {
      ...tree,
      live: true,
      files: { ...tree.files, mount: async () => says.mount },
      systemd: { ...tree.systemd, show: async () => ({ FragmentPath: UNIT, DropInPaths: says.dropIns.join(' ') }) },
      cri: (endpoint) => ({ ...tree.cri(endpoint), version: async () => ({ runtimeName: 'containerd', runtimeVersion: says.runtime }) }),
      run: async () => ({ exitCode: 0, stdout: `Kubernetes v${says.kubelet}\n`, stderr: '', timedOut: false, missing: false }),
    };
    const sources = [UNIT, `${UNIT}.d/10-kubeadm.conf`, '/var/lib/kubelet/kubeadm-flags.env', '/etc/default/kubelet'].map((file) => ({ file, text: '' }));
    const service = { sources, unitFiles: [UNIT, ...says.dropIns] } as unknown as Service;
    const basis = await observeBasis(host, service, { configFile: '/var/lib/kubelet/config.yaml', configDir: DROP_INS } as Settings, '/usr/bin/kubelet');
    const ground: Ground = {
      kubeletVersion: says.kubelet,
      ...(basis.program && { program: basis.program }),
      runtime: { name: 'containerd', version: says.runtime, endpoint: 'unix:///run/containerd/containerd.sock' },
      unit: 'kubelet.service',
      ...(basis.unitFiles && { unitFiles: basis.unitFiles }),
      files: { ...basis.files, [`${MANIFESTS}/etcd.yaml`]: sha256(Buffer.from(FILES[`${MANIFESTS}/etcd.yaml`] ?? '')) },
      directories: { ...basis.directories, [MANIFESTS]: ['etcd.yaml'], '/etc/kubernetes/static': null },
      mounts: {},
    };
    await body({ root, ground, host, says });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('nothing happened: no shift', () => on(async ({ host, ground }) => assert.equal(await findShift(host, ground), undefined)));

for (const path of Object.keys(FILES).filter((file) => file !== '/usr/bin/kubelet')) {
  test(`${path} is changed, or goes`, () =>
    on(async ({ host, ground, root }) => {
      appendFileSync(join(root, path), '# by someone else\n');
      assert.deepEqual(await findShift(host, ground), { file: path, said: `${path} was changed` });
      rmSync(join(root, path));
      assert.deepEqual(await findShift(host, ground), { file: path, said: `${path} is gone` });
    }));
}

for (const path of ['/etc/default/kubelet', `${DROP_INS}/99-new.conf`, `${DROP_INS}/below/99-new.conf`, `${MANIFESTS}/new.yaml`]) {
  test(`${path} is made`, () =>
    on(async ({ host, ground, root }) => {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), 'x');
      assert.deepEqual(await findShift(host, ground), { file: path, said: `${path} is new` });
    }));
}

test('the wanted directory is made by someone else', () =>
  on(async ({ host, ground, root }) => {
    mkdirSync(join(root, '/etc/kubernetes/static'));
    assert.equal((await findShift(host, ground))?.said, '/etc/kubernetes/static was made');
  }));

test('a drop-in of the unit counts once systemd has loaded it', () =>
  on(async ({ host, ground, says }) => {
    const added = `${UNIT}.d/99-proxy.conf`;
    says.dropIns.push(added);
    assert.equal((await findShift(host, ground))?.said, `${added} is now a part of kubelet.service`);
    says.dropIns.splice(0);
    assert.equal((await findShift(host, ground))?.said, `${UNIT}.d/10-kubeadm.conf is no longer a part of kubelet.service`);
  }));

test('the kubelet is upgraded: its program is another file, and says another version', () =>
  on(async ({ host, ground, root, says }) => {
    says.kubelet = '1.37.3';
    writeFileSync(join(root, '/usr/bin/kubelet.new'), 'another program\n');
    renameSync(join(root, '/usr/bin/kubelet.new'), join(root, '/usr/bin/kubelet'));
    assert.equal((await findShift(host, ground))?.said, '/usr/bin/kubelet is kubelet 1.37.3 now, and was 1.37.2');
  }));

test('a program of the same size and version, written later, was replaced', () =>
  on(async ({ host, ground, root }) => {
    utimesSync(join(root, '/usr/bin/kubelet'), 1, 1);
    assert.equal((await findShift(host, ground))?.said, '/usr/bin/kubelet was replaced');
    rmSync(join(root, '/usr/bin/kubelet'));
    assert.equal((await findShift(host, ground))?.said, '/usr/bin/kubelet is gone');
  }));

test('the runtime is upgraded', () =>
  on(async ({ host, ground, says }) => {
    says.runtime = '2.5.0';
    assert.deepEqual(await findShift(host, ground), { said: 'the container runtime is containerd 2.5.0 now, and was containerd 2.4.2', upgrade: true });
  }));

test('the mount of a directory is gone', () =>
  on(async ({ host, ground, says }) => {
    const mounted = { ...ground, mounts: { '/srv/pods/static': '/srv/pods' } };
    assert.equal((await findShift(host, mounted))?.said, '/srv/pods is no longer mounted');
    says.mount = { ...says.mount, point: '/srv/pods' };
    assert.equal(await findShift(host, mounted), undefined);
  }));

test('a plan of an earlier version knows of no program, runtime, unit files or mounts, and is checked for the rest', () =>
  on(async ({ host, ground, root, says }) => {
    const { program: _, runtime: __, unitFiles: ___, mounts: ____, ...early } = ground;
    Object.assign(says, { runtime: '2.5.0', dropIns: [] });
    assert.equal(await findShift(host, early), undefined);
    appendFileSync(join(root, '/var/lib/kubelet/config.yaml'), '#\n');
    assert.notEqual(await findShift(host, early), undefined);
  }));

test('the errors: stale before anything has begun, changed meanwhile after; an upgrade is told as one', () =>
  on(async ({ host, ground, says }) => {
    says.runtime = '2.5.0';
    const plan = { ground, steps: [] } as unknown as Plan;
    await assert.rejects(refuseStale(host, plan), (error: KcfgError) => error.code === 'stale-plan' && /containerd 2\.5\.0 now/.test(error.message));
    await assert.rejects(refuseForeignWriter(host, plan), (error: KcfgError) => error.code === 'changed-meanwhile' && /an upgrade is at work/.test(error.notes[0] ?? ''));
  }));

const copy = { name: 'etcd.yaml', from: `${MANIFESTS}/etcd.yaml`, sha256: 'old', edits: [], result: 'pinned', mode: 0o600, uid: 0, gid: 0, mtimeNs: '0' };
const made = { mode: 0o644, uid: 0, gid: 0 };
function after(steps: Step[], ground: Partial<Ground> = {}): Ground {
  return groundBeforeRestart({ steps, ground: { unit: 'kubelet.service', files: {}, directories: {}, ...ground } });
}

test('what the change does itself before the restart is no shift: copies, edits, files made and set aside', () => {
  const { files, directories } = after(
    [
      { kind: 'make-directory', path: '/etc/new', create: made, files: [copy] },
      { kind: 'edit-config', path: '/d/20.conf', sha256: '', edits: [], result: 'made', field: 'maxPods', line: 1, create: made },
      { kind: 'set-aside', path: '/d/10.conf', why: '' },
      { kind: 'restart-kubelet' },
    ],
    { files: { '/d/10.conf': 'x' }, directories: { '/etc/new': null, '/d': ['10.conf'] } },
  );
  assert.deepEqual(files, { '/etc/new/etcd.yaml': 'pinned', '/d/20.conf': 'made', '/d/10.conf': null });
  assert.deepEqual(directories, { '/etc/new': ['etcd.yaml'], '/d': ['20.conf'] });
});

test('what it does after the restart is not expected before it', () => {
  const { files, directories } = after(
    [{ kind: 'stop-kubelet' }, { kind: 'set-aside', path: '/d/10.conf', why: '' }, { kind: 'start-kubelet' }, { kind: 'remove-directory', path: '/d', entries: [] }],
    { files: { '/d/10.conf': 'x' }, directories: { '/d': ['10.conf'] } },
  );
  assert.deepEqual({ files, directories }, { files: { '/d/10.conf': 'x' }, directories: { '/d': ['10.conf'] } });
});

test('a directory that takes the place of a link has the copies alone; one that goes before the restart is gone', () => {
  const replaced = after([{ kind: 'make-directory', path: '/m', replaces: '/n', create: made, files: [copy] }, { kind: 'restart-kubelet' }], { directories: { '/m': ['old.yaml'] } });
  assert.deepEqual(replaced.directories, { '/m': ['etcd.yaml'] });
  const gone = after([{ kind: 'remove-directory', path: '/d', entries: [] }, { kind: 'restart-kubelet' }], { directories: { '/d': [] } });
  assert.deepEqual(gone.directories, { '/d': null });
});
