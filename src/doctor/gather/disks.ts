/**
 * Room on the disks that kubelet, runtime, etcd and logs write to. GNU df gives size and inodes of all in one call
 * (statfs(2) behind it); where it does not answer, the free bytes alone are known.
 */
import type { Host } from '../../host/host.ts';
import type { DiskFacts } from '../machine-evidence.ts';

/** The more telling name first: of several on one disk it is the one that is told. */
const WRITTEN = ['/var/lib/kubelet', '/var/lib/etcd', '/var/lib/containerd', '/var/log', '/etc/kubernetes', '/'];
const DF_TIMEOUT_MS = 2000;

export async function gatherDisks(host: Host): Promise<DiskFacts[]> {
  const disks: (DiskFacts & { point: string })[] = [];
  for (const path of WRITTEN) {
    if ((await host.files.target(path).catch(() => undefined)) === undefined) continue;
    const mount = await host.files.mount(path).catch(() => undefined);
    const point = mount?.point ?? path;
    if (disks.some((disk) => disk.point === point)) continue;
    const freeBytes = await host.files.free(path).catch(() => undefined);
    if (freeBytes !== undefined) disks.push({ path, point, freeBytes });
  }
  const sizes = host.live && !host.sandbox && disks.length > 0 ? await sizesOf(host, disks.map(({ path }) => path)) : [];
  return disks.map(({ path, freeBytes }, index) => ({ path, freeBytes, ...sizes[index] }));
}

async function sizesOf(host: Host, paths: readonly string[]): Promise<Omit<DiskFacts, 'path' | 'freeBytes'>[]> {
  const { exitCode, stdout } = await host.run(['df', '-B1', '--output=size,itotal,iavail', '--', ...paths], { timeout: DF_TIMEOUT_MS });
  const lines = stdout.trimEnd().split('\n').slice(1);
  if (exitCode !== 0 || lines.length !== paths.length) return [];
  return lines.map((line) => {
    const [size, inodes, free] = line.trim().split(/\s+/).map(Number);
    // btrfs counts no inodes, and says 0
    return { ...(size ? { totalBytes: size } : {}), ...(inodes ? { totalInodes: inodes, freeInodes: free ?? 0 } : {}) };
  });
}
