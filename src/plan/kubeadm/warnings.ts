/** What `kubeadm upgrade` will do to a moved path that nothing keeps, in words. */
import type { KcfgError } from '../../errors.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import type { PlanInput } from '../make-plan.ts';
import { KUBEADM_DIRECTORY } from './instance-config.ts';

type Input = Pick<PlanInput, 'observed' | 'target'>;

/** `--no-bridge`: neither the link nor the setting. */
export function unbridged({ observed, target }: Input): Finding {
  const { name, role } = observed.node;
  return {
    id: 'no-bridge',
    severity: 'warning',
    message: `the next kubeadm upgrade undoes this, and says that all went well`,
    where: [{ file: observed.kubelet.configFile }],
    notes: [
      ...(role === 'control plane' ? [`kubeadm has ${KUBEADM_DIRECTORY} built in: with no kube-apiserver.yaml there it takes ${name} for a worker, and upgrades no static pod`] : []),
      `it writes config.yaml anew, with ${KUBEADM_DIRECTORY}; the next restart of the kubelet then ${role === 'control plane' ? 'ends the control plane' : 'stops the static pods'}`,
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
