/** A control plane is reached at the node's own addresses: a pod with a network of its own listens where nobody asks. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { nearest } from '../../nearest.ts';
import { type Case, containersOf, finding, isMap, programOf, valueAt } from './case.ts';
import { isProgram } from '../programs/program.ts';

export function hostNetwork(subject: Case): Finding[] {
  const value = valueAt(subject.yaml.value, ['spec', 'hostNetwork']);
  if (value !== undefined && value !== false) return [];
  // misspelt: told by the schema
  const spec = valueAt(subject.yaml.value, ['spec']);
  if (value === undefined && isMap(spec) && nearest('hostNetwork', Object.keys(spec)) !== undefined) return [];
  return containersOf(subject).filter((container) => isProgram(programOf(container))).slice(0, 1).flatMap((container): Finding[] => {
    const probed = ['startupProbe', 'livenessProbe', 'readinessProbe'].some((probe) => typeof valueAt(subject.yaml.value, [...container.path, probe, 'httpGet', 'host']) === 'string');
    const program = programOf(container);
    if (!probed && program !== 'etcd' && program !== 'kube-apiserver') return [];
    return [finding(subject, { id: 'host-network', path: value === undefined ? ['spec'] : ['spec', 'hostNetwork'], ...(value === undefined && { what: 'key' as const }), message: `${program} is not on the node's network: spec.hostNetwork is not true`, notes: [`nothing reaches it at the node's addresses${probed ? ', neither do its probes' : ''}`] })];
  });
}
