/**
 * Each certificate is signed by an authority that the other side trusts. Where most are not, it is the authority that was
 * changed: a second `kubeadm init`, files of another cluster, a restore of half of them.
 */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Certificate } from '../pki/evidence.ts';
import { canSign, commands, kubeletClient, made, NO_KEY, RESTART, rewritten } from '../pki/mending.ts';
import { programOf, saying } from '../pki/programs.ts';
import { authoritiesOf, keyOf, leafOf, nameOf, type Use, usesIn } from '../pki/uses.ts';

const SAID = /unknown authority|certificate signed by|verification error|Unauthorized|bad certificate|unknown certificate/i;

export const certificateSigner: Rule = {
  about: 'each certificate is signed by an authority that the other side trusts',
  find(evidence) {
    const uses = [...usesIn(evidence), ...serving(evidence)];
    const asked = uses.filter((use) => isAsked(evidence, use));
    const foreign = asked.filter((use) => !isTrusted(evidence, use));
    const changed = [...new Set(foreign.flatMap(({ trusted }) => (trusted?.part === undefined ? (trusted?.file ?? []) : [])))].filter((file) => isChanged(file, asked, foreign, evidence));
    const rest = foreign.filter(({ trusted, file }) => !changed.includes(trusted?.file ?? '') && !changed.some((authority) => isOf(evidence, authority, file)));
    return [...changed.map((file) => authorityChanged(evidence, file, foreign.filter(({ trusted }) => trusted?.file === file))), ...unique(rest).map((use) => told(evidence, use))];
  },
};

function isAsked(evidence: Evidence, use: Use): boolean {
  const leaf = leafOf(evidence, use);
  return leaf !== undefined && leaf.broken === undefined && use.trusted !== undefined && authoritiesOf(evidence, use.trusted).length > 0;
}
function isTrusted(evidence: Evidence, use: Use): boolean {
  const leaf = leafOf(evidence, use);
  const trusted = use.trusted === undefined ? [] : authoritiesOf(evidence, use.trusted);
  return leaf === undefined || trusted.some(({ fingerprint, publicKey, subject }) => leaf.signedBy.includes(fingerprint) || leaf.fingerprint === fingerprint || evidence.certificates.some((one) => leaf.signedBy.includes(one.fingerprint) && one.publicKey === publicKey && one.subject === subject));
}

/** As each kubeconfig sees it. Where none trusts it and the cluster's authority did not sign it either, it is the certificate that is wrong, not each of them. */
function serving(evidence: Evidence): Use[] {
  const seen = servers(evidence);
  const own = usesIn(evidence).find(isServing);
  const authority = programOf(evidence, 'kube-apiserver')?.flags.get('client-ca-file');
  if (own === undefined || authority === undefined) return seen;
  const whole: Use = { ...own, trusted: { file: authority, by: 'every kubeconfig' } };
  const alone = seen.length > 1 && seen.every((use) => isAsked(evidence, use) && !isTrusted(evidence, use)) && isAsked(evidence, whole) && !isTrusted(evidence, whole);
  return alone ? [whole] : seen;
}

function isServing({ component, named }: Use): boolean {
  return component === 'kube-apiserver' && named === '--tls-cert-file';
}

/** The API server's serving certificate, as each kubeconfig's own authority sees it. */
function servers(evidence: Evidence): Use[] {
  const own = usesIn(evidence).find(isServing);
  if (own === undefined) return [];
  const clients = usesIn(evidence).filter(({ trusted, component }) => trusted?.by === 'the API server' && component !== 'kube-apiserver');
  return clients.flatMap((client): Use[] => {
    const config = evidence.kubeconfigs.find(({ file }) => file === client.named);
    if (config === undefined) return [];
    const trusted = config.authority === undefined ? { file: config.file, part: 'authority' as const, by: config.file } : { file: config.authority, by: config.file };
    const who = client.component === 'kubectl' ? 'kubectl' : client.component === 'kubelet' ? 'the kubelet' : client.component;
    return [{ ...own, component: client.component, layer: client.layer, needed: client.needed, refused: `${who} refuses the API server`, named: config.file, trusted }];
  });
}

