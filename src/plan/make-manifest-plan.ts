/**
 * A manifest with another text, in the window of manifest-window.ts. Where only comments and layout change, the pod is the
 * same one to the kubelet (the UID is a hash of what is decoded, common.go:66-78), and its containers run on.
 */
import { isDeepStrictEqual } from 'node:util';
import { KcfgError } from '../errors.ts';
import { applyEdits } from '../kubelet/edits.ts';
import type { Finding } from '../kubelet/rules/finding.ts';
import { readManifest } from '../manifests/manifest.ts';
import { readPodFile } from '../manifests/pod-file.ts';
import type { ManifestTarget } from '../node/manifest-target.ts';
import type { Entry, Observed, StaticPod } from '../node/observed.ts';
import { hash } from './copy-manifests.ts';
import { manifestWindow } from './manifest-window.ts';
import { planHead, type PlanOrigin } from './plan-head.ts';
import { planGround } from './plan-ground.ts';
import type { Plan } from './plan.ts';
import { refuseQuorum } from './refuse-quorum.ts';
import { refuseReplaced } from './refusals.ts';
import { lineEdits } from './settings/line-edits.ts';
import type { StepOf } from './step.ts';

export interface ManifestInput extends PlanOrigin {
  target: ManifestTarget;
  entry: Entry;
  /** The text as it is, a pin included. */
  before: Buffer;
  after: Buffer;
  /** What the plan stands on besides the manifests: the files of the kubelet's configuration. */
  ground: Record<string, string | null>;
  /** What the check found, and does not refuse. */
  warnings?: readonly Finding[];
  /** False with `--root`: the file alone. */
  live: boolean;
}

/** Undefined: the text is as it was. Throws `invalid-manifest`, and what refuses a restart of the kubelet. */
export function makeManifestPlan(input: ManifestInput): Plan | undefined {
  const { target, entry, before, after, live } = input;
  if (after.equals(before)) return undefined;
  const refusal = refuseReplaced(input.observed) ?? refuseLink(entry);
  if (refusal !== undefined) throw refusal;
  const { observed, pod } = withPod(input);
  const several = refuseSeveral(pod, entry);
  if (several !== undefined) throw several;
  const edits = lineEdits(before, after);
  const step: StepOf<'edit-manifests'> = { kind: 'edit-manifests', files: [{ path: entry.path, sha256: hash(before), edits, result: hash(applyEdits(before, edits)) }] };
  const kept = pod.uid !== undefined && samePod(entry.path, before, after);
  const quorum = kept || target.force.includes('no-quorum') ? undefined : refuseQuorum(observed, [pod]);
  if (quorum !== undefined) throw quorum;
  const unpinned = entry.manifest?.pin === undefined ? {} : { to: 'unpinned' };
  return {
    ...planHead(input),
    target,
    verb: target.verb,
    field: entry.name,
    from: 'the text from before',
    to: 'another text',
    strategy: kept ? 'home' : 'recreate',
    ...(target.reason === undefined ? {} : { reason: target.reason }),
    ...(input.warnings === undefined || input.warnings.length === 0 ? {} : { warnings: [...input.warnings] }),
    births: [],
    changes: [{ file: entry.path, field: entry.name, what: 'edited', ...unpinned }],
    ...(live ? manifestWindow(observed, kept ? [] : [pod], step, input.ground) : inTree(observed, step, input.ground)),
  };
}

/** With `--root` no kubelet runs. */
function inTree(observed: Observed, step: StepOf<'edit-manifests'>, ground: Record<string, string | null>): Pick<Plan, 'steps' | 'disturbs' | 'ground' | 'expect'> {
  return {
    steps: [step, { kind: 'verify' }, { kind: 'disarm' }],
    disturbs: { kubeletRestart: false, kept: [], recreated: [], pinned: [] },
    ground: planGround(observed, ground, {}),
    expect: { staticPodPath: observed.staticPodPath.value, pods: [] },
  };
}

/** Of a file that gave no pod so far, the one that the new text makes. */
function withPod({ observed, entry, after }: ManifestInput): { observed: Observed; pod: StaticPod } {
  const { name, namespace } = entry.manifest ?? readManifest(entry.path, after);
  const fullName = `${name}-${observed.node.name}`;
  const known = observed.pods.find((pod) => pod.manifest === entry.name) ?? observed.pods.find((pod) => pod.fullName === fullName && pod.namespace === namespace);
  const pod = known ?? { fullName, name, namespace, manifest: entry.name, state: 'stopped' as const, ready: false, sandboxes: 0, containers: [] };
  // a pod that is down for another reason is not held against this change
  const others = observed.pods.filter((other) => other !== known && other.uid !== undefined && other.state !== 'no manifest');
  return { observed: { ...observed, pods: [...others, pod] }, pod };
}

function samePod(file: string, before: Buffer, after: Buffer): boolean {
  try {
    return isDeepStrictEqual(readPodFile(file, before).yaml.value, readPodFile(file, after).yaml.value);
  } catch (error) {
    if (error instanceof KcfgError) return false;
    throw error;
  }
}

function refuseLink({ path, info }: Entry): KcfgError | undefined {
  if (info.kind !== 'link') return undefined;
  return new KcfgError('not-supported', `${path} is a link`, {
    where: [{ file: path, label: `-> ${info.target ?? ''}` }],
    notes: ['what it leads to belongs to another program; a new file in its place would part from it'],
    help: ['put the file itself there:', `  cp --remove-destination ${info.target ?? ''} ${path}`],
  });
}

function refuseSeveral(pod: StaticPod, { path }: Entry): KcfgError | undefined {
  if (pod.sandboxes <= 1) return undefined;
  return new KcfgError('several-sandboxes', `${pod.fullName} runs ${pod.sandboxes} times`, {
    where: [{ file: path }],
    notes: ['the kubelet is in the middle of replacing it, or is stuck there'],
    help: ['wait a minute, then run this again'],
  });
}
