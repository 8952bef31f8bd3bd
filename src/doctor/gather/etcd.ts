/**
 * etcd's data as it lies on the disk, and what etcd says of itself without a client certificate. Nothing of the data is opened:
 * names, sizes, owner and mode tell enough, and its own tools tell the rest.
 */
import { posix } from 'node:path';
import { KcfgError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import type { FieldPath } from '../../kubelet/field-path.ts';
import { nodesAt } from '../../kubelet/rules/place.ts';
import { editAt, positionOf } from '../../kubelet/source.ts';
import { rangeOf } from '../../kubelet/yaml.ts';
import { flagOf, flagsOf } from '../../manifests/rules/arguments.ts';
import { type Case, type Container, containersOf, programOf, valueAt } from '../../manifests/rules/case.ts';
import { readManifestText } from '../../manifests/rules/judge-manifest.ts';
import { holderOf, type Mount, mountsOf, onHost, volumePath } from '../../manifests/rules/mounts.ts';
import { etcdHealthy } from '../../node/api-server.ts';
import { etcdIn } from '../../node/etcd.ts';
import type { EntryFacts } from '../evidence.ts';
import type { EtcdFacts } from '../pki/evidence.ts';

/** Where etcd keeps its data without --data-dir: NAME.etcd, in its working directory (etcd embed/config.go). */
const DEFAULT_NAME = 'default';

/** Undefined where the entry is no manifest of etcd. `client`: the API server's. */
export async function gatherEtcd(host: Host, entry: Pick<EntryFacts, 'path'>, client?: Pick<EntryFacts, 'path' | 'sha256'>): Promise<EtcdFacts | undefined> {
  const bytes = await host.files.read(entry.path).catch(unreadable);
  const yaml = bytes === undefined ? undefined : readManifestText(entry.path, bytes);
  if (yaml === undefined || 'id' in yaml) return undefined;
  const subject: Case = { yaml, facts: {} };
  const container = containersOf(subject).find((one) => programOf(one) === 'etcd' || one.name === 'etcd');
  if (container === undefined) return undefined;
  const dataDirectory = flagOf(container, 'data-dir')?.value ?? `${flagOf(container, 'name')?.value ?? DEFAULT_NAME}.etcd`;
  const mounts = mountsOf(subject, container);
  const mount = holderOf(mounts, dataDirectory);
  // where the directory is in none, it is kubeadm's own that was meant
  const meant = mount ?? mounts.find(({ volume }) => volume === 'etcd-data');
  const hostDirectory = mount && onHost(mount, dataDirectory);
  return {
    dataDirectory,
    member: false,
    runAs: userOf(subject, container).uid,
    ...(await keyOwner(host, flagOf(container, 'key-file')?.value)),
    places: placesOf(subject, container, meant),
    ...(client === undefined ? {} : await serversOf(host, client)),
    ...(meant === undefined ? {} : { mountPath: meant.mountPath }),
    ...(hostDirectory === undefined ? await likeData(host, meant?.host ?? '/var/lib/none') : { hostDirectory, ...(await onDisk(host, hostDirectory)) }),
    ...(host.live ? await said(host, flagOf(container, 'listen-metrics-urls')?.value) : {}),
  };
}

function unreadable(error: unknown): undefined {
  if (error instanceof KcfgError) return undefined;
  throw error;
}

/** Its flags, the path of the volume that its data is in, and its user. */
function placesOf(subject: Case, container: Container, mount: Mount | undefined): NonNullable<EtcdFacts['places']> {
  const places: NonNullable<EtcdFacts['places']> = {};
  const put = (name: string, path: FieldPath): void => {
    const { value } = nodesAt(subject.yaml, path);
    if (value === undefined) return;
    const [start, end] = rangeOf(value);
    const { offset, remove } = editAt(subject.yaml.source, start, end, '');
    places[name] = { ...positionOf(subject.yaml.source, start), offset, length: remove };
  };
  for (const { name, path, valuePath } of flagsOf(container)) if (valuePath === undefined) put(name, path);
  const volume = mount && volumePath(subject, mount.volume);
  if (volume !== undefined && mount?.host !== undefined) put('hostPath', [...volume, 'hostPath', 'path']);
  const user = userOf(subject, container).path;
  if (user !== undefined) put('runAsUser', user);
  return places;
}

async function serversOf(host: Host, { path, sha256 }: Pick<EntryFacts, 'path' | 'sha256'>): Promise<Pick<EtcdFacts, 'servers'>> {
  const bytes = await host.files.read(path).catch(unreadable);
  const yaml = bytes === undefined ? undefined : readManifestText(path, bytes);
  if (yaml === undefined || 'id' in yaml || sha256 === undefined) return {};
  const subject: Case = { yaml, facts: {} };
  const container = containersOf(subject).find((one) => programOf(one) === 'kube-apiserver');
  const place = container && placesOf(subject, container, undefined)['etcd-servers'];
  return place === undefined ? {} : { servers: { file: path, sha256, place } };
}

/** The container's own comes before the pod's. */
function userOf({ yaml }: Case, container: Container): { uid: number; path?: FieldPath } {
  const paths: FieldPath[] = [[...container.path, 'securityContext', 'runAsUser'], ['spec', 'securityContext', 'runAsUser']];
  for (const path of paths) {
    const uid = valueAt(yaml.value, path);
    if (typeof uid === 'number') return { uid, path };
  }
  return { uid: 0 };
}

/** Its path in the container is the node's, in kubeadm's manifests. */
async function keyOwner(host: Host, file: string | undefined): Promise<Pick<EtcdFacts, 'keyUid'>> {
  const info = file === undefined ? undefined : await host.files.target(file).catch(unreadable);
  return info === undefined ? {} : { keyUid: info.uid };
}

async function onDisk(host: Host, directory: string): Promise<Partial<EtcdFacts>> {
  const info = await host.files.target(directory).catch(unreadable);
  const others = await likeData(host, directory);
  if (info === undefined) return { member: false, ...others };
  const kind = info.kind === 'file' || info.kind === 'directory' ? info.kind : 'other';
  const own = { kind, mode: info.mode, uid: info.uid, ...others } as const;
  if (kind !== 'directory') return { ...own, member: false };
  const made = await host.files.target(`${directory}/member`).catch(unreadable);
  const member = made?.kind === 'directory';
  const begun = made === undefined ? {} : { begunAt: new Date(Number(BigInt(made.mtimeNs) / 1_000_000n)).toISOString() };
  const free = await host.files.free(directory).catch(unreadable);
  return { ...own, member, ...(free === undefined ? {} : { freeBytes: free }), ...(member ? { ...begun, ...(await memberOf(host, `${directory}/member`)) } : {}) };
}

/** member/snap/db, the newest member/snap/TERM-INDEX.snap by name, and the files of member/wal (etcd server storage, api/snap). */
async function memberOf(host: Host, member: string): Promise<Partial<EtcdFacts>> {
  const path = `${member}/snap/db`;
  const db = await host.files.target(path).catch(unreadable);
  const snapshot = (await host.files.list(`${member}/snap`).catch(unreadable))?.filter((name) => name.endsWith('.snap')).at(-1);
  const logs = (await host.files.list(`${member}/wal`).catch(unreadable))?.filter((name) => name.endsWith('.wal')).length;
  return { ...(db?.kind === 'file' ? { database: { path, bytes: db.size } } : {}), ...(snapshot === undefined ? {} : { snapshot }), ...(logs === undefined ? {} : { logs }) };
}

/** Beside it, with etcd in their names: where a restore may have put its data. */
async function likeData(host: Host, directory: string): Promise<Pick<EtcdFacts, 'others'>> {
  const parent = posix.dirname(directory);
  const names = new Set([...((await host.files.list(parent).catch(unreadable)) ?? []).map((name) => `${parent === '/' ? '' : parent}/${name}`), '/var/lib/etcd']);
  const others: NonNullable<EtcdFacts['others']> = [];
  for (const path of [...names].filter((one) => one !== directory && posix.basename(one).includes('etcd')).slice(0, 20)) {
    if ((await host.files.target(`${path}/member`).catch(unreadable))?.kind !== 'directory') continue;
    others.push({ path, bytes: (await host.files.target(`${path}/member/snap/db`).catch(unreadable))?.size ?? 0 });
  }
  return others.length === 0 ? {} : { others };
}

async function said(host: Host, urls: string | undefined): Promise<Partial<EtcdFacts>> {
  const url = urls?.split(',').find((one) => one.startsWith('http://'));
  if (url === undefined) return {};
  const [healthy, metrics] = await Promise.all([etcdHealthy(host, url), host.http({ url: `${url}/metrics`, timeout: 1000 })]);
  const view = metrics.status === 200 ? etcdIn(metrics.body) : undefined;
  const number = (name: string): number | undefined => {
    const text = new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics.body)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const [quotaBytes, databaseBytes] = [number('etcd_server_quota_backend_bytes'), number('etcd_mvcc_db_total_size_in_bytes')];
  return { ...(healthy === undefined ? {} : { healthy }), ...view, ...(quotaBytes === undefined ? {} : { quotaBytes }), ...(databaseBytes === undefined ? {} : { databaseBytes }) };
}
