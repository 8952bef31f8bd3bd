/** Where a control plane without manifests gets them from, and what becomes of a text that does not fit. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { gather } from '../../src/doctor/gather/gather.ts';
import { openHost } from '../../src/host/machine.ts';
import { readManifest } from '../../src/manifests/manifest.ts';
import { type Candidate, findCandidates } from '../../src/recover/candidates.ts';
import { COMPONENTS, exits } from './compare.ts';
import type { SandboxNode } from './node.ts';
import { on } from './on-node.ts';

const HOME = '/etc/kubernetes/manifests';
const TMP = '/etc/kubernetes/tmp';

async function candidates(node: SandboxNode, pods: readonly string[] = COMPONENTS): Promise<Map<string, Candidate[]>> {
  const host = await openHost({ sandbox: node.dir });
  const evidence = await gather(host, '0.0.0');
  return new Map(await Promise.all(pods.map(async (pod) => [pod, await findCandidates(host, evidence, pod)] as const)));
}
const told = (found: readonly Candidate[] = []): string => found.map(({ source, title, fits, why }) => `${source}, ${title}: ${fits}; ${why.join('; ')}`).join('\n');
const commandOf = (bytes: Uint8Array): string[] => [...(readManifest('', bytes).containers[0]?.command ?? [])].sort();
const containerFlags = async (node: SandboxNode, pod: string): Promise<string[]> => [...((await node.containers()).find(({ name }) => name === pod)?.argv ?? [])].sort();
const writable = (node: SandboxNode, path: string, text: string): void => {
  mkdirSync(join(node.root, path, '..'), { recursive: true });
  writeFileSync(join(node.root, path), text);
};

describe('a directory of manifests that was deleted whole', () => {
  on('comes back from what the containers were started with', {}, async (node) => {
    const was = new Map(await Promise.all(COMPONENTS.map(async (pod) => [pod, await containerFlags(node, pod)] as const)));
    await node.program('systemctl', ['stop', 'kubelet']);
    rmSync(join(node.root, HOME), { recursive: true });
    const before = node.tree();
    for (const [pod, [best, ...others]] of await candidates(node)) {
      assert.equal(best?.source, 'last-container', told([...(best ? [best] : []), ...others]));
      assert.equal(best.fits, 'fits', told([best]));
      assert.deepEqual(commandOf(best.bytes), was.get(pod), pod);
    }
    assert.deepEqual(node.tree(), before, 'looking changes nothing');
  });

  on('comes back from kubeadm’s backup before anything that is made now, and from the API server or the templates without any of it', {}, async (node) => {
    const texts = new Map(readdirSync(join(node.root, HOME)).map((name) => [name, node.read(`${HOME}/${name}`)]));
    const backup = `${TMP}/kubeadm-backup-manifests-2026-10-13-08-02-11`;
    for (const [name, text] of texts) writable(node, `${backup}/${name}`, text);
    await node.program('systemctl', ['stop', 'kubelet']);
    rmSync(join(node.root, HOME), { recursive: true });
    for (const [pod, [best]] of await candidates(node)) {
      assert.equal(best?.source, 'kubeadm-backup', pod);
      assert.equal(best.fits, 'fits', told([best]));
      assert.equal(best.bytes.toString(), texts.get(`${pod}.yaml`), pod);
      assert.equal(best.at.slice(0, 7), '2026-10');
    }
    rmSync(join(node.root, TMP), { recursive: true });
    await node.program('systemctl', ['stop', 'containerd']);
    const found = await candidates(node);
    for (const pod of COMPONENTS) assert.deepEqual(found.get(pod)?.map(({ source }) => source), ['mirror-pod', 'rendered'], told(found.get(pod)));
    // a pretend node's etcd has a port of its own, which stands in no other file
    const flags = (bytes: Uint8Array | undefined): string[] => commandOf(bytes ?? Buffer.alloc(0)).filter((flag) => !flag.startsWith('--etcd-servers='));
    assert.deepEqual(flags(found.get('kube-apiserver')?.[1]?.bytes), flags(Buffer.from(texts.get('kube-apiserver.yaml') ?? '')));
    const rendered = found.get('kube-scheduler')?.[1];
    assert.equal(rendered?.bytes.toString(), texts.get('kube-scheduler.yaml'));
    assert.deepEqual([rendered?.fits, rendered?.why], ['doubtful', ['where its images come from is not known: registry.k8s.io']]);
  });
});

describe('a text that was right once', () => {
  on('is found in kcfg’s own history without its pin: as its last change left it, and before that', {}, async (node) => {
    const first = node.read(`${HOME}/kube-scheduler.yaml`);
    exits(await node.kcfg(['set', 'staticPodPath', '/etc/kubernetes/static', '--yes']), 0);
    const edited = first.replace('- --leader-elect=true', '- --leader-elect=true\n    - --v=3');
    exits(await node.kcfg(['edit', 'kube-scheduler', '--from', '-', '--yes'], { input: edited }), 0);
    await node.program('systemctl', ['stop', 'kubelet']);
    writeFileSync(join(node.root, '/etc/kubernetes/static/kube-scheduler.yaml'), edited.replace('kind: Pod', 'kind: Pid'));
    const found = (await candidates(node, ['kube-scheduler'])).get('kube-scheduler') ?? [];
    const [best, ...others] = found;
    assert.equal(best?.title, 'after change 2', told(found));
    assert.equal(best.bytes.toString(), edited);
    assert.equal(best.fits, 'fits', told(found));
    const old = others.find(({ title }) => title === 'before change 2');
    assert.equal(old?.bytes.toString(), first, told(found));
    assert.deepEqual([old.fits, old.why[0]], ['fits', '1 flag differs from what last ran'], told(found));
  });

  on('is not offered as fitting when it is of an older Kubernetes, of another node, or names a certificate that is gone', {}, async (node) => {
    const text = node.read(`${HOME}/kube-apiserver.yaml`);
    const image = /image: (.*)/.exec(text)?.[1] ?? '';
    const backups = {
      '2026-01-01-00-00-00': text.replace(image, image.replace(/:v1\.\d+\.\d+/, ':v1.29.9')),
      '2026-01-02-00-00-00': text.replace(/--tls-cert-file=.*/, '--tls-cert-file=/etc/kubernetes/pki/gone.crt'),
      '2026-01-03-00-00-00': text.replaceAll(/--advertise-address=.*/g, '--advertise-address=192.0.2.7'),
    };
    for (const [time, each] of Object.entries(backups)) writable(node, `${TMP}/kubeadm-backup-manifests-${time}/kube-apiserver.yaml`, each);
    writeFileSync(join(node.root, HOME, 'kube-apiserver.yaml'), text.replace('kind: Pod', 'kind: Pid'));
    const found = (await candidates(node, ['kube-apiserver'])).get('kube-apiserver') ?? [];
    const why = (time: string): string => {
      const one = found.find(({ from }) => from.includes(time));
      assert.equal(one?.fits, 'does not fit', told(found));
      return one.why.join('; ');
    };
    // the containers of before may be gone by then
    assert.match(why('2026-01-01'), /older than (what ran last: 1\.29\.9 after 1\.37|the kubelet, which is 1\.37\.2: 1\.29\.9)/);
    assert.match(why('2026-01-02'), /gone\.crt/);
    assert.match(why('2026-01-03'), /192\.0\.2\.7/);
  });
});
