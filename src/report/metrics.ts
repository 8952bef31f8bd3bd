/**
 * What `kcfg status -o prometheus` says of a node, by Prometheus' conventions: base units, times as seconds since 1970, names of
 * things as an _info that is 1. Labels are none that a scrape sets itself (pod, namespace, node, instance). What is not known is
 * left out, never 0.
 */
import type { Expiry } from '../doctor/pki/expiry.ts';
import type { Edited } from '../node/edited-since.ts';
import type { Observed, PodState, StaticPod } from '../node/observed.ts';
import type { Pending } from '../transaction/pending.ts';
import type { PinOf, Pins } from '../transaction/pin-records.ts';
import type { Family, Sample } from './exposition.ts';
import type { ResultWord } from './result-word.ts';

export interface Measured {
  /** Of kcfg. */
  version: string;
  /** Nothing that was asked for could not be read. */
  readable: boolean;
  observed: Pick<Observed, 'node' | 'kubelet' | 'runtime' | 'directory' | 'pods' | 'apiAnswers' | 'etcd'>;
  /** Its /healthz answers. */
  healthy?: boolean;
  /** Fields that the running kubelet has other than its files; absent where it cannot be asked. */
  drift?: readonly string[];
  /** Absent: they could not be read; so with the changes. */
  pins?: Pins;
  changes?: { pending?: Pending | undefined; last?: { id: string; at: string; result: ResultWord } | undefined };
  certificates: readonly Expiry[];
}

const STATES: readonly PodState[] = ['running', 'starting', 'stopped', 'no manifest'];
const PENDING: readonly Pending['kind'][] = ['running', 'on-trial', 'open', 'cut-off', 'incomplete'];

export function metricsOf(measured: Measured): Family[] {
  return [...nodeFamilies(measured), ...podFamilies(measured), ...changeFamilies(measured), ...certificateFamilies(measured), ...etcdFamilies(measured)];
}

function nodeFamilies({ version, readable, observed: { node, kubelet, runtime, apiAnswers }, healthy, drift }: Measured): Family[] {
  return [
    family('kcfg_build_info', 'Version of kcfg that wrote this.', info({ version })),
    family('kcfg_node_info', 'The node by the name that its kubelet registers, and its role.', info({ nodename: node.name, role: node.role })),
    family('kcfg_node_readable', '1: all of the node could be read. 0: something could not, and is missing here; kcfg doctor says what.', one(readable)),
    family('kcfg_kubelet_active', 'systemd has the kubelet running.', one(kubelet.active)),
    family('kcfg_kubelet_healthy', 'The kubelet answers on /healthz.', one(healthy)),
    family('kcfg_kubelet_info', 'Version of the kubelet.', kubelet.version === undefined ? [] : info({ version: kubelet.version })),
    family('kcfg_kubelet_start_time_seconds', 'When the running kubelet was started.', time(kubelet.startedAt)),
    family('kcfg_runtime_answers', 'The container runtime answers. Where it does not, nothing is said of what static pods do.', one(runtime !== undefined)),
    family('kcfg_api_server_answers', 'The API server of a control plane, or the one that a worker asks, answers.', one(apiAnswers)),
    family('kcfg_drifted_fields', 'Settings that the running kubelet has other than its files. Missing where the kubelet does not tell: on workers, and where it is down.', drift === undefined ? [] : [{ value: drift.length }]),
    family('kcfg_field_drifted', 'One such setting, by its name.', (drift ?? []).map((field) => ({ labels: { field }, value: 1 }))),
  ];
}

