/** Certificates that end soon. kubeadm renews them with each upgrade, so a cluster that is upgraded never comes here; the kubelet renews its own when 70 to 90% of its life is over. */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Certificate } from '../pki/evidence.ts';
import { canSign, commands, NO_KEY, renewals } from '../pki/mending.ts';
import { renewalOf } from '../pki/roles.ts';
import { isExpired, leafOf, nameOf, usesIn } from '../pki/uses.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;
/** Of a certificate for a year the kubelet's is renewed a month before; a week before its end something keeps it from that. */
const SOON_KUBELET_DAYS = 7;

export const certificateExpires: Rule = {
  about: 'no certificate ends within 30 days',
  find(evidence) {
    const kubelet = usesIn(evidence).filter(({ component }) => component === 'kubelet').map(({ file }) => file);
    const uses = usesIn(evidence).filter(({ component }) => component !== 'kubelet');
    const others = evidence.certificates.filter((one) => one.part !== 'authority' && renewalOf(one.file) !== undefined && !kubelet.includes(one.file));
    const all = [...new Set([...uses.flatMap((use) => leafOf(evidence, use) ?? []), ...others])].filter((one) => endsWithin(one, evidence, SOON_DAYS));
    const own = kubelet.flatMap((file) => evidence.certificates.find((one) => one.file === file && one.part !== 'authority') ?? []).filter((one) => endsWithin(one, evidence, SOON_KUBELET_DAYS));
    const authorities = evidence.certificates.filter((one) => one.ca && one.file.startsWith('/etc/kubernetes/pki/') && endsWithin(one, evidence, SOON_DAYS));
    return [...(all.length > 0 ? [renewable(evidence, all)] : []), ...own.map((one) => kubeletClient(evidence, one)), ...authorities.filter((one) => !all.includes(one)).map((one) => soon(evidence, [one], ['no command of kubeadm renews an authority in place']))];
  },
};

function endsWithin(one: Certificate, { at }: Evidence, days: number): boolean {
  return one.broken === undefined && !isExpired(one, at) && Date.parse(one.notAfter) - Date.parse(at) < days * DAY_MS;
}

function renewable(evidence: Evidence, all: Certificate[]): Cause {
  const signable = all.every(({ file }) => canSign(evidence, file));
  return { ...soon(evidence, all, signable ? ['kubeadm renews them with each upgrade'] : [NO_KEY]), ...commands(signable ? renewals(all.map(({ file }) => file)) : []) };
}

function kubeletClient(evidence: Evidence, one: Certificate): Cause {
  return { ...soon(evidence, [one], ['the kubelet renews it by itself: what keeps it from that is in its journal, or the API server is away']), component: 'kubelet' };
}

function soon(evidence: Evidence, all: Certificate[], notes: string[]): Cause {
  const [first] = [...all].sort((a, b) => (a.notAfter < b.notAfter ? -1 : 1));
  const days = first === undefined ? 0 : Math.floor((Date.parse(first.notAfter) - Date.parse(evidence.at)) / DAY_MS);
  const name = first === undefined ? '' : nameOf(first.part === 'client' ? { file: first.file, part: 'client' } : { file: first.file });
  const message = `${name} expires on ${first?.notAfter.slice(0, 10)}, in ${days} ${days === 1 ? 'day' : 'days'}${all.length > 1 ? `, and ${all.length - 1} more` : ''}`;
  return { id: 'certificate-expires', severity: 'warning', message, where: all.map((one) => ({ file: one.file, label: `until ${one.notAfter.slice(0, 10)}` })), notes, help: [], component: 'others', layer: 'others', verdict: message, sure: 'certain', now: false, evidence: [] };
}
