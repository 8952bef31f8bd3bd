/**
 * The path is in force already, and the next `kubeadm upgrade` would undo it, or has undone it in config.yaml: the files are
 * put right, and kubeadm's directory gets its link. No restart: the kubelet runs with this path.
 */
import { hash } from '../copy-manifests.ts';
import type { PlanInput } from '../make-plan.ts';
import { planGround } from '../plan-ground.ts';
import { refuseLinks } from '../refuse-links.ts';
import { planHead } from '../plan-head.ts';
import type { Plan } from '../plan.ts';
import { fileSteps } from '../settings/file-step.ts';
import type { FileChange } from '../settings/place-settings.ts';
import type { Step } from '../step.ts';
import { kubeadmLink } from './bridge.ts';
import { keepPath } from './keep-path.ts';
import { kubeadmStanding } from './standing.ts';

/** The running kubelet has the wanted path, and the directory is there. */
export function isRunningThere({ observed, destination, target, live }: PlanInput): boolean {
  const { running, value } = observed.staticPodPath;
  return destination.info?.kind === 'directory' && (live ? running === target.value || (running === undefined && value === target.value) : value === target.value);
}

/** `config`: what has to be edited for the path itself. Undefined: nothing to do. */
export function makeMendPlan(input: PlanInput, config: readonly FileChange[]): Plan | undefined {
  const { target, observed, destination, live } = input;
  const drifted = observed.staticPodPath.value !== target.value;
  if (!target.bridge || (!drifted && (kubeadmStanding(observed)?.findings.length ?? 0) === 0)) return undefined;
  const kept = keepPath(input);
  const files = [...(drifted ? config : []), ...kept.files].filter(({ edits }) => edits.length > 0);
  refuseLinks(input.links, files);
  // behind kubeadm's directory, where that leads to the one in force
  const entries = destination.directory.entries.flatMap(({ name, sha256 }) => (sha256 === undefined ? [] : [{ name, sha256 }]));
  const steps: Step[] = [...fileSteps({ ...kept, files }), ...kubeadmLink(observed, destination.path, entries)];
  if (steps.length === 0) return undefined;
  return {
    ...planHead(input),
    target,
    verb: target.verb,
    field: target.field,
    from: observed.staticPodPath.value,
    to: target.value,
    strategy: 'none',
    ...(target.reason === undefined ? {} : { reason: target.reason }),
    ...(kept.warnings.length === 0 ? {} : { warnings: kept.warnings }),
    births: [],
    steps: [...(live ? [{ kind: 'arm' as const }] : []), ...steps, { kind: 'disarm' }],
    changes: steps.flatMap((step): Plan['changes'] => ('path' in step ? [{ file: step.path, what: step.kind === 'link-directory' ? 'linked' : step.kind === 'edit-config' && step.create === undefined ? 'edited' : 'created' }] : [])),
    disturbs: { kubeletRestart: false, kept: observed.pods.map(({ name }) => name), recreated: [], pinned: [] },
    ground: planGround(observed, { ...input.ground, ...Object.fromEntries(files.map(({ path, before }) => [path, before === undefined ? null : hash(before)])) }, kept.makes === undefined ? {} : { [kept.makes]: null }),
    expect: { staticPodPath: target.value, pods: [] },
  };
}