/** At least two, and all of those that it is asked about. */
function isChanged(file: string, asked: readonly Use[], foreign: readonly Use[], evidence: Evidence): boolean {
  const of = (uses: readonly Use[]): Set<string> => new Set(uses.filter(({ trusted }) => trusted?.file === file).map((use) => leafOf(evidence, use)?.fingerprint ?? ''));
  const [all, strangers] = [of(asked), of(foreign)];
  return strangers.size > 1 && strangers.size === all.size;
}
/** The same subject as the authority that was changed: told with it. */
function isOf(evidence: Evidence, authority: string, file: string): boolean {
  return leafOf(evidence, { file })?.issuer === leafOf(evidence, { file: authority })?.subject;
}

function authorityChanged(evidence: Evidence, file: string, uses: Use[]): Cause {
  const [first] = uses as [Use, ...Use[]];
  const signer = evidence.certificates.find((one) => one.ca && leafOf(evidence, first)?.signedBy.includes(one.fingerprint) === true);
  const layer = file.includes('/etcd/') ? 'etcd' : 'kube-apiserver';
  return {
    id: 'wrong-authority',
    severity: uses.some(({ needed }) => needed) ? 'error' : 'warning',
    message: `${file} is not the authority that signed the certificates here`,
    where: [{ file }, ...uses.slice(0, 4).map((use) => ({ file: use.file, label: 'signed by another' }))],
    notes: [...new Set(uses.map(({ refused }) => refused))].slice(0, 3).concat(signer === undefined ? ['the one that signed them is not on this node: a backup has it, or another control plane'] : [`the one that signed them is in ${signer.file}`]),
    help: signer === undefined ? ['put the old authority back, or make every certificate and kubeconfig anew'] : hasKey(evidence, file, signer) ? [] : [`its key is not in ${file.replace(/\.crt$/, '.key')}: that one comes from a backup or another control plane, and without it nothing is signed`],
    component: layer,
    layer,
    verdict: `${file} is not the authority that signed its certificates`,
    sure: 'certain',
    now: true,
    evidence: saying(evidence, first.component, SAID),
    ...commands(signer === undefined ? [] : putBack(file, signer)),
  };
}

function hasKey(evidence: Evidence, file: string, signer: Certificate): boolean {
  return keyOf(evidence, file.replace(/\.crt$/, '.key'))?.publicKey === signer.publicKey;
}

/** From a kubeconfig, where kubeadm embeds it, or from a file beside it. */
function putBack(file: string, signer: Certificate): string[] {
  const source = signer.part === 'authority' ? `sed -n 's/.*certificate-authority-data: //p' ${signer.file} | base64 -d > ${file}` : `cp ${signer.file} ${file}`;
  return [`cp -p ${file} ${file}.old`, source, RESTART];
}

function unique(uses: readonly Use[]): Use[] {
  return uses.filter((use, i) => uses.findIndex((other) => other.file === use.file && other.component === use.component && other.named === use.named) === i);
}

function told(evidence: Evidence, use: Use): Cause {
  const leaf = leafOf(evidence, use);
  const trusted = use.trusted ?? { file: '', by: '' };
  const shown = trusted.part === 'authority' || trusted.by === use.named;
  const message = shown ? `${nameOf({ file: use.named })} trusts another authority than the one that signed ${nameOf(use)}` : `${nameOf(use)} is not signed by ${trusted.file}, which ${trusted.by} trusts`;
  const lines = mended(evidence, use, shown);
  return {
    id: shown ? 'authority-mismatch' : 'signer-mismatch',
    severity: use.needed ? 'error' : 'warning',
    message,
    where: [{ file: shown ? use.named : use.file, label: `signed by ${leaf?.issuer ?? ''}` }, { file: shown ? use.file : trusted.file, label: 'is another' }].map((where, i) => (shown ? { file: where.file } : i === 0 ? where : { file: where.file })),
    notes: [use.refused, ...(lines.length === 0 ? [NO_KEY] : [])],
    help: [],
    component: use.component,
    layer: use.layer,
    verdict: message,
    sure: 'certain',
    now: use.needed,
    evidence: saying(evidence, use.component, SAID, 1),
    ...commands(lines),
  };
}

function mended(evidence: Evidence, use: Use, shown: boolean): string[] {
  const file = shown ? use.named : use.part === 'client' ? use.file : undefined;
  const restart = use.component === 'kubectl' ? [] : [RESTART];
  if (file !== undefined) return withRestart(rewritten(evidence, file), restart);
  if (use.component === 'kubelet') return kubeletClient(evidence, use.file);
  return canSign(evidence, use.file) ? [...made(evidence, use.file), ...restart] : [];
}
function withRestart(lines: string[], restart: string[]): string[] {
  return lines.length === 0 || lines.at(-1) === RESTART ? lines : [...lines, ...restart];
}
