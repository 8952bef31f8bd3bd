/** Paths that rules ask for: what settings of the kubelet name, whether it is there. */
import type { Host } from '../../host/host.ts';
import type { KubeletFacts, PathFacts } from '../evidence.ts';
import type { HostFacts } from '../machine-evidence.ts';
import { cgroupPath } from '../rules/kubelet-settings.ts';

export async function gatherPaths(host: Host, { settings }: KubeletFacts, { cgroup }: HostFacts): Promise<Record<string, PathFacts | null>> {
  const text = (name: string): string => (typeof settings?.[name]?.value === 'string' ? settings[name].value : '');
  const paths = new Set([text('resolvConf') || '/etc/resolv.conf', ...['kubeReservedCgroup', 'systemReservedCgroup'].flatMap((name) => (text(name) === '' || cgroup === undefined ? [] : [cgroupPath(text(name), cgroup)]))]);
  const found: Record<string, PathFacts | null> = {};
  for (const path of paths) {
    if (!path.startsWith('/')) continue;
    const info = await host.files.target(path).catch(() => null);
    if (info === undefined) found[path] = null;
    else if (info !== null) found[path] = { kind: info.kind === 'file' || info.kind === 'directory' ? info.kind : 'other', size: info.size, mode: info.mode, uid: info.uid };
  }
  return found;
}
