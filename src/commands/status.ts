/** `kcfg status`: the node now: kubelet, static pods with their pins, and a change that is not decided. */
import type { Context } from '../cli/context.ts';
import { valueOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { withEtcd } from '../node/etcd.ts';
import { needRoot, observe } from '../node/observe.ts';
import type { Observed, StaticPod } from '../node/observed.ts';
import { PLAIN } from '../report/change-words.ts';
import { clockTime, coarse } from '../report/format.ts';
import { kubeadmDocument, kubeadmLines, nextOfKubeadm } from '../report/kubeadm.ts';
import { manifestWords, nextOfPins, pinWords, waiting, waitingVerdict } from '../report/pins.ts';
import type { Style } from '../report/style.ts';
import { table } from '../report/width.ts';
import { readPending, type Pending } from '../transaction/pending.ts';
import { readPins, type Pins } from '../transaction/pin-records.ts';
import { readChange } from '../transaction/records.ts';
import { listIds, pendingId } from '../transaction/store.ts';
import { place } from './get.ts';
import { rowOf, type HistoryRow } from './history.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, out, request } = context;
  if (out.format === 'prometheus') return await (await import('./status-metrics.ts')).run(context);
  if (valueOf(request, 'out') !== undefined) throw new KcfgError('usage', '--out is for metrics', { help: ['kcfg status -o prometheus --out FILE'] });
  needRoot(host);
  const observed = await withEtcd(host, await observe(host));
  const { pending, last } = await readStanding(host);
  const pins = await readPins(host, observed);
  await out.document(statusDocument(observed, pending, last, pins));
  const { style } = out;
  out.lines(
    style.strong(verdict(observed, pending, pins)),
    ...kubeletLines(host, observed),
    ...kubeadmLines(observed, style),
    `  kcfg           ${pendingWords(pending, style)}${lastWords(last)}`,
    ...podLines(observed, pins, host.clock.now(), style),
    ...nextLines(observed, pending, pins, style),
  );
  return EXIT.done;
}

/** The change that is not decided, and the last one that is. One whose record is damaged needs a person, and takes nothing else down. */
export async function readStanding(host: Host): Promise<{ pending: Pending | undefined; last: HistoryRow | undefined }> {
  const pending = await readPending(host).catch(async (error: unknown): Promise<Pending | undefined> => {
    const id = error instanceof KcfgError ? await pendingId(host) : undefined;
    if (id === undefined) throw error;
    return { id, kind: 'incomplete' };
  });
  const id = (await listIds(host)).findLast((each) => each !== pending?.id);
  return { pending, last: id === undefined ? undefined : rowOf(await readChange(host, id), undefined, PLAIN) };
}

export function pendingWords(pending: Pending | undefined, style: Style): string {
  if (pending === undefined) return 'no change pending';
  const words = { running: 'is at work', open: 'is not decided yet', 'cut-off': 'was cut off', incomplete: 'needs a person' };
  return style.caution(`change ${pending.id} ${pending.kind === 'on-trial' ? `is on trial until ${clockTime(new Date(pending.until))}` : words[pending.kind]}`);
}

export function lastWords(last: HistoryRow | undefined): string {
  return last === undefined ? '' : `, last: change ${last.id}, ${last.result}`;
}

export function statusDocument(observed: Observed, pending: Pending | undefined, last: HistoryRow | undefined, { pins, edited }: Pins): unknown {
  const { kubelet, staticPodPath, pods, node } = observed;
  return {
    node: node.name,
    role: node.role,
    kubelet: { version: kubelet.version, active: kubelet.active, pid: kubelet.pid, startedAt: kubelet.startedAt, configFile: kubelet.configFile },
    staticPodPath: { value: staticPodPath.value, origin: staticPodPath.origin, running: staticPodPath.running },
    pods: pods.map(({ fullName, name, namespace, uid, pin, state, ready, manifest }) => ({
      ...{ name, namespace, uid, pinned: pin ?? null, state, ready, manifest },
      ...(pins.has(fullName) ? { pin: pins.get(fullName) } : {}),
      ...(edited.has(fullName) ? { edited: edited.get(fullName) } : {}),
    })),
    ...(pending === undefined ? {} : { pending: pending.id, pendingState: pending.kind, ...(pending.kind === 'on-trial' ? { until: pending.until } : {}) }),
    ...(last === undefined ? {} : { lastChange: last }),
    ...(observed.etcd === undefined ? {} : { etcd: observed.etcd }),
    drift: driftOf(observed),
    ...kubeadmDocument(observed),
  };
}

export function nextOfPending({ id, kind }: Pending): [string, string][] {
  const abort: [string, string] = ['kcfg abort', 'go back from it now'];
  if (kind === 'on-trial') return [['kcfg confirm', 'keep it, from a new login'], abort];
  if (kind === 'cut-off') return [abort, [`kcfg show ${id}`, 'how far it came']];
  return [[`kcfg show ${id}`, kind === 'incomplete' ? 'what stands in the way' : 'what it waits for'], abort];
}

