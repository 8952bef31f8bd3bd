/**
 * A kubelet.conf with a certificate of its own, as `kubeadm init` wrote it before 1.17: the kubelet renews the file
 * kubelet-client-current.pem, and this one ends all the same (kubernetes/kubeadm#1826; kubelet certificate/bootstrap/bootstrap.go, isClientConfigStillValid).
 */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Kubeconfig } from '../pki/evidence.ts';
import { isDown, saying } from '../pki/programs.ts';
import { CURRENT_PEM } from '../pki/roles.ts';
import { goodRotated, isExpired, leafOf } from '../pki/uses.ts';

export const kubeletEmbedded: Rule = {
  about: 'kubelet.conf names the certificate that the kubelet renews',
  find(evidence) {
    const file = evidence.kubelet.kubeconfig;
    const config = evidence.kubeconfigs.find((one) => one.file === file);
    const [embedded, current] = [leafOf(evidence, { file, part: 'client' }), goodRotated(evidence)];
    if (config === undefined || embedded === undefined || embedded.broken !== undefined || current === undefined || embedded.fingerprint === current.fingerprint) return [];
    const expired = isExpired(embedded, evidence.at);
    return expired || embedded.notAfter < current.notAfter ? [told(evidence, config, embedded.notAfter.slice(0, 10), expired)] : [];
  },
};

function told(evidence: Evidence, config: Kubeconfig, day: string, expired: boolean): Cause {
  const place = config.places?.['client-certificate-data'];
  const fix = pointed(config);
  return {
    id: 'embedded-certificate',
    severity: expired ? 'error' : 'warning',
    message: `${config.file} has a certificate of its own, ${expired ? 'expired on' : 'until'} ${day}, instead of the one that the kubelet renews`,
    where: [{ file: config.file, ...(place === undefined ? {} : { line: place.line }) }, { file: CURRENT_PEM, label: `until ${leafOf(evidence, { file: CURRENT_PEM })?.notAfter.slice(0, 10)}` }],
    notes: expired ? ['the kubelet\'s message names bootstrap-kubelet.conf, which is not the fault: it asks for that file only because its own certificate has expired'] : ['the kubelet does not start any more after that day'],
    help: [],
    component: 'kubelet',
    layer: 'kubelet',
    verdict: `the certificate within ${config.file} ${expired ? 'expired on' : 'ends on'} ${day}`,
    sure: 'certain',
    now: expired && isDown(evidence, 'kubelet'),
    evidence: saying(evidence, 'kubelet', /bootstrap-kubelet\.conf|Unauthorized|certificate has expired|existing bootstrap client certificate/, 1),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** Both entries name the file, which holds certificate and key, as kubeadm writes it since 1.17. */
function pointed({ file, sha256, places }: Kubeconfig): Cause['fix'] {
  const [cert, key] = [places?.['client-certificate-data'], places?.['client-key-data']];
  if (sha256 === undefined || cert === undefined || key === undefined) return undefined;
  const edits = [
    { offset: cert.offset, remove: cert.length, insert: `client-certificate: ${CURRENT_PEM}` },
    { offset: key.offset, remove: key.length, insert: `client-key: ${CURRENT_PEM}` },
  ].sort((a, b) => a.offset - b.offset);
  return { kind: 'edit', file, sha256, edits };
}
