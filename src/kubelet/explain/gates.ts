/** Feature gates: the values of featureGates are all the gates of the version, and each can be explained like a field. */
import { KcfgError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import type { FieldSet, Gate } from '../fields/field-set.ts';

/** Those that can be set to something. */
export function gateValues(fields: FieldSet): { value: string; means: string }[] {
  return fields
    .gates()
    .filter(({ locked }) => !locked)
    .map((gate) => ({ value: gate.name, means: standing(gate) }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** What is to be said of one gate in place of what is said of them all. Throws `unknown-field`, with the nearest there is. */
export function explainGate(name: string, fields: FieldSet): { default: boolean; doc: string; needs?: string; example?: string } {
  const gate = fields.gate(name);
  if (gate === undefined) {
    const near = nearest(name, fields.gates().map((each) => each.name));
    throw new KcfgError('unknown-field', `kubelet ${fields.minor} has no gate ${name}, and does not start with it`, {
      help: [`${near === undefined ? '' : `did you mean ${near}?   `}All of them: kcfg explain featureGates`],
    });
  }
  const others = gate.needs ?? [];
  const fixed = `its default: with ${String(!gate.default)} the kubelet does not start`;
  return {
    default: gate.default,
    doc: `A feature of kubelet ${fields.minor}: ${standing(gate)}${gate.locked ? ', and locked so' : ''}.`,
    ...(gate.locked ? { needs: fixed } : others.length === 0 ? {} : { needs: `for true ${others.join(' and ')} on too, or the kubelet does not start` }),
    ...(gate.locked ? {} : { example: `featureGates.${name}=${String(!gate.default)}` }),
  };
}

/** 'beta, on by default' */
export function standing({ stage, default: on }: Gate): string {
  return `${stage}, ${on ? 'on' : 'off'} by default`;
}