/** What the running kubelet has and the files say differently. */
function driftOf({ staticPodPath }: Observed): { field: string; file: string; running: string }[] {
  const { running, value } = staticPodPath;
  return running === undefined || running === value ? [] : [{ field: 'staticPodPath', file: value, running }];
}

/** With `--root` there is no runtime to ask. */
function isTree(observed: Observed): boolean {
  return observed.runtime === undefined;
}

/** One sentence; the first true thing that a person must hear. */
export function verdict(observed: Observed, pending: Pending | undefined, pins: Pins): string {
  const { node, kubelet, pods } = observed;
  const down = pods.filter((pod) => pod.state !== 'running');
  if (isTree(observed)) return `${node.name} is a tree here, not a running node: ${node.role}.`;
  if (!kubelet.active) return `${node.name} has a problem: the kubelet does not run.`;
  if (pending?.kind === 'running') return `${node.name} is being changed: change ${pending.id} is at work.`;
  if (pending?.kind === 'incomplete') return `${node.name} needs a person: change ${pending.id} is neither done nor undone.`;
  if (pending !== undefined) return `${node.name} waits: change ${pending.id} is ${pending.kind === 'on-trial' ? 'on trial' : 'not decided yet'}.`;
  if (driftOf(observed).length > 0) return `${node.name} runs with another staticPodPath than its files say.`;
  if (down.length > 0) return `${node.name} has a problem: ${down.map((pod) => pod.name).join(', ')} ${down.length === 1 ? 'is' : 'are'} not up.`;
  const edited = waiting(observed, pins);
  if (edited.length > 0) return `${node.name} is healthy, and ${waitingVerdict(edited)}.`;
  return `${node.name} is healthy: ${node.role}, kubelet ${kubelet.version ?? ''}${observed.runtime === undefined ? '' : `, ${observed.runtime.name} ${observed.runtime.version.replace(/^v/, '')}`}.`;
}

export function kubeletLines(host: Host, observed: Observed): string[] {
  const { kubelet, staticPodPath } = observed;
  const since = kubelet.startedAt === undefined ? undefined : (host.clock.now().getTime() - Date.parse(kubelet.startedAt)) / 1000;
  return [
    `  kubelet        ${isTree(observed) ? 'not to be asked here' : kubelet.active ? `active${since === undefined ? '' : ` for ${coarse(since)}`}` : 'not active'}, ${kubelet.configFile}`,
    `  staticPodPath  ${staticPodPath.value === '' ? 'none' : staticPodPath.value}, ${place(staticPodPath.origin)}`,
  ];
}

/** The directory stands in the line of staticPodPath; a file's name only where it is not the pod's. */
function podLines(observed: Observed, { pins, edited }: Pins, now: Date, style: Style): string[] {
  const { pods } = observed;
  if (pods.length === 0) return ['  static pods    none'];
  const tree = isTree(observed);
  const manifest = ({ fullName, name, manifest: file }: StaticPod): string => {
    if (file === undefined) return 'no manifest';
    const sign = edited.has(fullName) ? '! ' : '  ';
    return `${sign}${tree ? file : manifestWords(edited.get(fullName), now)}${tree || file === `${name}.yaml` ? '' : `: ${file}`}`;
  };
  const rows = pods.map((pod) => [pod.name, stateWord(pod, tree), pinWords(pod, pins.get(pod.fullName), now), manifest(pod)]);
  return table([['STATIC POD', 'STATE', 'PIN', '  MANIFEST'], ...rows]).map((line) => `  ${line.replace(/ pinned\b[^ ]*| ! /g, (word) => style.caution(word))}`);
}

function stateWord(pod: StaticPod, tree: boolean): string {
  return tree ? '-' : pod.state;
}

/** Of a node that runs: something in it is down. */
export function isBroken(observed: Observed): boolean {
  return !isTree(observed) && (!observed.kubelet.active || observed.apiAnswers === false || observed.pods.some(({ state }) => state !== 'running'));
}
export const DOCTOR: [command: string, effect: string] = ['kcfg doctor', 'why, and what mends it'];

function nextLines(observed: Observed, pending: Pending | undefined, pins: Pins, style: Style): string[] {
  const next: [string, string][] = [];
  if (pending !== undefined) next.push(...nextOfPending(pending));
  else if (isBroken(observed)) next.push(DOCTOR);
  else if (!isTree(observed)) next.push(...nextOfKubeadm(observed), ...nextOfPins(observed, pins));
  if (next.length === 0) return [];
  return [style.strong('Next'), ...table(next.map(([command, what]) => [style.typed(command), what])).map((line) => `  ${line}`)];
}
