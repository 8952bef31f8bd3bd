/** Flags: a text that the kubelet's parser refuses, and values in files that a flag makes void. */
import { isDeepStrictEqual } from 'node:util';
import { parseFieldPath, valueAt } from '../field-path.ts';
import type { FlagSetting } from '../layered.ts';
import { type Case, type Layer, type Rule } from './case.ts';
import type { Finding } from './finding.ts';
import { isMap } from '../merge.ts';
import { isAddress } from './go-address.ts';
import { parseDuration } from './go-duration.ts';
import { placeOf } from './place.ts';
import { wanted } from './type-words.ts';

export const flags: Rule = (c) => c.flags.flatMap((setting) => [...unparsable(setting), ...shadowed(c, setting)]);

/** component-base config IPVar: looked at when it is parsed, not as late as in a file. */
const ADDRESSES = new Set(['address', 'healthz-bind-address']);

function unparsable({ name, text, field, value, file, line }: FlagSetting): Finding[] {
  // of these nothing at all is a list, too
  if (text === '' && field.type.kind === 'list') return [];
  if (whole(name, value, field.type) && (!ADDRESSES.has(name) || text === '' || isAddress(text))) return [];
  return [
    {
      ...{ id: 'flag-value', severity: 'error', message: `--${name} is ${wanted(field.type)}, here it is ${JSON.stringify(text)}` },
      where: [{ file: file ?? `flag --${name}`, ...(line !== undefined && { line }) }],
      ...{ notes: [], help: [], field: field.path, kubelet: `invalid argument ${JSON.stringify(text)} for "${name === 'v' ? '-v, ' : ''}--${name}" flag`, when: 'load' },
    },
  ];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function whole(name: string, value: unknown, { kind, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: FlagSetting['field']['type']): boolean {
  if (value === undefined) return false;
  if (name === 'vmodule') return list(value).every((item) => isMap(item) && Number.isInteger(item['verbosity']));
  if (kind === 'duration') return typeof value === 'string' && parseDuration(value) !== undefined;
  if (kind === 'integer') return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return typeof value !== 'object' || value === null || Object.values(value).every((item) => item !== undefined);
}

/** Gates of a flag and of the files add up (server.go kubeletConfigFlagPrecedence). */
function shadowed(c: Case, { name, field, value, file, line, text }: FlagSetting): Finding[] {
  if (name === 'feature-gates') return [];
  const { path } = parseFieldPath(field.path.replaceAll('[]', ''), c.fields);
  const without = (layer: Layer): boolean => {
    const own = valueAt(layer.value, path);
    // kubeadm up to 1.31 writes containerRuntimeEndpoint: "", and the flag beside it
    return own !== undefined && own !== null && own !== '' && !isDeepStrictEqual(own, value);
  };
  return c.layers.filter(without).map((layer) => ({
    ...{ id: 'no-effect', severity: 'warning', message: `${field.path} is without effect here: the flag --${name} wins` },
    where: [placeOf(layer.yaml, path), { file: file ?? `flag --${name}`, ...(line !== undefined && { line }), label: `--${name}=${text}` }],
    ...{ notes: ['flags win over files'], help: [], field: field.path },
  }));
}
