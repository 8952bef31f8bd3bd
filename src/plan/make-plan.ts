/**
 * makePlan: what was found and what is wanted → the steps, each undoable, and what they will disturb.
 * Pure: the bytes of the files come in as values, refusals come out as KcfgError, nothing is read or written.
 */
import { posix } from 'node:path';
import { readConfig, removeField, setScalar } from '../kubelet/document.ts';
import { applyEdits } from '../kubelet/edits.ts';
import type { Layered } from '../kubelet/layered.ts';
import type { Destination } from '../node/destination.ts';
import type { Observed, StaticPod } from '../node/observed.ts';
import type { Target } from '../node/target.ts';
import { copyManifests, hash, need } from './copy-manifests.ts';
import { disturbance } from './disturbance.ts';
import { planGround } from './plan-ground.ts';
import { planHead } from './plan-head.ts';
import { changesOf, listSteps } from './move-steps.ts';
import type { Birth, ExpectedPod, Plan, Strategy } from './plan.ts';
import { refuseLinks } from './refuse-links.ts';
import { findRefusal } from './refusals.ts';
import { refuseDestinationEntries } from './refuse-destination.ts';
import { keepPath } from './kubeadm/keep-path.ts';
import { isRunningThere, makeMendPlan } from './kubeadm/mend-plan.ts';
import { NAME as OWN_DROP_IN, type DropInInput } from './settings/own-drop-in.ts';
import { asGiven, type FileChange } from './settings/place-settings.ts';
import type { FileCopy } from './step.ts';
import { refuseUnproven } from './versions.ts';

export interface PlanInput {
  id: string;
  kcfg: string;
  madeAt: string;
  /** The day that pins tell, where it is not that of `madeAt`: of a plan that is made again to be compared. */
  pinDate?: string;
  target: Target;
  observed: Observed;
  destination: Destination;
  /** Bytes of the configuration file that will be edited, and of every file in the present directory. */
  sources: ReadonlyMap<string, Uint8Array>;
  /** Which of the configuration files are links, and what they say. */
  links: ReadonlyMap<string, string>;
  /** From earlier changes, newest first. */
  births: readonly Birth[];
  /** False with `--root`: files only. */
  live: boolean;
  /** Names of drop-ins and files whose hashes the plan stands on besides those it edits. */
  ground: Record<string, string | null>;
  /** The kubelet's configuration, layer by layer, and where else it can be written. */
  layered: Layered;
  documents: DropInInput['documents'];
  configDir: DropInInput['configDir'];
  unit: DropInInput['unit'];
  ownDirectory: DropInInput['ownDirectory'];
}

/** Undefined: nothing to do, the path is what is wanted already. Throws the first refusal. */
export function makePlan(input: PlanInput): Plan | undefined {
  const { target, observed, destination } = input;
  const present = observed.staticPodPath.value;
  const same = posix.normalize(present === '' ? '/' : present).replace(/(.)\/$/, '$1') === target.value;
  const mended = isRunningThere(input) && (same || target.undoes === undefined) ? makeMendPlan(input, same ? [] : editConfig(input)) : undefined;
  if (mended !== undefined || (same && isInForce(observed))) return mended;
  const refusal = findRefusal(target, observed, destination, input.live);
  if (refusal !== undefined) throw refusal;

  const { copies, births, strategy } = copyManifests(input);
  const odd = refuseDestinationEntries(observed, destination, copies);
  if (odd !== undefined) throw odd;
  const unproven = input.live ? refuseUnproven(strategy, observed.kubelet.version, target) : undefined;
  if (unproven !== undefined) throw unproven;
  const noBridge = bridgeObstacle(input);
  const kept = target.files === undefined ? keepPath(input) : { files: [], warnings: [] };
  const files = target.files === undefined ? [...editConfig(input), ...kept.files] : asGiven(input.sources, target.files);
  refuseLinks(input.links, files);
  const steps = listSteps(input, copies, { ...kept, files }, strategy, noBridge);
  return {
    ...planHead(input),
    target,
    verb: target.verb,
    field: target.field,
    from: present,
    to: target.value,
    strategy,
    ...(target.reason === undefined ? {} : { reason: target.reason }),
    ...(noBridge === undefined ? {} : { noBridge }),
    ...(kept.warnings.length === 0 ? {} : { warnings: kept.warnings }),
    births,
    steps,
    changes: changesOf(steps, present, target.value),
    disturbs: disturbance(observed, copies, strategy, input.live),
    ground: {
      ...planGround(
        observed,
        { ...input.ground, ...Object.fromEntries(files.map(({ path, before }) => [path, before === undefined ? null : hash(before)])), ...Object.fromEntries(copies.map((copy) => [copy.from, copy.sha256])) },
        {
          ...(target.value === '' ? {} : { [destination.path]: destination.info === undefined ? null : destination.directory.entries.map((entry) => entry.name) }),
          ...(kept.makes === undefined ? {} : { [kept.makes]: null }),
        },
      ),
      ...mountsOf(input),
    },
    expect: { staticPodPath: target.value, pods: observed.pods.flatMap((pod) => expectPod(pod, copies, strategy, input)) },
  };
}