function podFamilies({ observed: { runtime, directory, pods }, pins: known }: Measured): Family[] {
  const { pins = new Map<string, PinOf>(), edited = new Map<string, Edited>() } = known ?? {};
  const pinned = known === undefined ? [] : pods.filter(({ pin }) => pin !== undefined);
  const asked = runtime !== undefined;
  const each = (all: readonly StaticPod[], value: (pod: StaticPod) => number | undefined): Sample[] =>
    all.flatMap((pod) => {
      const found = value(pod);
      return found === undefined ? [] : [{ labels: { static_pod: `${pod.namespace}/${pod.name}` }, value: found }];
    });
  return [
    family('kcfg_static_pods', 'Static pods by state.', !asked ? [] : STATES.map((state) => ({ labels: { state: state.replace(' ', '-') }, value: pods.filter((pod) => pod.state === state).length }))),
    family('kcfg_static_pod_ready', 'Every container of the static pod runs.', each(asked ? pods : [], ({ ready }) => Number(ready))),
    family('kcfg_refused_manifests', 'Files in the directory of the static pods that the kubelet takes no pod from: what they say cannot be read.', [{ value: directory.entries.filter(({ skipped }) => skipped?.why === 'invalid' || skipped?.why === 'too-large').length }]),
    family('kcfg_pinned_static_pods', 'Static pods whose manifest sets metadata.uid, by who set it.', ['kcfg', 'foreign'].map((by) => ({ labels: { by: by === 'kcfg' ? by : 'other' }, value: pods.filter(({ pin }) => pin === by).length }))),
    family('kcfg_pin_timestamp_seconds', 'When the static pod was pinned.', each(pinned, ({ fullName }) => pinnedAt(pins.get(fullName)))),
    family('kcfg_pin_edit_waiting', 'The pinned manifest has an edit that is not in force. Missing where that cannot be told.', each(asked ? pinned : [], ({ fullName }) => (edited.has(fullName) ? (edited.get(fullName)?.waits === true ? 1 : undefined) : 0))),
    family('kcfg_pin_edited_timestamp_seconds', 'When the pinned manifest was edited last, where its pod may not have that edit.', each(pinned, ({ fullName }) => seconds(edited.get(fullName)?.at))),
  ];
}

function changeFamilies({ changes }: Measured): Family[] {
  const { pending, last } = changes ?? {};
  return [
    family('kcfg_change_pending', 'A change is not decided: at work, on trial, open until the API server answers, cut off, or incomplete, which needs a person.', changes === undefined ? [] : PENDING.map((state) => ({ labels: { state }, value: Number(pending?.kind === state) }))),
    family('kcfg_trial_end_timestamp_seconds', 'When the change on trial goes back by itself.', pending?.kind === 'on-trial' ? time(pending.until) : []),
    family('kcfg_last_change_info', 'The last change that is decided, by its number, and what became of it.', last === undefined ? [] : info({ change: last.id, result: last.result })),
    family('kcfg_last_change_timestamp_seconds', 'When the last change that is decided was begun.', time(last?.at)),
  ];
}

function certificateFamilies({ certificates }: Measured): Family[] {
  const samples = certificates.flatMap(({ file, role, renewedBy, notAfter }) => time(notAfter).map(({ value }) => ({ value, labels: { file, role, ...(renewedBy === undefined ? {} : { renewed_by: renewedBy }) } })));
  return [family('kcfg_certificate_expiration_timestamp_seconds', 'When a certificate that is in use ends: of several in one file the first one.', samples)];
}

function etcdFamilies({ observed: { etcd } }: Measured): Family[] {
  return [
    family('kcfg_etcd_members', 'Members of etcd that this one knows, itself counted.', etcd === undefined ? [] : [{ value: etcd.members }]),
    family('kcfg_etcd_peers_connected', 'Other members of etcd that this one is connected with.', etcd === undefined ? [] : [{ value: etcd.connected }]),
    family('kcfg_etcd_has_leader', 'This member of etcd has a leader: a quorum is up.', one(etcd?.hasLeader)),
  ];
}

function family(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, help, samples };
}
function info(labels: Record<string, string>): Sample[] {
  return [{ labels, value: 1 }];
}
function one(is: boolean | undefined): Sample[] {
  return is === undefined ? [] : [{ value: Number(is) }];
}
function time(iso: string | undefined): Sample[] {
  const value = seconds(iso);
  return value === undefined ? [] : [{ value }];
}

function seconds(iso: string | undefined): number | undefined {
  const at = Date.parse(iso ?? '') / 1000;
  return Number.isNaN(at) ? undefined : at;
}

/** Without a record of the change only the day is known: it began at midnight here. */
function pinnedAt(pin: PinOf | undefined): number | undefined {
  return seconds(pin?.since ?? (pin?.day === undefined ? undefined : `${pin.day}T00:00:00`));
}
