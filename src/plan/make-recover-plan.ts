/**
 * A plan that brings a broken node up again, in one window: kubelet stopped, files mended, containers that stand in the way
 * stopped, kubelet started. The fresh kubelet knows the mended manifests alone, and nothing holds their ports: so it runs into
 * neither wedge, of an orphan that it may not delete before it has seen the API server (kubernetes/kubernetes#112814), nor of
 * a manifest that waits behind a UID that this kubelet started.
 */
import { KcfgError } from '../errors.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { apiUrl } from '../manifests/api-url.ts';
import { readManifest } from '../manifests/manifest.ts';
import type { Reach } from '../kubelet/reach.ts';
import type { RecoverTarget } from '../node/recover-target.ts';
import type { Directory, Observed, StaticPod } from '../node/observed.ts';
import { hash } from './copy-manifests.ts';
import { planGround } from './plan-ground.ts';
import { planHead, type PlanOrigin } from './plan-head.ts';
import type { ExpectedPod, Plan } from './plan.ts';
import type { Edit, Step, StepOf } from './step.ts';
import { placeInOrder } from './stop-order.ts';

/** kubeadm's startup probes pass 33-34 s after a start on the lab; an API server that waits for etcd needs less. */
const AWAY_SECONDS = 5;

/** What becomes of one file. `before` absent: it is not there. `after` absent: it goes, and is kept in the change's folder. */
export interface Mend {
  path: string;
  before?: Buffer;
  after?: Buffer;
  edits?: Edit[];
  /** 'an unknown flag goes', 'line 19': why, in the plan. */
  why: string;
  /** Of the pod whose manifest it is. */
  pod?: { name: string; namespace: string };
  mode?: number;
  /** A link to nothing stands there: it goes first. */
  replaces?: true;
}
export interface RecoverInput extends PlanOrigin {
  observed: Observed;
  target: RecoverTarget;
  mends: readonly Mend[];
  /** Directories that the files need and that are not there, the outermost first. */
  makes: readonly string[];
  /** Containers that hold what another one needs, by ID. */
  stops: readonly string[];
  /** The directory of static pods is another one afterwards: what it has. Each pod in it is a new one to the kubelet. */
  directory?: Directory;
  /** Where the kubelet answers, where its own files are mended. */
  reach?: { before: Reach; after: Reach };
  /** Parts that are down and are not mended by this: not waited for. */
  left: readonly string[];
  /** False with `--root`: files alone. */
  live: boolean;
}

