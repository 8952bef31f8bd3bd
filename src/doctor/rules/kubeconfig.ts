/**
 * Kubeconfigs that are missing or that nothing can be done with. The kubelet then looks for its bootstrap kubeconfig, which is
 * there only while a node joins, and the message names that one (kubelet certificate/bootstrap/bootstrap.go, LoadClientConfig).
 */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { canSign, commands, NO_KEY, RESTART, rewritten } from '../pki/mending.ts';
import { isDown, LAYER_OF, saying } from '../pki/programs.ts';
import { kubeconfigsInUse } from '../pki/uses.ts';

const SAID = /bootstrap-kubelet\.conf|kubeconfig|no configuration has been provided|error loading config file|no such file/i;
export const NOT_BOOTSTRAP = 'the kubelet\'s message names bootstrap-kubelet.conf, which is not the fault: it asks for that file only because this one is not usable';

export const kubeconfig: Rule = {
  about: 'each kubeconfig that is in use can be read',
  find(evidence) {
    if (evidence.missing.kubeconfigs !== undefined) return [];
    return kubeconfigsInUse(evidence).flatMap(({ component, file, needed }): Cause[] => {
      const config = evidence.kubeconfigs.find((one) => one.file === file);
      const there = config?.there === true;
      // another file than kubeadm's that is not there is a misspelt flag, told with its manifest
      const missing = !there && (component === 'kubelet' ? evidence.kubelet.config : needed && file.startsWith('/etc/kubernetes/') && /(controller-manager|scheduler)\.conf$/.test(file));
      if (missing) return [told(evidence, component, file, needed, config?.problem === undefined ? `there is no ${file}` : `${file} leads nowhere: ${config.problem}`)];
      return there && config.problem !== undefined ? [told(evidence, component, file, needed, `${file} is no kubeconfig: ${config.problem}`)] : [];
    });
  },
};

function told(evidence: Evidence, component: string, file: string, needed: boolean, message: string): Cause {
  const lines = rewritten(evidence, file);
  const missing = message.startsWith('there is no');
  const unsigned = lines.length === 0 || (component === 'kubelet' && !canSign(evidence, file));
  return {
    id: missing ? 'kubeconfig-missing' : 'kubeconfig-broken',
    severity: needed ? 'error' : 'warning',
    message,
    where: [{ file }],
    notes: [...(component === 'kubelet' ? [NOT_BOOTSTRAP] : needed ? [`${component} ends at its start without it`] : []), ...(unsigned && needed ? [NO_KEY] : [])],
    help: [],
    component: needed ? component : 'others',
    layer: LAYER_OF[component] ?? 'others',
    verdict: missing ? `${file} is not there` : `${file} is not usable`,
    sure: 'certain',
    now: needed && isDown(evidence, component),
    evidence: saying(evidence, component, SAID, 1),
    ...commands(lines.length === 0 || !needed || lines.at(-1) === RESTART ? lines : [...lines, RESTART]),
  };
}
