/** What `kubeadm upgrade` will do to a moved path that nothing keeps, in words. */
import type { KcfgError } from '../../errors.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import type { PlanInput } from '../make-plan.ts';
import { KUBEADM_DIRECTORY } from './instance-config.ts';

type Input = Pick<PlanInput, 'observed' | 'target'>;

/** `--no-bridge`: neither the link nor the setting. The manifests from before stay in the old directory, and kubeadm finds those. */
export function unbridged({ observed, target }: Input): Finding {
  const { name, role } = observed.node;
  const fromHome = observed.staticPodPath.value === KUBEADM_DIRECTORY;
  return {
    id: 'no-bridge',
    severity: 'warning',
    message: 'the next kubeadm upgrade does not know of this directory',
    where: [{ file: KUBEADM_DIRECTORY }],
    notes: [
      ...(role === 'worker'
        ? []
        : fromHome
          ? ['kubeadm has that directory built in: it would upgrade the manifests that stay there, wait 5 min for pods that no kubelet starts, and give up']
          : [`kubeadm has that directory built in: it would take ${name} for a worker, upgrade no static pod, and say that all went well`]),
      `it writes config.yaml anew with that path: the next restart of the kubelet ${fromHome ? 'goes back to what is there, and edits made since are not in force' : 'ends every static pod'}`,
    ],
    help: ['leave --no-bridge out; or, after each kubeadm upgrade and before the kubelet restarts:', `  kcfg set staticPodPath ${target.value}`],
  };
}

/** The link is there; the setting has no place that kubeadm leaves alone. */
export function unkept({ observed, target }: Input, why?: KcfgError): Finding {
  return {
    id: 'not-kept',
    severity: 'warning',
    message: `the next kubeadm upgrade puts ${KUBEADM_DIRECTORY} back into config.yaml`,
    where: [{ file: observed.kubelet.configFile }],
    notes: [...(why === undefined ? [] : [why.message]), 'the link still leads to the manifests, so the control plane stays; pods without a pin are re-created at the next restart of the kubelet'],
    help: ['after it, before the kubelet restarts:', `  kcfg set staticPodPath ${target.value}`],
  };
}
