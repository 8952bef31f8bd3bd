/**
 * Renewed on the disk, and still the old one in the process: controller-manager and scheduler read their kubeconfig once
 * (kubernetes/kubeadm#2409). And kubectl's own copy of admin.conf, which nobody renews.
 */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { commands } from '../pki/mending.ts';
import { containerOf, LAYER_OF, podOf, saying } from '../pki/programs.ts';
import { isExpired, kubeconfigsInUse, leafOf } from '../pki/uses.ts';

const ADMIN = '/etc/kubernetes/admin.conf';
const COPY = '/root/.kube/config';
const REFUSED = /Unauthorized|certificate has expired|provide credentials/;

export const kubeconfigStale: Rule = {
  about: 'what was renewed is what the programs use',
  find: (evidence) => [...running(evidence), ...copy(evidence)],
};

function running(evidence: Evidence): Cause[] {
  return kubeconfigsInUse(evidence).flatMap(({ component, file }): Cause[] => {
    const container = containerOf(evidence, component);
    const changed = evidence.kubeconfigs.find((one) => one.file === file)?.changedAt;
    const leaf = leafOf(evidence, { file, part: 'client' });
    if (container?.state !== 'running' || changed === undefined || leaf === undefined || isExpired(leaf, evidence.at) || container.startedAt === '' || Date.parse(container.startedAt) >= Date.parse(changed)) return [];
    const refused = saying(evidence, component, REFUSED, 1);
    const down = refused.length > 0 && podOf(evidence, component)?.state !== undefined;
    const since = container.startedAt.slice(0, 16).replace('T', ' ');
    const message = `${component} runs since ${since} UTC with the ${file.slice(file.lastIndexOf('/') + 1)} of before, which was written anew on ${changed.slice(0, 16).replace('T', ' ')}`;
    return [
      {
        id: 'stale-process',
        severity: down ? 'error' : 'warning',
        message,
        where: [{ file, label: `written ${changed.slice(0, 16).replace('T', ' ')} UTC` }],
        notes: ['it read the file once, at its start', 'kubectl delete pod does not end it: that deletes its mirror alone'],
        help: [],
        component,
        layer: LAYER_OF[component] ?? 'others',
        verdict: `it still runs with the ${file.slice(file.lastIndexOf('/') + 1)} of before`,
        sure: 'certain',
        now: down,
        evidence: refused,
        fix: { kind: 'stop-container', id: container.id, pod: component },
      },
    ];
  });
}

/** The copy is told while it still works, too: only where it is an older one of the same user. */
function copy(evidence: Evidence): Cause[] {
  const [own, admin] = [leafOf(evidence, { file: COPY, part: 'client' }), leafOf(evidence, { file: ADMIN, part: 'client' })];
  if (own === undefined || admin === undefined || own.broken !== undefined || admin.broken !== undefined || own.subject !== admin.subject) return [];
  // an expired one is certificate-expired's
  if (own.fingerprint === admin.fingerprint || isExpired(own, evidence.at) || isExpired(admin, evidence.at) || own.notAfter >= admin.notAfter) return [];
  const message = `${COPY} is an older copy of ${ADMIN}, until ${own.notAfter.slice(0, 10)}`;
  return [{ id: 'kubeconfig-copy', severity: 'warning', message, where: [{ file: COPY }], notes: [], help: [], component: 'others', layer: 'others', verdict: message, sure: 'certain', now: false, evidence: [], ...commands([`cp ${ADMIN} ${COPY}`]) }];
}
