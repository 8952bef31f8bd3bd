/** A certificate and the key beside it: of one pair (Go crypto/tls X509KeyPair), and both to be read at all. */
import type { Cause, Component, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { canSign, commands, kubeletClient, made, NO_KEY, RESTART, renewals, rewritten } from '../pki/mending.ts';
import { isDown, LAYER_OF, programOf, saying } from '../pki/programs.ts';
import { CURRENT_PEM, renewalOf } from '../pki/roles.ts';
import { keyOf, leafOf, nameOf, SIGNERS, type Use, usesIn } from '../pki/uses.ts';

export const certificateKey: Rule = {
  about: 'each certificate has its own key beside it',
  find: (evidence) => [...usesIn(evidence), ...signers(evidence)].flatMap((use) => judge(evidence, use)),
};

type Pair = Omit<Use, 'atOnce' | 'trusted'>;

function signers(evidence: Evidence): Pair[] {
  return SIGNERS.flatMap(({ component, cert, key }): Pair[] => {
    const flags = programOf(evidence, component)?.flags;
    const [file, keyFile] = [flags?.get(cert), flags?.get(key)];
    if (file === undefined || keyFile === undefined) return [];
    return [{ component, layer: LAYER_OF[component] ?? 'others', file, key: keyFile, named: `--${cert}`, keyNamed: `--${key}`, refused: `${component} ends at its start: it signs with this pair`, needed: true }];
  });
}

function judge(evidence: Evidence, use: Pair): Cause[] {
  const leaf = leafOf(evidence, use);
  // the file of a flag that is not there is told with its manifest
  if (leaf === undefined || (isGone(leaf.broken) && use.component !== 'kubelet')) return [];
  if (leaf.broken !== undefined) return [told(evidence, use, 'certificate-broken', use.file, `${nameOf(use)} is no certificate: ${leaf.broken}`, broken(evidence, use))];
  const key = use.key === undefined ? undefined : keyOf(evidence, use.key);
  if (key === undefined || use.key === undefined || isGone(key.broken)) return [];
  const mend = use.part === 'client' ? rewrite(evidence, use) : renewed(evidence, use);
  if (key.broken !== undefined) return [told(evidence, use, 'key-broken', use.key, `${fileName(use.key)} is no key: ${key.broken}`, mend)];
  if (key.publicKey === leaf.publicKey) return [];
  const other = use.key === use.file ? `the key in ${fileName(use.file)} is not the key of its certificate` : `${fileName(use.key)} is not the key of ${nameOf(use)}`;
  return [told(evidence, use, 'key-mismatch', use.key, other, mend, belongs(evidence, key.publicKey))];
}

function isGone(broken: string | undefined): boolean {
  return broken === 'there is no such file' || broken?.endsWith('which is not there') === true;
}

/** Whose key it is instead: after a half-done copy that is the sentence that helps. */
function belongs(evidence: Evidence, publicKey: string | undefined): string[] {
  const owner = evidence.certificates.find((one) => one.publicKey !== '' && one.publicKey === publicKey);
  return owner === undefined ? [] : [`it is the key of ${owner.file}`];
}

function renewed(evidence: Evidence, use: Pair): string[] {
  if (use.component === 'kubelet') return kubeletClient(evidence, use.file);
  return canSign(evidence, use.file) ? [...renewals([use.file]), RESTART] : [];
}
function rewrite(evidence: Evidence, use: Pair): string[] {
  const lines = rewritten(evidence, use.file);
  return lines.length === 0 || use.component === 'kubectl' || lines.at(-1) === RESTART ? lines : [...lines, RESTART];
}
function broken(evidence: Evidence, use: Pair): string[] {
  if (use.part === 'client') return rewrite(evidence, use);
  if (use.component === 'kubelet') return kubeletClient(evidence, use.file);
  return canSign(evidence, use.file) ? [...made(evidence, use.file), RESTART] : [];
}

const SAID = /private key does not match|failed to find any PEM data|does not contain any valid|no such file|bootstrap-kubelet\.conf|illegal base64|asn1|x509: malformed/i;

function told(evidence: Evidence, use: Pair, id: string, file: string, message: string, lines: string[], notes: string[] = []): Cause {
  const component: Component = use.component;
  const unsigned = lines.length === 0 && renewalOf(use.file) !== undefined;
  return {
    id: use.file === CURRENT_PEM && isGone(leafOf(evidence, use)?.broken) ? 'missing-certificate' : id,
    severity: use.needed ? 'error' : 'warning',
    message,
    where: [{ file, label: `by ${file === use.key ? (use.keyNamed ?? use.named) : use.named}` }, ...(file === use.file ? [] : [{ file: use.file, label: 'the certificate' }])],
    notes: [...notes, use.needed && use.keyNamed !== undefined ? `${component} ends at its start with it` : use.refused, ...(component === 'kubelet' ? ['the kubelet\'s message names bootstrap-kubelet.conf, which is not the fault: it asks for that file only because it cannot use its own certificate'] : []), ...(unsigned ? [NO_KEY] : [])],
    help: [],
    component,
    layer: use.layer,
    verdict: message,
    sure: 'certain',
    now: use.needed && isDown(evidence, component),
    evidence: saying(evidence, component, SAID, 1),
    ...commands(lines),
  };
}

function fileName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return path.includes('/etcd/') ? `etcd/${name}` : name;
}
