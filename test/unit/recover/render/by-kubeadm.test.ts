/** What kcfg makes of the node's kubeadm: where it may write, what is taken from it, and that nothing of it stays. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Host, RunResult } from '../../../../src/host/host.ts';
import { openHost } from '../../../../src/host/machine.ts';
import { COMPONENTS } from '../../../../src/recover/render/parameters.ts';
import { renderManifests } from '../../../../src/recover/render/render.ts';
import { nodesOf } from '../../../fixtures/kubeadm-manifests/nodes.ts';

const first = nodesOf('1.37.2').first ?? assert.fail();
const says = (more: Partial<RunResult>): RunResult => ({ exitCode: 0, stdout: '', stderr: '', timedOut: false, missing: false, ...more });

/** A tree in which `phase` stands for `kubeadm init phase …`; it gets the directory that kubeadm may write to. */
async function withKubeadm(phase: (out: string, argv: readonly string[]) => RunResult, body: (host: Host, root: string) => Promise<void>, version = 'v1.37.2\n'): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-render-'));
  try {
    mkdirSync(join(root, 'usr/bin'), { recursive: true });
    mkdirSync(join(root, 'run'));
    writeFileSync(join(root, 'usr/bin/kubeadm'), '');
    const tree = await openHost({ root });
    const run: Host['run'] = async (argv, options) => (argv.includes('version') ? says({ stdout: version }) : phase(join(root, options?.env?.KUBEADM_INIT_DRYRUN_DIR ?? assert.fail('kubeadm may write to /etc/kubernetes')), argv));
    await body({ ...tree, live: true, run }, root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
const write = (directory: string, ...names: string[]): void => {
  mkdirSync(directory, { recursive: true });
  for (const name of names) writeFileSync(join(directory, name), name);
};

test('its manifests are taken, wherever below its directory it puts them, and the directory goes', async () => {
  for (const below of ['', 'tmp/kubeadm-init-dryrun1']) {
    const phases: string[] = [];
    const phase = (out: string, argv: readonly string[]): RunResult => {
      assert.ok(argv.includes('--dry-run'));
      phases.push(argv.slice(3, 5).join(' '));
      write(join(out, below), ...(argv.includes('etcd') ? ['etcd.yaml'] : ['kube-apiserver.yaml', 'kube-controller-manager.yaml', 'kube-scheduler.yaml']));
      return says({});
    };
    await withKubeadm(phase, async (host, root) => {
      const { by, manifests } = await renderManifests(host, first);
      assert.equal(by, 'kubeadm');
      assert.deepEqual([...manifests.keys()].sort(), COMPONENTS.map((name) => `${name}.yaml`));
      assert.equal(manifests.get('etcd.yaml')?.toString(), 'etcd.yaml');
      assert.deepEqual(phases, ['control-plane all', 'etcd local']);
      assert.deepEqual(readdirSync(join(root, 'run/kcfg/render')), []);
      assert.ok(!existsSync(join(root, 'etc')));
    });
  }
});

test('a kubeadm that refuses, or leaves one out, is told, and the templates serve', async () => {
  const refusal = 'this version of kubeadm only supports deploying clusters with the control plane version >= 1.36.0. Current version: v1.30.4';
  const cases: [() => RunResult, RegExp][] = [
    [() => says({ exitCode: 1, stderr: `${refusal}\nTo see the stack trace of this error execute with --v=5 or higher\n` }), /kubeadm refuses: this version of kubeadm only supports/],
    [() => says({}), /kubeadm rendered no etcd, kube-apiserver/],
  ];
  for (const [phase, words] of cases) {
    await withKubeadm(phase, async (host, root) => {
      const rendered = await renderManifests(host, first);
      assert.equal(rendered.by, 'templates');
      assert.match(rendered.words ?? '', words);
      assert.match(rendered.manifests.get('etcd.yaml')?.toString() ?? '', /--initial-cluster=cp1=https:\/\/10\.9\.8\.7:2380/);
      assert.deepEqual(readdirSync(join(root, 'run/kcfg/render')), []);
    });
  }
});

test('with --root no program runs', async () => {
  await withKubeadm(() => assert.fail('it ran'), async (host) => {
    assert.deepEqual([(await renderManifests({ ...host, live: false }, first)).words], ['no program runs from a tree']);
  });
});
