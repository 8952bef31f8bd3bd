/**
 * Certificates that have ended. Those of one node end on one day, a year after `kubeadm init` or the last upgrade: they are
 * told as one cause. No program ends because its own certificate did; the other side refuses it (Go crypto/x509, CertificateInvalidError).
 */
import type { Cause, Rule } from '../cause.ts';
import { LAYERS } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { canSign, commands, kubeletClient, NO_KEY, RESTART, renewals, rewritten } from '../pki/mending.ts';
import { saying } from '../pki/programs.ts';
import { goodRotated, isExpired, leafOf, nameOf, type Use, usesIn } from '../pki/uses.ts';

/** What each side writes of it: Go's x509, the API server's authentication, etcd's transport, the kubelet at its start. */
const SAID = /certificate has expired|expired certificate|Unauthorized|bootstrap-kubelet\.conf|part of the existing bootstrap client certificate/i;

export const certificateExpired: Rule = {
  about: 'certificates that are in use have not expired',
  find(evidence) {
    const ended = usesIn(evidence).filter((use) => isEnded(evidence, use));
    const needed = ended.filter((use) => use.needed);
    const authority = authorityEnded(evidence);
    const kubectl = ended.filter((use) => !use.needed && use.component === 'kubectl');
    const rest = ended.filter((use) => !use.needed && use.component !== 'kubectl');
    return [...authority, ...(needed.length > 0 ? [told(evidence, needed, 'error', [...rest, ...kubectl])] : [...(rest.length > 0 ? [told(evidence, rest, 'warning', [])] : []), ...(kubectl.length > 0 ? [told(evidence, kubectl, 'warning', [])] : [])])];
  },
};

function isEnded(evidence: Evidence, use: Use): boolean {
  const leaf = leafOf(evidence, use);
  // within kubelet.conf, and the renewed one is good: kubelet-embedded.ts
  if (use.component === 'kubelet' && use.part === 'client' && goodRotated(evidence) !== undefined) return false;
  return leaf !== undefined && isExpired(leaf, evidence.at);
}

function told(evidence: Evidence, uses: Use[], severity: 'error' | 'warning', besides: Use[]): Cause {
  const sorted = [...uses].sort((a, b) => LAYERS.indexOf(a.layer) - LAYERS.indexOf(b.layer));
  const [first] = sorted as [Use, ...Use[]];
  const all = [...sorted, ...besides];
  const day = endOf(evidence, first);
  const files = [...new Set(all.map(({ file }) => file))];
  const verdict = files.length > 1 ? `${files.length} certificates have expired, on ${day} the first` : `${nameOf(first)} expired on ${day}`;
  const kubelet = all.filter(({ component }) => component === 'kubelet');
  const signable = files.every((file) => kubelet.some((use) => use.file === file) || canSign(evidence, file));
  const lines = mended(evidence, all, kubelet);
  return {
    id: 'certificate-expired',
    severity,
    message: files.length > 1 ? `${files.length} certificates have expired: ${all.map(nameOf).join(', ')}` : `${nameOf(first)} expired on ${day}`,
    where: files.map((file) => ({ file, label: `until ${endOf(evidence, all.find((use) => use.file === file) ?? first)}` })),
    notes: [
      ...new Set(sorted.slice(0, 4).map(({ refused }) => refused)),
      `by this node's clock it is ${evidence.at.slice(0, 16).replace('T', ' ')} UTC`,
      ...(kubelet.length > 0 ? ['the kubelet\'s message names bootstrap-kubelet.conf, which is not the fault: it asks for that file only because its own certificate has expired'] : []),
      ...(signable ? [] : [NO_KEY]),
    ],
    help: [],
    component: first.component,
    layer: first.layer,
    verdict,
    sure: 'certain',
    now: severity === 'error',
    evidence: [...new Set(sorted.flatMap(({ component }) => saying(evidence, component, SAID, 1)))].slice(0, 3),
    ...(signable || kubelet.length > 0 ? commands(lines) : {}),
  };
}

/** In the order of typing: what kubeadm renews, the kubelet's own, and the restart that ends every back-off. */
function mended(evidence: Evidence, all: readonly Use[], kubelet: readonly Use[]): string[] {
  const renewed = renewals(all.flatMap(({ file }) => (canSign(evidence, file) ? [file] : [])));
  const people = all.some(({ file }) => file === '/root/.kube/config') ? rewritten(evidence, '/root/.kube/config') : [];
  const own = kubelet.flatMap(({ file }) => kubeletClient(evidence, file));
  const restart = all.some(({ needed, component }) => needed && component !== 'kubectl') && !own.includes(RESTART) ? [RESTART] : [];
  return [...renewed, ...people, ...own, ...restart];
}

function endOf(evidence: Evidence, use: Use): string {
  return leafOf(evidence, use)?.notAfter.slice(0, 10) ?? '';
}

/** An authority lives for ten years. What it signed is refused with it, and no command of kubeadm makes a new one in place. */
function authorityEnded(evidence: Evidence): Cause[] {
  const ended = evidence.certificates.filter((one) => one.ca && /^\/etc\/kubernetes\/pki\/(etcd\/)?(front-proxy-)?ca\.crt$/.test(one.file) && isExpired(one, evidence.at));
  return ended.map((one): Cause => {
    const etcd = one.file.includes('/etcd/');
    const proxy = one.file.includes('front-proxy');
    return {
      id: 'authority-expired',
      severity: proxy ? 'warning' : 'error',
      message: `the authority ${one.file} expired on ${one.notAfter.slice(0, 10)}`,
      where: [{ file: one.file, label: `until ${one.notAfter.slice(0, 10)}` }],
      notes: ['every certificate that it signed is refused with it'],
      help: ['a new certificate for the same key keeps what it signed valid; a new key means new certificates for the whole cluster'],
      component: etcd ? 'etcd' : 'kube-apiserver',
      layer: etcd ? 'etcd' : 'kube-apiserver',
      verdict: `the authority that its certificates are signed by expired on ${one.notAfter.slice(0, 10)}`,
      sure: 'certain',
      now: !proxy,
      evidence: [],
    };
  });
}
