/** The checks that are worth making once the kubelet has decided: each one question, one answer, one line on screen. */
import type { Host } from '../host/host.ts';
import { etcdHealthy, mirrorPods } from '../node/api-server.ts';
import { readEtcd, type EtcdView } from '../node/etcd.ts';
import type { CheckResult } from '../report/event.ts';
import { compareContainers } from './containers.ts';
import { goneCheck, settingsCheck } from './settings.ts';
import type { Signals } from './signals.ts';
import type { Progress, Wanted } from './verify.ts';
import { unitTrouble } from './wait.ts';

/** Where a check needs the API server or etcd a moment longer than the kubelet needed. */
const PATIENCE_SECONDS = 30;
/**
 * The kubelet writes a mirror pod when it syncs its pod: at the pod's start, and then each minute and up to a half more
 * (`syncFrequency`, kubelet pod_workers.go workerResyncIntervalJitterFactor). One that could not be written at the start, as with
 * pods that kubeadm's roll-back exchanged while the API server was away, comes then.
 */
const MIRROR_SECONDS = 100;
/** On workers, where housekeeping cannot be read: containers are looked at twice, this far apart (design §5.6). */
const SECOND_LOOK_MS = 2000;

/** Lines of the kubelet's journal that speak of this very change going wrong (kubelet file.go:122-190, kubelet_pods.go:1433). */
const BAD_LINES = [
  'Could not process manifest file',
  'Unable to read config path',
  'path does not exist, ignoring',
  'Clean up containers for orphaned pod we had not seen before',
];

export async function settledChecks(
  host: Host,
  wanted: Wanted,
  signals: Signals,
  undecided: boolean,
  report: (progress: Progress) => void,
): Promise<{ checks: CheckResult[]; restarted: string[] }> {
  const checks: CheckResult[] = [];
  const add = (check: CheckResult, next: string): void => {
    checks.push(check);
    report({ done: 2 + checks.length, total: 8, waiting: next });
  };
  const cri = host.cri(wanted.kubelet.runtimeEndpoint);
  if (!signals.allowed) await host.clock.sleep(SECOND_LOOK_MS);
  const compared = await compareContainers(cri, wanted);
  add(compared.check, 'asking the API server');
  add(await apiCheck(host, wanted, signals, undecided), 'asking etcd');
  if (wanted.etcdMetricsUrl !== undefined) add(await etcdCheck(host, wanted.etcdMetricsUrl, wanted.etcdConnected ?? 0, undecided), 'looking for the mirror pods');
  if (wanted.pods.length > 0) add(await mirrorCheck(host, wanted, signals, undecided), 'reading the journal');
  if (wanted.settings !== undefined && wanted.settings.length > 0) add(await settingsCheck(host, wanted, signals, undecided), 'reading the journal');
  if (wanted.gone !== undefined) add(await goneCheck(host, wanted.gone, signals), 'reading the journal');
  add(await journalCheck(signals, wanted), 'looking at the kubelet once more');
  const unit = await signals.unit();
  const trouble = unit.active === 'active' ? unitTrouble(unit, wanted) : `${unit.active}`;
  checks.unshift({ name: 'kubelet', ok: trouble === undefined, detail: trouble ?? 'active, started once' });
  return { checks, restarted: compared.restarted };
}

async function apiCheck(host: Host, wanted: Wanted, signals: Signals, undecided: boolean): Promise<CheckResult> {
  if (signals.apiServer === undefined) return { name: 'api-server', ok: undefined, detail: 'left out: no kubeconfig says where it is' };
  if (undecided || wanted.apiDownBefore) {
    const { ready } = await signals.api();
    return { name: 'api-server', ok: ready ? true : undefined, detail: ready ? 'ready' : 'does not answer, as before the change' };
  }
  const ready = await patiently(host, async () => (await signals.api()).ready);
  return { name: 'api-server', ok: ready, detail: ready ? 'ready' : `not ready within ${PATIENCE_SECONDS} s` };
}

/** With other members: until each that was connected before is so again. One that is away for its own reasons is told, and is no reason to go back. */
async function etcdCheck(host: Host, url: string, connected: number, undecided: boolean): Promise<CheckResult> {
  const healthy = await patiently(host, async () => (await etcdHealthy(host, url)) === true || undecided);
  if (undecided) return { name: 'etcd', ok: undefined, detail: 'left out: the API server is down' };
  if (!healthy) return { name: 'etcd', ok: false, detail: 'not healthy' };
  let view: EtcdView | undefined;
  if (connected > 0) {
    await patiently(host, async () => {
      view = await readEtcd(host, url);
      return view !== undefined && view.hasLeader && view.connected >= connected;
    });
  }
  return { name: 'etcd', ok: true, detail: view === undefined ? 'healthy, with quorum' : `${view.connected + 1} of ${view.members} connected` };
}

async function mirrorCheck(host: Host, wanted: Wanted, signals: Signals, undecided: boolean): Promise<CheckResult> {
  const name = 'mirror-pods';
  const api = signals.apiServer;
  if (undecided || api === undefined) return { name, ok: undefined, detail: 'left out: the API server is down' };
  const all = wanted.pods.length;
  let found = 0;
  let allowed = true;
  const complete = await patiently(host, async () => {
    const mirrors = await mirrorPods(api, wanted.nodeName);
    allowed = mirrors !== undefined;
    if (mirrors === undefined) return true;
    found = wanted.pods.filter((pod) => {
      const uid = mirrors.get(`${pod.namespace}/${pod.fullName}`);
      return uid !== undefined && (pod.uid === undefined || uid === pod.uid);
    }).length;
    return found === all;
  }, MIRROR_SECONDS);
  if (!allowed) return { name, ok: undefined, detail: 'left out: the API server does not list them for this node' };
  return { name, ok: complete, detail: complete ? `${found} of ${all}` : `${found} of ${all} within ${MIRROR_SECONDS} s` };
}

async function journalCheck(signals: Signals, wanted: Wanted): Promise<CheckResult> {
  const bad = (await signals.journal()).find((line) => BAD_LINES.some((text) => line.includes(text)) && !excused(line, wanted));
  return { name: 'journal', ok: bad === undefined, detail: bad === undefined ? 'no complaint' : bad.slice(0, 200) };
}

/** With `recreate`, and where pods are to stop, the old pods are orphans by design. */
function excused(line: string, wanted: Wanted): boolean {
  return line.includes('orphaned pod') && (wanted.gone !== undefined || wanted.orphans !== undefined || wanted.pods.some((pod) => pod.uid === undefined));
}

async function patiently(host: Host, ask: () => Promise<boolean>, seconds = PATIENCE_SECONDS): Promise<boolean> {
  const end = host.clock.seconds() + seconds;
  for (;;) {
    if (await ask()) return true;
    if (host.clock.seconds() >= end) return false;
    await host.clock.sleep(200);
  }
}
