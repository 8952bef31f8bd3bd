/**
 * What kcfg's records say of the pins that stand: when each was made and by whom, and the text that its pod was made from.
 * A pin is known by its mark alone; a record that is gone, damaged or another machine's takes nothing from that.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { unpinEdits } from '../manifests/pin.ts';
import type { Pin } from '../manifests/manifest.ts';
import { sha256 } from '../node/directory.ts';
import { editedSince, type Born, type Edited, type Pinned } from '../node/edited-since.ts';
import { day } from '../report/format.ts';
import { readChange, type Change } from './records.ts';
import { savedPath, touchedFiles } from './saved.ts';
import { listIds } from './store.ts';

export interface PinOf {
  change: string;
  node: string;
  /** The day in the mark. */
  day?: string;
  /** ISO, from the change's record. */
  since?: string;
  who?: string;
}
/** By full name of the pod. */
export interface Pins {
  pins: ReadonlyMap<string, PinOf>;
  /** Edits since the pod was made that are not in force, or may not be. */
  edited: ReadonlyMap<string, Edited>;
}

export async function readPins(host: Host, observed: Pinned): Promise<Pins> {
  const { pins, born } = await readPinRecords(host, observed);
  return { pins, edited: await editedSince(host, observed, born) };
}

interface PinRecords {
  pins: Map<string, PinOf>;
  /** By UID. */
  born: Map<string, Born>;
}

async function readPinRecords(host: Host, observed: Pinned): Promise<PinRecords> {
  const records: PinRecords = { pins: new Map(), born: new Map() };
  const uids = new Set(observed.pods.flatMap((pod) => (pod.pin === undefined || pod.uid === undefined ? [] : [pod.uid])));
  if (uids.size === 0) return records;
  const marks = new Map<string, Pin>();
  for (const pod of observed.pods) {
    const pin = observed.directory.entries.find((entry) => entry.name === pod.manifest)?.manifest?.pin;
    if (pin !== undefined) marks.set(pod.fullName, pin);
  }
  const wanted = new Set([...marks.values()].map((pin) => pin.change));
  const changes = new Map<string, Change>();
  for (const id of (await listIds(host)).reverse()) {
    const lacking = [...uids].filter((uid) => records.born.get(uid)?.bytes === undefined);
    if (lacking.length === 0 && !wanted.has(id)) continue;
    const change = await readChange(host, id);
    changes.set(id, change);
    await addBorn(host, change, lacking, observed.node.name, records.born);
  }
  for (const [fullName, pin] of marks) records.pins.set(fullName, pinOf(pin, changes.get(pin.change)));
  return records;
}

function pinOf({ change, node, date }: Pin, record: Change | undefined): PinOf {
  const { plan, meta } = record ?? {};
  const mine = meta !== undefined && plan?.node === node && (date === undefined || isNear(meta.startedAt, date));
  return { change, node, ...(date === undefined ? {} : { day: date }), ...(mine ? { since: meta.startedAt, who: meta.who } : {}) };
}

/** Else the number is that of another change: the records were begun anew, or came from elsewhere. */
function isNear(startedAt: string, date: string): boolean {
  const at = new Date(startedAt);
  return day(at) === date || Math.abs(at.getTime() - Date.parse(date)) < 2 * 86_400_000;
}

async function addBorn(host: Host, { folder, plan }: Change, uids: readonly string[], node: string, born: Map<string, Born>): Promise<void> {
  if (plan === undefined || !Array.isArray(plan.births)) return;
  for (const birth of plan.births) {
    if (birth.node === node && uids.includes(birth.uid) && !born.has(birth.uid)) born.set(birth.uid, { sha256: birth.sha256 });
  }
  for (const path of new Set(touchedFiles(plan))) {
    const waiting = uids.filter((uid) => born.get(uid)?.bytes === undefined);
    const bytes = waiting.length === 0 ? undefined : await host.files.read(savedPath(folder, path)).catch(() => undefined);
    const text = bytes === undefined ? undefined : bareOf(path, bytes);
    if (text === undefined) continue;
    const hash = sha256(text);
    for (const uid of waiting) if (born.get(uid)?.sha256 === hash) born.set(uid, { sha256: hash, bytes: text });
  }
}

/** As it was before any pin; undefined for what is no manifest. */
function bareOf(path: string, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return applyEdits(bytes, unpinEdits(path, bytes));
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}