function mountsOf({ destination, observed, target, live }: PlanInput): { mounts?: Record<string, string> } {
  const present = destination.presentMount?.point ?? '/';
  const mounts = {
    ...(present === '/' ? {} : { [observed.staticPodPath.value]: present }),
    ...(target.value === '' || destination.mount.point === '/' ? {} : { [destination.path]: destination.mount.point }),
  };
  return live && Object.keys(mounts).length > 0 ? { mounts } : {};
}

function isInForce(observed: Observed): boolean {
  const { running, value } = observed.staticPodPath;
  return running === undefined || running === value;
}

/** The layer that wins; and the file below kcfg's own drop-in, so that both say the same. */
function editConfig(input: PlanInput): FileChange[] {
  const { origin } = input.observed.staticPodPath;
  const { configFile } = input.observed.kubelet;
  if (origin.layer !== 'drop-in' || origin.file === undefined) return [setPath(input, configFile)];
  const below = posix.basename(origin.file) === OWN_DROP_IN && input.layered.config?.get('staticPodPath') !== undefined;
  return [...(below ? [setPath(input, configFile)] : []), setPath(input, origin.file)];
}

function setPath(input: PlanInput, path: string): FileChange {
  const { target } = input;
  const before = need(input.sources, path);
  const document = readConfig(path, before);
  const edits = target.value === '' ? removeField(document, target.field) : setScalar(document, target.field, target.value);
  return { path, before, edits, after: applyEdits(before, edits), fields: [target.field] };
}

/** Why no link is left in place of the old directory, or undefined when one is. */
function bridgeObstacle({ target, observed, destination }: PlanInput): string | undefined {
  const present = observed.staticPodPath.value;
  // only where a link was in that place before the change that is undone
  if (target.undoes !== undefined && !target.bridge) return 'going back';
  if (present === '' || observed.directory.info === undefined) return 'there is no old directory';
  if (!target.bridge) return '--no-bridge';
  if (destination.presentMount?.point === present) return `${present} is a mount point`;
  return undefined;
}

function expectPod(pod: StaticPod, copies: FileCopy[], strategy: Strategy, input: PlanInput): ExpectedPod[] {
  if (!copies.some((copy) => copy.name === pod.manifest)) return [];
  const kept = strategy !== 'recreate' && pod.uid !== undefined;
  const age = (startedAt: string): number => Date.parse(input.madeAt) - Number(BigInt(startedAt) / 1_000_000n);
  return [
    {
      fullName: pod.fullName,
      name: pod.name,
      namespace: pod.namespace,
      ...(kept && pod.uid !== undefined ? { uid: pod.uid } : {}),
      ...(pod.sandboxId === undefined ? {} : { sandboxId: pod.sandboxId }),
      // Of a pod that is kept, a container younger than 30 s may still be settling by itself (design §5.6).
      containers: pod.containers.filter((c) => c.running && (!kept || age(c.startedAt) >= 30_000)).map(({ name, id, startedAt }) => ({ name, id, startedAt })),
    },
  ];
}
