/**
 * What a kubelet of one version would say of its configuration, without the kubelet: every file by itself, then all
 * of them together against the rules, all findings at once. Nothing is read here but what is handed in.
 */
import type { FieldSet } from '../fields/field-set.ts';
import type { FlagSetting } from '../layered.ts';
import type { Case, Layer, Rule } from './case.ts';
import { cgroups } from './cgroups.ts';
import { choices } from './choices.ts';
import { cpus } from './cpus.ts';
import { decode } from './decode.ts';
import { earlyDropIns } from './early-drop-ins.ts';
import { effective, isOn } from '../effective.ts';
import { eviction } from './eviction.ts';
import type { Facts } from './facts.ts';
import { type Finding, inOrder } from './finding.ts';
import { gated } from './gated.ts';
import { flags } from './flags.ts';
import { gates } from './gates.ts';
import { images } from './images.ts';
import { readLayer } from './layer-file.ts';
import { listening } from './listening.ts';
import { logging } from './logging.ts';
import { memory } from './memory.ts';
import { node } from './node.ts';
import { ranges } from './ranges.ts';
import { serving } from './serving.ts';
import { shutdown } from './shutdown.ts';
import { silent } from './silent.ts';
import { stateFiles } from './state-files.ts';
import { unread } from './unread.ts';
import { userNamespaces } from './user-namespaces.ts';

export type { Facts };

export interface Files {
  config?: { file: string; bytes: Uint8Array };
  /** In the order in which they are merged. */
  dropIns: readonly { file: string; bytes: Uint8Array }[];
  flags: readonly FlagSetting[];
  facts?: Facts;
  /** Files in or beside the drop-in directory that no kubelet reads. */
  unread?: readonly { file: string; why: string }[];
}

const RULES: readonly Rule[] = [
  ...[flags, gates, ranges, choices, gated, images, shutdown, cgroups, cpus, memory, userNamespaces, eviction],
  ...[logging, serving, listening, node, stateFiles, silent, earlyDropIns],
];

/** Accepted: no finding is an error. */
export function judge(fields: FieldSet, files: Files): Finding[] {
  const findings: Finding[] = unread(files.unread ?? []);
  const layers: Layer[] = [];
  const sources = [
    ...(files.config ? [{ kind: 'file' as const, ...files.config }] : []),
    ...files.dropIns.map((dropIn) => ({ kind: 'drop-in' as const, ...dropIn })),
  ];
  const [, minor = '0'] = fields.minor.split('.');
  for (const { kind, file, bytes } of sources) {
    // 1.28 reads a drop-in as it reads the file
    const read = readLayer(minor === '28' ? 'file' : kind, file, bytes, fields);
    findings.push(...read.findings);
    if (!read.layer) continue;
    const decoded = decode(read.layer, fields);
    findings.push(...decoded.findings);
    layers.push({ ...read.layer, kind, value: decoded.value });
  }
  // without the file itself nothing is known of the whole
  if (files.config && !layers.some(({ kind }) => kind === 'file')) return inOrder(findings);
  const { value, gates: set } = effective(fields, layers, files.flags);
  const whole: Case = {
    ...{ fields, layers, value, flags: files.flags, facts: files.facts ?? {}, minor: Number(minor) },
    gate: (name) => isOn(fields, set, name),
  };
  return inOrder([...findings, ...RULES.flatMap((rule) => rule(whole))]);
}
