/**
 * Manifests of the control plane that lie where the kubelet does not look: moved away for a moment and forgotten, or in the
 * directory of before. A few places where people and kubeadm put them, one level deep; files are opened by name and size.
 */
import { KUBEADM_DIRECTORY } from '../../plan/kubeadm/instance-config.ts';
import { posix } from 'node:path';
import { KcfgError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import { readManifest } from '../../manifests/manifest.ts';
import type { Directory } from '../../node/observed.ts';
import { CONTROL_PLANE } from '../components.ts';
import type { DirectoryFacts } from '../evidence.ts';

const PLACES = ['/root', '/tmp', '/var/tmp', '/etc/kubernetes', '/opt'];
const MOST = 200;
const LARGEST = 64 * 1024;
/** Two of kubeadm's four make a directory of a control plane. */
const ENOUGH = 2;

export async function findElsewhere(host: Host, directory: Directory): Promise<Pick<DirectoryFacts, 'others' | 'elsewhere'>> {
  const present = new Set(directory.entries.flatMap(({ manifest }) => manifest?.name ?? []));
  // all there: nothing is looked for, but for kubeadm's own directory, which may hold others
  const complete = CONTROL_PLANE.every((name) => present.has(name));
  const places = [KUBEADM_DIRECTORY, ...(complete ? [] : PLACES)];
  const found: NonNullable<DirectoryFacts['elsewhere']> = [];
  for (const place of places) {
    found.push(...(await manifestsIn(host, place, directory)));
    if (place === KUBEADM_DIRECTORY || complete) continue;
    const names = (await host.files.list(place).catch(() => undefined)) ?? [];
    for (const name of names.slice(0, MOST)) {
      const path = `${place}/${name}`;
      if (path !== KUBEADM_DIRECTORY && !/^(pki|tmp)$/.test(name) && (await host.files.info(path).catch(() => undefined))?.kind === 'directory') found.push(...(await manifestsIn(host, path, directory)));
    }
  }
  const directories = [...new Set(found.map(({ path }) => posix.dirname(path)))];
  const others = directories.map((path) => ({ path, pods: [...new Set(found.filter((each) => posix.dirname(each.path) === path).map(({ pod }) => pod))] })).filter(({ pods }) => pods.length >= ENOUGH);
  return { ...(others.length === 0 ? {} : { others }), ...(found.length === 0 ? {} : { elsewhere: found.sort((a, b) => b.changedAt.localeCompare(a.changedAt)) }) };
}

async function manifestsIn(host: Host, place: string, directory: Directory): Promise<NonNullable<DirectoryFacts['elsewhere']>> {
  const real = await host.files.resolve(place).catch(() => undefined);
  if (real === undefined || real === directory.real) return [];
  const names = (await host.files.list(place).catch(() => undefined)) ?? [];
  const found: NonNullable<DirectoryFacts['elsewhere']> = [];
  for (const name of names.filter((each) => /\.(ya?ml|json)/.test(each) && !each.startsWith('.')).slice(0, MOST)) {
    const path = `${place}/${name}`;
    const info = await host.files.target(path).catch(() => undefined);
    if (info?.kind !== 'file' || info.size > LARGEST || info.size === 0) continue;
    const pod = await podIn(host, path);
    if (pod !== undefined) found.push({ path, pod, changedAt: new Date(Number(BigInt(info.mtimeNs) / 1_000_000n)).toISOString() });
  }
  return found;
}

async function podIn(host: Host, path: string): Promise<string | undefined> {
  try {
    const bytes = await host.files.read(path);
    const name = bytes === undefined ? undefined : readManifest(path, bytes).name;
    return CONTROL_PLANE.find((each) => each === name);
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}