export function makeRecoverPlan(input: RecoverInput): Plan {
  const { observed, target, mends, live } = input;
  if (mends.length === 0 && input.stops.length === 0 && !live) throw new KcfgError('not-supported', 'this needs the node to run');
  // a second file of a pod goes: whose pod runs is not known, and a kubelet that hears the API server sees to it
  const mended = mends.flatMap(({ pod, after }) => (after !== undefined || observed.apiAnswers === false ? (pod ?? []) : []));
  const pods = input.directory === undefined ? withNew(observed, mended, mends) : withMissing(podsIn(input.directory, observed), mended, observed);
  const renewed = pods.filter((pod) => mended.some(({ name, namespace }) => name === pod.name && namespace === pod.namespace) || pod.containers.some(({ id }) => input.stops.includes(id)));
  const containers = stopsOf(renewed, input.stops, observed);
  const files = fileSteps(mends);
  const makes: Step[] = input.makes.map((path) => ({ kind: 'make-directory', path, create: { mode: 0o700, uid: 0, gid: 0 }, files: [] }));
  const also = alsoOf(renewed, observed);
  const stop: Step[] = containers.length + also.length === 0 ? [] : [{ kind: 'stop-containers', endpoint: observed.kubelet.runtimeEndpoint, containers, ...(also.length === 0 ? {} : { also }) }];
  const steps: Step[] = live
    ? [{ kind: 'arm' }, { kind: 'stop-kubelet' }, ...makes, ...files, ...stop, { kind: 'start-kubelet', afresh: true }, { kind: 'verify' }, { kind: 'disarm' }]
    : [...makes, ...files, { kind: 'verify' }, { kind: 'disarm' }];
  const kept = pods.filter((pod) => pod.state === 'running' && !renewed.includes(pod));
  const api = pods.find(({ name }) => name === 'kube-apiserver');
  return {
    ...planHead(input),
    target,
    verb: 'recover',
    field: target.value,
    from: 'broken',
    to: 'mended',
    strategy: renewed.length > 0 ? 'recreate' : 'none',
    ...(target.reason === undefined ? {} : { reason: target.reason }),
    births: [],
    changes: mends.map(({ path, before, after }) => ({ file: path, what: after === undefined ? 'set aside' : before === undefined ? 'created' : 'edited' })),
    steps,
    disturbs: {
      kubeletRestart: live,
      kept: kept.map(({ name }) => name),
      recreated: renewed.map(({ name }) => name),
      ...(api !== undefined && api.state === 'running' && observed.apiAnswers !== false && renewed.some(({ name }) => name === 'kube-apiserver' || name === 'etcd') ? { apiAwaySeconds: AWAY_SECONDS } : {}),
      pinned: kept.filter(({ pin }) => pin !== undefined).map(({ manifest, name }) => manifest ?? name),
    },
    ground: { ...planGround(observed, Object.fromEntries(mends.map(({ path, before }) => [path, before === undefined ? null : hash(before)])), {}), ...(input.reach === undefined ? {} : { reach: input.reach.before }) },
    expect: { staticPodPath: input.directory?.path ?? observed.staticPodPath.value, orphans: 'any', ...(input.reach === undefined ? {} : { reach: input.reach.after }), ...apiAfter(mends, observed), pods: live ? pods.filter((pod) => !input.left.includes(pod.name)).map((pod) => expected(pod, renewed, input)) : [] },
  };
}

/** With the pods of manifests that come back; without those that no manifest has any more. */
function withNew(observed: Observed, mended: readonly { name: string; namespace: string }[], mends: readonly Mend[]): StaticPod[] {
  // a file that was mended may be of another pod than before
  const other = ({ name, manifest }: StaticPod): boolean => mends.some(({ path, pod }) => pod !== undefined && pod.name !== name && path === `${observed.directory.path}/${manifest}`);
  const known = observed.pods.filter((pod) => (pod.manifest !== undefined && !other(pod)) || mended.some(({ name }) => name === pod.name));
  return withMissing(known, mended, observed);
}

function withMissing(known: readonly StaticPod[], mended: readonly { name: string; namespace: string }[], observed: Observed): StaticPod[] {
  const missing = mended.filter(({ name, namespace }, index) => !known.some((pod) => pod.name === name && pod.namespace === namespace) && mended.findIndex((other) => other.name === name) === index);
  return [...known, ...missing.map(({ name, namespace }): StaticPod => ({ fullName: `${name}-${observed.node.name}`, name, namespace, state: 'stopped', ready: false, sandboxes: 0, containers: [] }))];
}

/** A port or an address that is mended is where it is to be waited for. */
function apiAfter(mends: readonly Mend[], { api }: Observed): { apiUrl?: string } {
  const mend = mends.find(({ pod, after }) => pod?.name === 'kube-apiserver' && after !== undefined);
  if (api?.local !== true || mend?.after === undefined) return {};
  const url = apiUrl(readManifest(mend.path, mend.after).containers[0]?.command ?? []);
  return url === api.url ? {} : { apiUrl: url };
}

