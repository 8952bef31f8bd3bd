/** Names of API servers in kubeconfigs, as this machine's resolver answers them: getent asks what every program asks. */
import type { Host } from '../../host/host.ts';

const FILES = ['/etc/kubernetes/kubelet.conf', '/etc/kubernetes/admin.conf', '/etc/kubernetes/controller-manager.conf', '/etc/kubernetes/scheduler.conf'];
/** A resolver that is away answers after 5 s or more; what takes longer than this is not known. */
const TIMEOUT_MS = 1500;

/** Names that need a resolver; one that did not answer in time is left out. */
export async function gatherNames(host: Host, kubeconfig: string): Promise<Record<string, string[]>> {
  const names = new Set<string>();
  for (const file of new Set([kubeconfig, ...FILES])) {
    const text = (await host.files.read(file).catch(() => undefined))?.toString('utf8') ?? '';
    for (const [, server = ''] of text.matchAll(/^\s*(?:-\s+)?server:\s*["']?(\S+?)["']?\s*$/gm)) {
      const name = nameIn(server);
      if (name !== undefined) names.add(name);
    }
  }
  const found: Record<string, string[]> = {};
  for (const name of names) {
    const { exitCode, stdout, missing, timedOut } = await host.run(['getent', 'ahosts', name], { timeout: TIMEOUT_MS });
    // 2: one or more keys could not be found (getent(1))
    if (missing || timedOut || (exitCode !== 0 && exitCode !== 2)) continue;
    found[name] = [...new Set(stdout.split('\n').flatMap((line) => line.split(/\s+/)[0] || []))];
  }
  return found;
}

/** The host of a URL; undefined for an address, and for what is no URL. */
export function nameIn(server: string): string | undefined {
  const host = /^https?:\/\/(\[[^\]]+\]|[^/:?#]+)/.exec(server)?.[1];
  return host === undefined || host.startsWith('[') || /^[\d.]+$/.test(host) ? undefined : host;
}
