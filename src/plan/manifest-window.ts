/**
 * The one window in which manifests change under their pods: kubelet stopped, the files written, the old containers of these
 * pods stopped in order, kubelet started. Measured on the lab: 5.0-5.7 s without API server for all four, against 41 s
 * where a running kubelet re-creates kube-apiserver alone, which takes its full grace to leave.
 */
import type { Observed, StaticPod } from '../node/observed.ts';
import { planGround } from './plan-ground.ts';
import type { ExpectedPod, Plan } from './plan.ts';
import type { FileEdit, Step, StepOf } from './step.ts';
import { hasOthers, shutdownDelay, stopOrder } from './stop-order.ts';

/** Seconds without the API server: 5.0, 5.4 and 5.7 s measured for all four pods. */
const AWAY_SECONDS = 5;
/** With other control planes, and beside the shutdown delay: 8.5, 9.8 and 9.9 s measured, on a busy machine. */
const GRACEFUL_AWAY_SECONDS = 10;

/** `pods`: those that are re-created; each other one is kept. */
export function manifestWindow(observed: Observed, pods: readonly StaticPod[], edit: StepOf<'unpin-manifests' | 'edit-manifests'>, ground: Record<string, string | null>): Pick<Plan, 'steps' | 'disturbs' | 'ground' | 'expect'> {
  const { files } = edit;
  const containers = stopOrder(observed).filter((container) => pods.some((pod) => pod.name === container.pod));
  const steps: Step[] = [
    { kind: 'arm' },
    { kind: 'stop-kubelet' },
    edit,
    ...(pods.length === 0 ? [] : [{ kind: 'stop-containers' as const, endpoint: observed.kubelet.runtimeEndpoint, containers }]),
    { kind: 'start-kubelet' },
    { kind: 'verify' },
    { kind: 'disarm' },
  ];
  const renewed = pods.map((pod) => pod.name);
  const others = hasOthers(observed);
  const drains = shutdownDelay(observed);
  const away = others ? GRACEFUL_AWAY_SECONDS + drains : AWAY_SECONDS;
  const kept = observed.pods.filter((pod) => !pods.includes(pod));
  const rewritten = (pod: StaticPod): boolean => files.some((file) => file.path === `${observed.directory.path}/${pod.manifest ?? ''}`);
  return {
    steps,
    disturbs: {
      kubeletRestart: true,
      kept: kept.map((pod) => pod.name),
      recreated: renewed,
      ...(observed.api?.local === true ? { apiAwaySeconds: renewed.some((name) => name === 'kube-apiserver' || name === 'etcd') ? away : 0 } : {}),
      ...(others && observed.etcd !== undefined ? { otherMembers: observed.etcd.members - 1, ...(drains > 0 ? { drains: true as const } : {}) } : {}),
      pinned: kept.filter((pod) => pod.pin !== undefined && !rewritten(pod)).map((pod) => pod.manifest ?? pod.name),
    },
    ground: planGround(observed, { ...ground, ...hashes(files) }, {}),
    expect: { staticPodPath: observed.staticPodPath.value, pods: observed.pods.map((pod) => expected(pod, pods.includes(pod))), ...(observed.etcd === undefined ? {} : { etcdConnected: observed.etcd.connected }) },
  };
}

function hashes(files: readonly FileEdit[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file.path, file.sha256]));
}

/** Of a pod that is re-created its old containers, which must be gone. */
function expected(pod: StaticPod, renewed: boolean): ExpectedPod {
  return {
    fullName: pod.fullName,
    name: pod.name,
    namespace: pod.namespace,
    ...(renewed || pod.uid === undefined ? {} : { uid: pod.uid }),
    ...(pod.sandboxId === undefined ? {} : { sandboxId: pod.sandboxId }),
    containers: renewed ? pod.containers.map(({ name, id, startedAt }) => ({ name, id, startedAt })) : [],
  };
}
