/**
 * The texts that a component's manifest may be given so that it runs again, the best first. Read only; the API server is asked only
 * for what nothing on the node has. What is there already is no candidate: a mended text comes from the diagnosis.
 */
import type { Evidence } from '../doctor/evidence.ts';
import type { Host } from '../host/host.ts';
import { readManifest } from '../manifests/manifest.ts';
import { judgeManifest, readManifestText } from '../manifests/rules/judge-manifest.ts';
import { hostPaths } from '../manifests/rules/volumes.ts';
import { observeManifest } from '../node/manifest-facts.ts';
import { readKubeconfig } from '../node/kubeconfig.ts';
import type { Candidate, Found } from './candidates/candidate.ts';
import { fromElsewhere } from './candidates/elsewhere.ts';
import { certificatesOf, differences, fit } from './candidates/fit.ts';
import { groundOf, type RenderedText } from './candidates/ground.ts';
import { fromHistory } from './candidates/history.ts';
import { fromKubeadmBackups } from './candidates/kubeadm-backups.ts';
import { fromLastContainer } from './candidates/last-container.ts';
import { fromMirrorPod } from './candidates/mirror-pod.ts';
import { changedLines, inOrder, type Measured, withoutDoubles } from './candidates/order.ts';
import type { LastRun } from './candidates/last-runs.ts';
import { unpinnedOf } from './candidates/unpinned.ts';
import { certificateNames } from './render/find-parameters.ts';

export type { Candidate } from './candidates/candidate.ts';

/** `pod`: its name in the manifest, such as 'etcd'. */
export async function findCandidates(host: Host, evidence: Evidence, pod: string): Promise<Candidate[]> {
  const { runs, images, rendered } = await groundOf(host, evidence);
  const entry = evidence.directory.entries.find((each) => each.pod?.name === pod) ?? evidence.directory.entries.find((each) => each.pod === undefined && each.name.startsWith(`${pod}.`));
  const written = entry === undefined ? undefined : await host.files.read(entry.path).catch(() => undefined);
  const present = entry === undefined || written === undefined ? undefined : (unpinnedOf(entry.path, written, pod) ?? written);
  const own = [...runs.values()].filter((run) => run.pod === pod);
  const anew = rendered(pod);
  const texts = [...(present === undefined || entry === undefined ? [] : [{ file: entry.path, bytes: present, doubts: [] }]), ...(anew === undefined ? [] : [anew])];
  const found = [
    ...(await fromHistory(host, pod)),
    ...(await fromElsewhere(host, evidence.directory, pod)),
    ...(await fromKubeadmBackups(host, pod)),
    ...fromLastContainer(own, texts),
    ...(anew === undefined ? [] : [renderedNow(anew, evidence.at)]),
  ];
  const measured = await measure(host, evidence, pod, { found, present, own, images });
  if (measured.some(({ fits }) => fits === 'fits')) return inOrder(measured, present !== undefined);
  const mirror = await fromMirrorPod(host, await serversOf(host, evidence), evidence.kubelet.kubeconfig, { name: pod, namespace: namespaceOf(evidence, pod), fullName: `${pod}-${evidence.node.name}` }, evidence.at);
  return inOrder(mirror.length === 0 ? measured : await measure(host, evidence, pod, { found: [...found, ...mirror], present, own, images }), present !== undefined);
}

interface Looked {
  found: readonly Found[];
  present: Buffer | undefined;
  own: readonly LastRun[];
  images: readonly string[] | undefined;
}

async function measure(host: Host, evidence: Evidence, pod: string, { found, present, own, images }: Looked): Promise<Measured[]> {
  const version = evidence.kubelet.version === undefined ? {} : { version: evidence.kubelet.version };
  const surroundings = { kubelet: version, pods: [], directory: { path: evidence.directory.path, entries: [] } };
  // what ended at once says nothing of what is right; etcd may have changed its data all the same
  const ran = new Map(own.filter(({ short }) => pod === 'etcd' || !short).map((run) => [run.container, run]));
  const measured: Measured[] = [];
  for (const { candidate, same } of withoutDoubles(found)) {
    const { bytes, doubts, ...rest } = candidate;
    if (present?.equals(bytes) === true) continue;
    const file = `${evidence.directory.path}/${pod}.yaml`;
    const facts = { ...(await observeManifest(host, surroundings, bytes)), pod: { name: pod, namespace: namespaceOf(evidence, pod) } };
    const manifest = readManifest(file, bytes);
    const names = new Map<string, string[]>();
    for (const path of certificatesOf(manifest)) names.set(path, await certificateNames(host, path));
    const member = pod === 'etcd' ? await hasMember(host, bytes) : undefined;
    const { fits, why } = fit(
      manifest,
      {
        findings: judgeManifest(file, bytes, facts),
        ...(images === undefined ? {} : { images }),
        ...(evidence.kubelet.version === undefined ? {} : { kubeletVersion: evidence.kubelet.version }),
        ran,
        addresses: evidence.host.addresses,
        names,
        ...(member === undefined ? {} : { member }),
      },
      doubts,
    );
    const differs = differences(manifest, ran);
    measured.push({ ...rest, bytes, fits, why: [...why, ...(same.length === 0 ? [] : [`also: ${same.join(', ')}`])], changedLines: changedLines(present, bytes), ...(differs === undefined ? {} : { differs }) });
  }
  return measured;
}

/** kubeadm's are in kube-system. */
function namespaceOf(evidence: Evidence, pod: string): string {
  return evidence.pods.find(({ name }) => name === pod)?.namespace ?? 'kube-system';
}

/** Of the directories of the node that it mounts, one has what etcd makes at its first start. */
async function hasMember(host: Host, bytes: Uint8Array): Promise<boolean | undefined> {
  const yaml = readManifestText('', bytes);
  if ('id' in yaml) return undefined;
  const paths = hostPaths({ yaml, facts: {} }).filter((path) => !path.startsWith('/etc/'));
  for (const path of paths) {
    const there = await host.files.target(`${path}/member`).catch(() => undefined);
    if (there?.kind === 'directory') return true;
  }
  return paths.length === 0 ? undefined : false;
}

function renderedNow({ bytes, by, doubts }: RenderedText, at: string): Found {
  return { source: 'rendered', title: 'rendered from this node', from: by === 'kubeadm' ? "the node's own kubeadm" : "kcfg's templates", at, bytes, doubts: [...doubts] };
}

/** The node's own first: the kubelet's, then the one that the controller manager has. */
async function serversOf(host: Host, evidence: Evidence): Promise<string[]> {
  const servers = await Promise.all([evidence.kubelet.kubeconfig, '/etc/kubernetes/admin.conf', '/etc/kubernetes/controller-manager.conf'].map((path) => readKubeconfig(host, path).catch(() => undefined)));
  return servers.flatMap((each) => (each?.server.startsWith('https://') === true ? [each.server] : []));
}
