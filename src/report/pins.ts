/** What is said of pins: how old one is, what of its manifest waits, and what puts that in force. */
import type { Edited } from '../node/edited-since.ts';
import type { Observed, StaticPod } from '../node/observed.ts';
import type { PinOf, Pins } from '../transaction/pin-records.ts';
import { age, list, moment } from './format.ts';

/** More are counted, not named. */
const NAMED = 3;
/** Seconds without the API server (make-unpin-plan.ts), by pod; of any other it is not away. */
const AWAY = new Set(['kube-apiserver', 'etcd']);

/** 'pinned, 3 h'; where only the day is known 'pinned, today', 'pinned, 4 days'; of a pin of the first kcfg 'pinned'. */
export function pinWords(pod: StaticPod, pin: PinOf | undefined, now: Date): string {
  if (pod.pin === undefined) return 'none';
  if (pod.pin === 'foreign') return 'uid set, not by kcfg';
  if (pin?.since !== undefined) return `pinned, ${age((now.getTime() - Date.parse(pin.since)) / 1000)}`;
  if (pin?.day === undefined) return 'pinned';
  const days = Math.floor((now.getTime() - new Date(`${pin.day}T00:00:00`).getTime()) / 86_400_000);
  return days < 1 ? 'pinned, today' : `pinned, ${days === 1 ? '1 day' : `${days} days`}`;
}

/** 'as running', 'edited 11:50, line 20 waits'. */
export function manifestWords(edited: Edited | undefined, now: Date): string {
  if (edited === undefined) return 'as running';
  const at = `edited ${moment(new Date(edited.at), now)}`;
  return edited.waits === undefined ? `${at}, not known if in force` : `${at}, ${linesWait(edited.lines)}`;
}

function linesWait(lines: readonly number[]): string {
  const [wait, names] = lines.length === 1 ? ['waits', 'line'] : ['wait', 'lines'];
  return lines.length > NAMED ? `${lines.length} lines ${wait}` : `${names} ${list(lines.map(String))} ${wait}`;
}

/** Pods whose manifest has an edit that waits. */
export function waiting(observed: Observed, pins: Pins): StaticPod[] {
  return observed.pods.filter((pod) => pins.edited.get(pod.fullName)?.waits === true);
}

/** 'one edit of a pinned manifest is not in force' */
export function waitingVerdict(pods: readonly StaticPod[]): string {
  return pods.length === 1 ? 'one edit of a pinned manifest is not in force' : `edits of ${pods.length} pinned manifests are not in force`;
}

/** For a report that has no table: what is so of each, and the command that ends it. */
export function waitingFacts(observed: Observed, pins: Pins, now: Date): [fact: string, command: string][] {
  return waiting(observed, pins).map((pod) => [`${pod.manifest ?? pod.name} is pinned, ${manifestWords(pins.edited.get(pod.fullName), now)}`, `kcfg unpin ${pod.name}`]);
}

/** The likeliest next command where pins stand. */
export function nextOfPins(observed: Observed, pins: Pins): [command: string, effect: string][] {
  const pods = waiting(observed, pins);
  if (pods.length > 0) {
    const [only] = pods;
    const lines = pods.length === 1 && only !== undefined ? (pins.edited.get(only.fullName)?.lines ?? []) : [];
    const what = lines.length === 1 ? `line ${lines[0]}` : pods.length === 1 ? 'the edit' : 'the edits';
    return [[`kcfg unpin ${pods.map((pod) => pod.name).join(' ')}`, `put ${what} in force${price(pods)}`]];
  }
  const pinned = observed.pods.filter((pod) => pod.pin === 'kcfg');
  return pinned.length === 0 ? [] : [['kcfg unpin', `release the pins${price(pinned)}`]];
}

function price(pods: readonly StaticPod[]): string {
  return pods.some((pod) => AWAY.has(pod.name)) ? ', API away about 5 s' : '';
}
