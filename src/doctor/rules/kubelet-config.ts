/** The kubelet's configuration, by kcfg's rules and by the node's own kubelet (node/judge-node.ts). */
import type { Finding } from '../../kubelet/rules/finding.ts';
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';

export const kubeletConfig: Rule = {
  about: 'the kubelet starts with its configuration',
  find(evidence) {
    const { kubelet } = evidence;
    const errors = kubelet.findings.filter(({ severity }) => severity === 'error');
    const causes = kubelet.findings.map((finding) => causeOf(evidence, finding));
    // what our rules do not see, the kubelet itself says
    if (errors.length === 0 && kubelet.rehearsal?.accepted === false) {
      causes.unshift(causeOf(evidence, { id: 'kubelet-refuses', severity: 'error', message: 'the kubelet does not start with its configuration', where: [{ file: kubelet.configFile }], notes: [], help: [], kubelet: kubelet.rehearsal.words }));
    }
    return causes;
  },
};

function causeOf({ unit, kubelet, node }: Evidence, finding: Finding): Cause {
  const down = node.live && unit !== undefined && (unit.active !== 'active' || kubelet.healthy === false);
  return { ...finding, component: 'kubelet', layer: 'kubelet', verdict: finding.message, sure: 'certain', now: down, evidence: [] };
}
