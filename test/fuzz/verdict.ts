/**
 * What the doctor says of a tree with one slip in it, as on a node whose kubelet has just been started again and has made no
 * container yet: what it reads are files, the runtime's images and the machine's addresses.
 */
import { cpus } from 'node:os';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { Cause } from '../../src/doctor/cause.ts';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { DirectoryFacts, Evidence } from '../../src/doctor/evidence.ts';
import { gather } from '../../src/doctor/gather/gather.ts';
import { gatherManifests } from '../../src/doctor/gather/manifests.ts';
import { openHost } from '../../src/host/machine.ts';
import { loadFields } from '../../src/kubelet/fields/load.ts';
import { judge } from '../../src/kubelet/rules/judge.ts';
import { observeDirectory } from '../../src/node/directory.ts';
import { ADDRESS, CONFIG, ENDPOINT, NODE } from './node.ts';

const ADDRESSES = [ADDRESS, '127.0.0.1', '::1'];
export type Ask = (file: string, bytes: Buffer) => Promise<Cause[]>;

/** `tree` is the doctor's own: a file is written, looked at, and put back. One at a time. */
export async function openDoctor(tree: string, version: string, images: readonly string[]): Promise<Ask> {
  const host = await openHost({ root: tree });
  const fields = await loadFields(version);
  const facts = { cpus: cpus().length, swap: false, standalone: false, numaNodes: [0], cgroup: 1 as const, addresses: ADDRESSES, exists: (path: string): boolean => statSync(`${tree}${path}`, { throwIfNoEntry: false }) !== undefined };
  const look = async (): Promise<Cause[]> => {
    const seen = await gather(host, 'fuzz');
    const config = await host.files.read(CONFIG);
    const findings = config === undefined ? [] : judge(fields, { config: { file: CONFIG, bytes: config }, dropIns: [], flags: [], facts });
    const listed = await observeDirectory(host, seen.kubelet.staticPodPath);
    const directory: DirectoryFacts = { ...seen.directory, ...(await gatherManifests(host, listed, { kubelet: { version }, directory: listed, pods: [], addresses: ADDRESSES, images })) };
    return diagnose({ ...seen, ...around(seen, version, images, directory), kubelet: { ...seen.kubelet, version, findings, healthy: true }, directory }).causes;
  };
  let before: Promise<unknown> = Promise.resolve();
  return (file, bytes) => {
    const mine = before.then(async () => {
      const healthy = readFileSync(`${tree}${file}`);
      writeFileSync(`${tree}${file}`, bytes);
      return await look().finally(() => writeFileSync(`${tree}${file}`, healthy));
    });
    before = mine.catch(() => {});
    return mine;
  };
}

function around(seen: Evidence, version: string, images: readonly string[], directory: DirectoryFacts): Partial<Evidence> {
  const later = Number(version.split('.')[1]) >= 31;
  const value = seen.kubelet.settings?.containerRuntimeEndpoint?.value;
  const endpoint = later && typeof value === 'string' ? value : ENDPOINT;
  const there = endpoint === ENDPOINT;
  return {
    node: { hostname: NODE, name: NODE, live: true, sandbox: false },
    host: { ...seen.host, addresses: ADDRESSES, swap: false, cgroup: 1 },
    unit: { name: 'kubelet.service', load: 'loaded', active: 'active', sub: 'running', result: 'success', file: 'enabled', needsReload: false, restarts: 0, argv: ['/usr/bin/kubelet', `--config=${CONFIG}`, '--kubeconfig=/etc/kubernetes/kubelet.conf'], sources: [], program: 'runs' },
    runtime: { endpoint, answers: there, images: [...images], socket: there ? 'socket' : endpoint.startsWith('unix:///') ? 'missing' : 'none', sockets: [ENDPOINT] },
    pods: directory.entries.flatMap(({ name, pod }) => (pod === undefined ? [] : [{ name: pod.name, namespace: pod.namespace, fullName: `${pod.name}-${NODE}`, file: name, state: 'absent' as const, sandboxes: [], containers: [] }])),
  };
}
