/**
 * Feature gates: a name that this kubelet does not know, one that is locked, one that needs another
 * (component-base featuregate/feature_gate.go unsafeSetFromMap). From 1.32 on the kubelet panics over them.
 */
import { nearest } from '../../nearest.ts';
import { type Case, type Rule } from './case.ts';
import { isOn } from '../effective.ts';
import type { Finding } from './finding.ts';
import { refuse, warn } from './refuse.ts';

export const gates: Rule = (c) => {
  const set = c.value['featureGates'] as Record<string, boolean>;
  return [...Object.entries(set).flatMap(([name, on]) => judged(c, name, on)), ...needed(c, set)];
};

function judged(c: Case, name: string, on: boolean): Finding[] {
  const at = [['featureGates', name]];
  const gate = c.fields.gate(name);
  if (!gate) {
    const near = nearest(name, c.fields.gates().map((known) => known.name));
    const label = near === undefined ? 'take it out' : `did you mean ${near}?`;
    return [
      refuse(c, {
        ...{ id: 'unknown-gate', message: `kubelet ${c.fields.minor} has no feature gate ${name}`, at, labels: [label], key: true },
        notes: ['gates are taken out some versions after their feature is stable, and a kubelet stops at one it does not know'],
        kubelet: `unrecognized feature gate: ${name}`,
      }),
    ];
  }
  if (gate.locked && gate.default !== on) {
    return [
      refuse(c, {
        ...{ id: 'locked-gate', message: `feature gate ${name} can no longer be ${on ? 'on' : 'off'}`, at, labels: ['take it out'] },
        kubelet: `cannot set feature gate ${name} to ${on}, feature is locked to ${gate.default}`,
      }),
    ];
  }
  if (gate.default !== on) return [];
  const goes = gate.stage === 'stable' || gate.stage === 'deprecated';
  return [
    warn(c, {
      ...{ id: 'gate-at-default', message: `feature gate ${name} is ${on ? 'on' : 'off'} anyway`, at, labels: ['of no effect'] },
      notes: goes ? ['it will be taken out of some later version, which then does not start with this line'] : [],
    }),
  ];
}

/** From 1.35 on: AddDependencies, pkg/features/kube_features.go@1.35.4. */
function needed(c: Case, set: Record<string, boolean>): Finding[] {
  return c.fields.gates().flatMap(({ name, needs = [] }) => {
    if (!isOn(c.fields, set, name)) return [];
    const off = needs.filter((other) => !isOn(c.fields, set, other));
    if (off.length === 0) return [];
    const written = [name, ...off].filter((each) => each in set);
    const first = written[0] ?? ['AllAlpha', 'AllBeta'].find((each) => each in set) ?? name;
    return [
      refuse(c, {
        ...{ id: 'gate-needs', message: `feature gate ${name} is on, and needs ${off.join(', ')}, which ${off.length > 1 ? 'are' : 'is'} off` },
        at: [first, ...written.slice(1)].map((each) => ['featureGates', each]),
        kubelet: `${name} is enabled, but depends on features that are disabled: [${off.join(' ')}]`,
      }),
    ];
  });
}
