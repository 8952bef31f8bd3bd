/** Addresses in kubeconfigs and manifests, against the addresses of this machine. */
import type { Evidence } from '../evidence.ts';

/** The machine answers there: its own addresses, the loopback, its names. Where its addresses are not known: only what is certain. */
export function isOwnHost({ host, node }: Evidence, name: string): boolean {
  const lower = name.toLowerCase();
  if (lower === 'localhost' || lower === '::1' || /^127\.\d+\.\d+\.\d+$/.test(lower)) return true;
  return lower === node.hostname.toLowerCase() || lower === node.name.toLowerCase() || host.addresses.includes(name);
}

/** An address that this machine does not have. False where nobody knows, and for names. */
export function isElsewhere(evidence: Evidence, name: string): boolean {
  return evidence.node.live && evidence.host.addresses.length > 0 && isAddress(name) && !isOwnHost(evidence, name) && !/^(0\.0\.0\.0|::)$/.test(name);
}

export function isAddress(name: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes(':');
}

/** Addresses that /etc/hosts gives the name; empty: none. */
export function inHosts({ texts }: Evidence, name: string): string[] {
  const lines = (texts['/etc/hosts'] ?? '').split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  return lines.flatMap(([address, ...names]) => (address !== undefined && names.some((one) => one.toLowerCase() === name.toLowerCase()) ? [address] : []));
}