function stopsOf(renewed: readonly StaticPod[], stops: readonly string[], observed: Observed): StepOf<'stop-containers'>['containers'] {
  const graceOf = (pod: StaticPod): number | undefined => observed.directory.entries.find(({ name }) => name === pod.manifest)?.manifest?.graceSeconds;
  return [...renewed, ...observed.pods.filter((pod) => !renewed.some(({ fullName }) => fullName === pod.fullName))]
    .flatMap((pod) => pod.containers.filter(({ id, running }) => running && (renewed.includes(pod) || stops.includes(id))).map(({ id, name }) => ({ id, name, pod: pod.name, ...placeInOrder(pod.name, graceOf(pod)) })))
    .sort((a, b) => a.rank - b.rank);
}

/** Of each, one may be started once more before the kubelet stops, also in place of one that runs now: it would hold the port of the new one. */
function alsoOf(renewed: readonly StaticPod[], { pods }: Observed): NonNullable<StepOf<'stop-containers'>['also']> {
  const known = renewed.filter(({ containers, fullName }) => containers.length > 0 && pods.some((pod) => pod.fullName === fullName));
  return known.map(({ fullName, namespace, name }) => ({ fullName, namespace, pod: name, ...placeInOrder(name) })).sort((a, b) => a.rank - b.rank);
}

function fileSteps(mends: readonly Mend[]): Step[] {
  return mends.flatMap((mend): Step[] => {
    const { path, before, after, edits, why, pod, mode = 0o600, replaces } = mend;
    if (after === undefined) return before === undefined ? [] : [{ kind: 'set-aside', path, why }];
    if (before === undefined) return [...(replaces ? [{ kind: 'set-aside' as const, path, why: 'a link to nothing' }] : []), { kind: 'edit-config', path, sha256: hash(Buffer.alloc(0)), edits: [{ offset: 0, remove: 0, insert: after.toString('utf8') }], result: hash(after), field: '', line: 1, create: { mode, uid: 0, gid: 0 } }];
    const change = edits ?? [{ offset: 0, remove: before.length, insert: after.toString('utf8') }];
    const file = { path, sha256: hash(before), edits: change, result: hash(applyEdits(before, change)) };
    if (pod !== undefined) return [{ kind: 'edit-manifests', files: [file] }];
    return [{ kind: 'edit-config', ...file, field: '', line: before.subarray(0, change[0]?.offset ?? 0).toString('utf8').split('\n').length }];
  });
}

/** A pod that runs is kept; one that is mended comes up new; any other comes by itself once what it waits for is there. */
function expected(pod: StaticPod, renewed: readonly StaticPod[], { observed, directory, mends }: RecoverInput): ExpectedPod {
  const either = mends.some((mend) => mend.after === undefined && mend.pod?.name === pod.name);
  const { fullName, name, namespace, uid, sandboxId } = pod;
  const running = pod.containers.filter((each) => each.running).map(({ name: container, id, startedAt }) => ({ name: container, id, startedAt }));
  const down = pod.state !== 'running' || observed.pods.every((each) => each.fullName !== fullName) ? { wasDown: true as const } : {};
  if (renewed.includes(pod)) return { fullName, name, namespace, ...(sandboxId === undefined ? {} : { sandboxId }), containers: running, ...down };
  if (directory !== undefined || either || pod.state !== 'running' || uid === undefined) return { fullName, name, namespace, containers: [], waits: true, ...down };
  return { fullName, name, namespace, uid, ...(sandboxId === undefined ? {} : { sandboxId }), containers: running };
}

/** What the kubelet will find in another directory: none of it is what runs now. */
function podsIn({ entries }: Directory, observed: Observed): StaticPod[] {
  return entries.flatMap(({ name, manifest }): StaticPod[] => {
    if (manifest === undefined) return [];
    const fullName = `${manifest.name}-${observed.node.name}`;
    const now = observed.pods.find((pod) => pod.fullName === fullName && pod.namespace === manifest.namespace);
    return [{ fullName, name: manifest.name, namespace: manifest.namespace, manifest: name, state: now?.state ?? 'stopped', ready: false, sandboxes: now?.sandboxes ?? 0, containers: [] }];
  });
}
