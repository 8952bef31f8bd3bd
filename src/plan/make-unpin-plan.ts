/**
 * Releasing pins, in one window: kubelet stopped, the manifests written without their pins, the old containers stopped in
 * order, kubelet started. 5.0-5.7 s without API server on the lab, against 41 s when a running kubelet does it.
 */
import { KcfgError } from '../errors.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { unpinEdits } from '../manifests/pin.ts';
import type { StaticPod } from '../node/observed.ts';
import { hash, homeOf } from './copy-manifests.ts';
import { manifestWindow } from './manifest-window.ts';
import { planHead } from './plan-head.ts';
import type { PlanInput } from './make-plan.ts';
import type { Plan } from './plan.ts';
import { refuseQuorum } from './refuse-quorum.ts';
import { refuseReplaced } from './refusals.ts';
import type { FileEdit } from './step.ts';

export interface UnpinWish {
  /** Pod names as in the manifests; empty for every pod that kcfg pinned. */
  names: readonly string[];
  force?: readonly string[];
  reason?: string;
}

/** Undefined: none is pinned. */
export function makeUnpinPlan(input: Omit<PlanInput, 'target' | 'destination'>, { names, force = [], reason }: UnpinWish): Plan | undefined {
  const { observed, sources } = input;
  const unknown = names.find((name) => !observed.pods.some((pod) => pod.name === name || pod.fullName === name));
  if (unknown !== undefined) {
    throw new KcfgError('usage', `there is no static pod ${unknown} on ${observed.node.name}`, {
      help: [`there are: ${observed.pods.map((pod) => pod.name).join(', ')}`],
    });
  }
  const wanted = (pod: StaticPod): boolean => pod.pin === 'kcfg' && (names.length === 0 || names.includes(pod.name) || names.includes(pod.fullName));
  const pods = observed.pods.filter(wanted);
  if (pods.length === 0) return undefined;
  const refusal = refuseReplaced(observed) ?? (force.includes('no-quorum') ? undefined : refuseQuorum(observed, pods));
  if (refusal !== undefined) throw refusal;
  const files: FileEdit[] = pods.flatMap((pod) => {
    const path = `${observed.directory.path}/${pod.manifest ?? ''}`;
    const bytes = sources.get(path);
    if (bytes === undefined) return [];
    const edits = unpinEdits(path, bytes);
    return [{ path, sha256: hash(bytes), edits, result: hash(applyEdits(bytes, edits)) }];
  });
  const renewed = pods.map((pod) => pod.name);
  const window = manifestWindow(observed, pods, { kind: 'unpin-manifests', files }, input.ground);
  const home = homeOf(input);
  return {
    ...planHead(input),
    verb: 'unpin',
    field: 'pins',
    from: renewed.join(', '),
    to: 'none',
    strategy: 'recreate',
    ...(reason === undefined ? {} : { reason }),
    births: [],
    changes: files.map((file) => ({ file: file.path, what: 'unpinned' })),
    ...window,
    disturbs: { ...window.disturbs, ...(home === undefined ? {} : { home }) },
  };
}
