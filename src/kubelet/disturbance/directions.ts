/**
 * What changes of a field disturb in general, for explaining it before there is a change: asked of the rules for both
 * ways that a value can go, and for keys that are judged on their own.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Field, FieldSet } from '../fields/field-set.ts';
import type { Change, Disturbance } from './change.ts';
import { disturbanceOf, together } from './disturbance.ts';
import { RULES } from './rules.ts';

export interface Direction extends Disturbance {
  /** 'when lowered'; absent where it is the same whichever way. */
  when?: string;
}

type Pair = readonly [from: unknown, to: unknown];

/** `keys`: of a map, those worth a look of their own. */
export function directionsOf(path: string, field: Field, fields: FieldSet, keys: readonly string[] = [], config?: Change['config']): Direction[] {
  const judge = ([from, to]: Pair): Disturbance => disturbanceOf(path, from, to, fields.minor, config);
  const { kind, structure } = field.type;
  if (kind === 'object' && RULES[path] === undefined && structure !== undefined) {
    return [together(fields.structure(structure, path).flatMap((part) => directionsOf(part.path, part, fields).map(({ when, ...each }) => each)))];
  }
  if (kind === 'map') {
    const ofKey = (key: string): Direction[] => bothWays(judge, [{ [key]: '1' }, { [key]: '2' }], 'when raised', 'when lowered');
    const usual = ofKey('*');
    const others = keys.flatMap((key) => (isDeepStrictEqual(ofKey(key), usual) ? [] : ofKey(key).map((each): Direction => ({ ...each, when: [key, each.when].filter(Boolean).join(', ') }))));
    return [...usual, ...others];
  }
  if (kind === 'list') return bothWays(judge, [[], ['a']], 'when items are added', 'when items are taken out');
  if (kind === 'bool') return bothWays(judge, [false, true], 'when set to true', 'when set to false');
  if (kind === 'object') return [judge([{}, { a: 1 }])];
  return bothWays(judge, kind === 'integer' || kind === 'number' ? [1, 2] : ['1', '2'], 'when raised', 'when lowered');
}

function bothWays(judge: (pair: Pair) => Disturbance, [low, high]: Pair, up: string, down: string): Direction[] {
  const [raised, lowered] = [judge([low, high]), judge([high, low])];
  return isDeepStrictEqual(raised, lowered) ? [raised] : [{ when: up, ...raised }, { when: down, ...lowered }];
}
