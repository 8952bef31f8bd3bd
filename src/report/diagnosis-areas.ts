/** One line for each part of a node that is well: what a healthy page of the doctor says. */
import type { Evidence } from '../doctor/evidence.ts';
import { count, day } from './format.ts';

/** Areas in the order of causes; those of which nothing is known are left out. */
export function areas(evidence: Evidence): [area: string, words: string][] {
  const { host, runtime, kubelet, directory, pods, etcd, api, node } = evidence;
  const found: [string, string][] = [];
  const disk = host.disks.filter(({ totalBytes }) => totalBytes !== undefined).map(({ freeBytes, totalBytes = 1 }) => Math.round(100 - (100 * freeBytes) / totalBytes));
  const machine = [...(disk.length > 0 ? [`disk ${Math.max(...disk)}% full`] : []), ...(host.swap === undefined ? [] : [host.swap ? 'swap on' : 'swap off']), ...(host.cgroup === undefined ? [] : [`cgroup v${host.cgroup}`])];
  if (machine.length > 0) found.push(['host', machine.join(', ')]);
  if (runtime?.answers) found.push(['runtime', `${runtime.name ?? ''} ${(runtime.version ?? '').replace(/^v/, '')}`.trim()]);
  found.push(['kubelet', `${kubelet.version ?? ''}${kubelet.version === undefined ? '' : ', '}configuration valid${node.live ? ' and in force' : ''}`]);
  const own = pods.filter(({ file }) => file !== undefined);
  const pinned = directory.entries.filter(({ pod }) => pod?.pinned === true).length;
  const files = directory.entries.filter(({ pod }) => pod !== undefined).length;
  if (kubelet.staticPodPath === '') found.push(['static pods', 'none, by its configuration']);
  else found.push(['static pods', node.live ? `${own.filter(({ state }) => state === 'up').length} of ${own.length} up, ${count(files, 'file')}, each read${pinned === 0 ? '' : `, ${pinned} pinned`}` : `${count(files, 'manifest')}, each can be read`]);
  if (etcd !== undefined && etcd.healthy !== undefined) found.push(['etcd', `${etcd.members === undefined ? '' : `${(etcd.connected ?? 0) + 1} of ${count(etcd.members, 'member')} connected, `}${etcd.healthy ? 'healthy' : 'not healthy'}`]);
  if (api !== undefined) found.push(['API server', api.status === 200 ? `ready, answered in ${Math.round(api.ms)} ms` : 'not ready']);
  const first = firstToExpire(evidence);
  if (first !== undefined) found.push(['certificates', first]);
  return found.map(([area, words]): [string, string] => [area, words.replace(/, $/, '')]).filter(([, words]) => words !== '');
}

function firstToExpire({ certificates, at }: Evidence): string | undefined {
  const [first] = certificates.filter(({ ca, role }) => !ca && role !== 'kubelet client').sort((a, b) => Date.parse(a.notAfter) - Date.parse(b.notAfter));
  if (first === undefined) return undefined;
  const days = Math.floor((Date.parse(first.notAfter) - Date.parse(at)) / 86_400_000);
  return `first to expire: ${first.file.slice(first.file.lastIndexOf('/') + 1)}, ${day(new Date(first.notAfter))}, in ${count(days, 'day')}`;
}
