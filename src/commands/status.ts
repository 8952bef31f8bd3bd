/** `kcfg status`: the node now: kubelet, static pods with their pins, and a change that is not decided. */
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { needRoot, observe } from '../node/observe.ts';
import type { Observed, StaticPod } from '../node/observed.ts';
import { coarse } from '../report/format.ts';
import type { Style } from '../report/style.ts';
import { table } from '../report/width.ts';
import { pendingId } from '../transaction/store.ts';
import { place } from './get.ts';
import { readHistory } from './history.ts';

export async function run({ host, out }: Context): Promise<ExitStatus> {
  needRoot(host);
  const observed = await observe(host);
  const pending = await pendingId(host);
  await out.document(statusDocument(observed, pending));
  const { style } = out;
  const last = (await readHistory(host, style.signs))[0];
  out.lines(
    style.strong(verdict(observed, pending, pending !== undefined && (await host.lock.held()))),
    ...kubeletLines(host, observed),
    `  kcfg           ${pending === undefined ? 'no change pending' : style.caution(`change ${pending} is not decided yet`)}${last === undefined ? '' : `, last: change ${last.id}, ${last.result}`}`,
    ...podLines(observed, style),
    ...nextLines(observed, pending, style),
  );
  return EXIT.done;
}

export function statusDocument(observed: Observed, pending: string | undefined): unknown {
  const { kubelet, staticPodPath, pods, node } = observed;
  return {
    node: node.name,
    role: node.role,
    kubelet: { version: kubelet.version, active: kubelet.active, pid: kubelet.pid, startedAt: kubelet.startedAt, configFile: kubelet.configFile },
    staticPodPath: { value: staticPodPath.value, origin: staticPodPath.origin, running: staticPodPath.running },
    pods: pods.map(({ name, namespace, uid, pin, state, ready, manifest }) => ({ name, namespace, uid, pinned: pin ?? null, state, ready, manifest })),
    ...(pending === undefined ? {} : { pending }),
    drift: driftOf(observed),
  };
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
export function verdict(observed: Observed, pending: string | undefined, running = false): string {
  const { node, kubelet, pods } = observed;
  const down = pods.filter((pod) => pod.state !== 'running');
  if (isTree(observed)) return `${node.name} is a tree here, not a running node: ${node.role}.`;
  if (!kubelet.active) return `${node.name} has a problem: the kubelet does not run.`;
  if (pending !== undefined) return running ? `${node.name} is being changed: change ${pending} is at work.` : `${node.name} waits: change ${pending} is not decided yet.`;
  if (driftOf(observed).length > 0) return `${node.name} runs with another staticPodPath than its files say.`;
  if (down.length > 0) return `${node.name} has a problem: ${down.map((pod) => pod.name).join(', ')} ${down.length === 1 ? 'is' : 'are'} not up.`;
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

/** Bare file names: their directory stands in the line of staticPodPath. */
function podLines(observed: Observed, style: Style): string[] {
  const { pods } = observed;
  if (pods.length === 0) return ['  static pods    none'];
  const rows = pods.map((pod) => [pod.name, stateWord(pod, isTree(observed)), pod.pin === undefined ? 'none' : pod.pin === 'kcfg' ? 'pinned' : 'uid set, not by kcfg', pod.manifest ?? 'no manifest']);
  return table([['STATIC POD', 'STATE', 'PIN', 'MANIFEST'], ...rows]).map((line) => `  ${line.replace(/ pinned /, (word) => style.caution(word))}`);
}

function stateWord(pod: StaticPod, tree: boolean): string {
  return tree ? '-' : pod.state;
}

function nextLines(observed: Observed, pending: string | undefined, style: Style): string[] {
  const { pods } = observed;
  const next: [string, string][] = [];
  if (pending !== undefined) next.push([`kcfg show ${pending}`, 'what it waits for']);
  else if (!isTree(observed) && pods.some((pod) => pod.pin === 'kcfg')) next.push(['kcfg unpin', 'release the pins: some 5 s without this API server']);
  if (next.length === 0) return [];
  return [style.strong('Next'), ...table(next.map(([command, what]) => [style.typed(command), what])).map((line) => `  ${line}`)];
}
