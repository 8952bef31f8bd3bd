/**
 * Feature gates of the programs of Kubernetes: a name that this version does not know ends it (component-base
 * featuregate/feature_gate.go). kubeadm has gates of its own, which these programs do not know.
 */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { nearest } from '../../nearest.ts';
import type { Program } from '../programs/program.ts';
import { type Flag, flagsOf } from './arguments.ts';
import { type Case, containersOf, finding } from './case.ts';
import { removeItem, replaceIn } from './mend.ts';

/** cmd/kubeadm/app/features/features.go, 1.29 to 1.37. */
const OF_KUBEADM = new Set(['ControlPlaneKubeletLocalMode', 'EtcdLearnerMode', 'NodeLocalCRISocket', 'WaitForAllControlPlaneComponents', 'RootlessControlPlane', 'PublicKeysECDSA', 'UpgradeAddonsBeforeControlPlane', 'KubeletConfiguration', 'UnversionedKubeletConfigMap']);

export function featureGates(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const program = subject.facts.programs?.get(container.name);
    if (program?.gates === undefined) return [];
    return flagsOf(container).filter(({ name }) => name === 'feature-gates').flatMap((flag) => judge(subject, flag, program));
  });
}

function judge(subject: Case, flag: Flag, program: Program): Finding[] {
  const pairs = (flag.value ?? '').split(',').filter((pair) => pair.trim() !== '');
  return pairs.flatMap((pair) => {
    const [, component = 'kube', name = '', value = ''] = /^\s*(?:([^:=]*):)?\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(pair) ?? [];
    const gate = program.gates?.get(name);
    // without a value, and of other components: told by the types, or not known here
    if (component !== 'kube' || name === '' || !/^(1|t|f|0|true|false)$/i.test(value)) return [];
    if (gate === undefined) return unknown(subject, flag, program, name, pair, pairs);
    const on = /^(1|t)/i.test(value);
    if (gate.locked === undefined || gate.locked === on) return [];
    return [said(subject, flag, { id: 'locked-gate', name, message: `feature gate ${name} can no longer be ${on ? 'on' : 'off'} in ${program.version}`, words: `cannot set feature gate ${name} to ${on}, feature is locked to ${gate.locked}`, edits: without(subject, flag, pair, pairs) })];
  });
}

function unknown(subject: Case, flag: Flag, program: Program, name: string, pair: string, pairs: readonly string[]): Finding[] {
  const gone = program.gone.get(name);
  const kubeadm = OF_KUBEADM.has(name);
  const near = gone !== undefined || kubeadm ? undefined : nearest(name, [...(program.gates?.keys() ?? [])]);
  const message = kubeadm ? `${name} is a feature gate of kubeadm, and ${program.name} has none of that name` : `${program.name} ${program.version} has no feature gate ${name}${gone === undefined ? '' : `: ${gone} took it out`}`;
  const path = flag.valuePath ?? flag.path;
  const edits = near === undefined ? without(subject, flag, pair, pairs) : replaceIn(subject.yaml, path, name, near);
  return [said(subject, flag, { id: 'unknown-gate', name, message, words: `unrecognized feature gate: ${name}`, edits, ...(near === undefined ? {} : { near }), sure: program.exact || gone !== undefined })];
}

function said(subject: Case, flag: Flag, { id, name, message, words, edits, near, sure = true }: { id: string; name: string; message: string; words: string; edits: Finding['edits'] | undefined; near?: string; sure?: boolean }): Finding {
  return finding(subject, { id, path: flag.valuePath ?? flag.path, part: name, message, ...(sure ? {} : { severity: 'warning' as const }), ...(near === undefined ? {} : { label: `did you mean ${near}?` }), notes: [`it ends at its start: ${words}`], edits });
}

/** The pair goes; with the last one the flag. */
function without({ yaml }: Case, flag: Flag, pair: string, pairs: readonly string[]): Finding['edits'] | undefined {
  if (pairs.length === 1) return flag.valuePath === undefined ? removeItem(yaml, flag.path) : undefined;
  const path = flag.valuePath ?? flag.path;
  return pairs[0] === pair ? replaceIn(yaml, path, `${pair},`, '') : replaceIn(yaml, path, `,${pair}`, '');
}
