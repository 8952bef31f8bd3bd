/**
 * When each certificate that is in use ends, for monitoring. Left out is what nobody is refused for: the kubelet's earlier
 * rotations, its self-signed kubelet.crt, which no one checks by default (kube-apiserver --kubelet-certificate-authority), the
 * authorities within kubeconfigs, which are those of the PKI, and copies that somebody keeps below it.
 */
import type { Certificate } from './evidence.ts';
import { CURRENT_PEM, KNOWN, renewalOf } from './roles.ts';

export interface Expiry {
  file: string;
  role: string;
  /** ISO. */
  notAfter: string;
  /** Who renews it: kubeadm with each upgrade, the kubelet by itself. Absent: a person. */
  renewedBy?: 'kubeadm' | 'kubelet';
}

const KUBELET = CURRENT_PEM.slice(0, CURRENT_PEM.lastIndexOf('/') + 1);
const SELF_SIGNED = `${KUBELET}kubelet.crt`;
const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';

/** `named`: files that flags of manifests and kubeconfigs name. Of several certificates in one file the one that ends first. */
export function expiries(certificates: readonly Certificate[], named: readonly string[]): Expiry[] {
  const rotated = certificates.some(({ file, broken }) => file === CURRENT_PEM && broken === undefined);
  const used = new Set([...Object.keys(KNOWN), ...named]);
  const found = new Map<string, Expiry>();
  for (const { file, role, part, broken, notAfter } of certificates) {
    if (broken !== undefined || part === 'authority' || file === SELF_SIGNED) continue;
    if (!used.has(file) && !(file.startsWith(KUBELET) && file.endsWith('-current.pem'))) continue;
    // the first certificate of a node, which the rotated one took the place of
    if (file === KUBELET_CONF && rotated) continue;
    if ((found.get(file)?.notAfter ?? '~') <= notAfter) continue;
    const renewedBy = file.startsWith(KUBELET) || file === KUBELET_CONF ? 'kubelet' : renewalOf(file) === undefined ? undefined : 'kubeadm';
    found.set(file, { file, role, notAfter, ...(renewedBy === undefined ? {} : { renewedBy }) });
  }
  return [...found.values()];
}
