/** Edits of a manifest that rules may propose, each where the text is plain: an image that the runtime has, a line that is missing. Pure. */
import { isScalar } from 'yaml';
import { nearest } from '../../nearest.ts';
import type { Yaml } from '../../kubelet/yaml.ts';
import { nodesAt, placeOf } from '../../kubelet/rules/place.ts';
import { editAt, lineStart } from '../../kubelet/source.ts';
import { rangeOf } from '../../kubelet/yaml.ts';
import { isMap, valueAt } from '../../manifests/rules/case.ts';
import { replaceIn, replaceValue } from '../../manifests/rules/mend.ts';
import type { EntryFacts } from '../evidence.ts';

const SYSTEM = 'kube-system';
const PRIORITIES = ['system-node-critical', 'system-cluster-critical'];

export function mendsOf(yaml: Yaml, images: readonly string[] | undefined): EntryFacts['mends'] {
  const spec = valueAt(yaml.value, ['spec']);
  if (!isMap(spec) || yaml.source.encoding !== 'utf-8') return undefined;
  const hostNetwork = spec['hostNetwork'] === undefined ? addFirst(yaml, 'hostNetwork: true') : spec['hostNetwork'] === false ? replaceValue(yaml, ['spec', 'hostNetwork'], 'true') : undefined;
  const name = spec['priorityClassName'];
  const better = typeof name === 'string' && !PRIORITIES.includes(name) ? replaceValue(yaml, ['spec', 'priorityClassName'], nearest(name, PRIORITIES) ?? PRIORITIES[0] ?? '') : undefined;
  const priority = better === undefined ? undefined : { where: placeOf(yaml, ['spec', 'priorityClassName']), edits: better };
  const place = ['metadata', 'namespace'];
  const home = valueAt(yaml.value, place);
  const moved = typeof home === 'string' && home !== SYSTEM && nearest(home, [SYSTEM]) !== undefined ? replaceValue(yaml, place, SYSTEM) : undefined;
  const namespace = moved === undefined ? undefined : { where: placeOf(yaml, place), edits: moved };
  const others: NonNullable<NonNullable<EntryFacts['mends']>['images']> = {};
  for (const [index, container] of (Array.isArray(spec['containers']) ? spec['containers'] : []).entries()) {
    const image: unknown = isMap(container) ? container['image'] : undefined;
    if (typeof image !== 'string' || images === undefined || images.includes(image)) continue;
    const command: unknown = isMap(container) ? container['command'] : undefined;
    const to = meant(image, Array.isArray(command) ? String(command[0] ?? '') : '', images);
    const path = ['spec', 'containers', index, 'image'];
    const edits = to === undefined ? undefined : replaceValue(yaml, path, to);
    others[image] = { where: placeOf(yaml, path), ...(to === undefined || edits === undefined ? {} : { to, edits }) };
  }
  const port = securePort(yaml, spec['containers']);
  const found = { ...(port === undefined ? {} : { securePort: port }), ...(hostNetwork === undefined ? {} : { hostNetwork }), ...(priority === undefined ? {} : { priority }), ...(namespace === undefined ? {} : { namespace }), ...(Object.keys(others).length === 0 ? {} : { images: others }) };
  return Object.keys(found).length === 0 ? undefined : found;
}

function securePort(yaml: Yaml, containers: unknown): NonNullable<NonNullable<EntryFacts['mends']>['securePort']> | undefined {
  for (const [at, container] of (Array.isArray(containers) ? containers : []).entries()) {
    for (const list of ['command', 'args']) {
      const words: unknown = isMap(container) ? container[list] : undefined;
      const index = Array.isArray(words) ? words.findLastIndex((word) => /^--secure-port=\d+$/.test(String(word))) : -1;
      if (!Array.isArray(words) || index < 0) continue;
      const value = String(words[index]).slice('--secure-port='.length);
      const [edit] = replaceIn(yaml, ['spec', 'containers', at, list, index], value, value, '--secure-port=') ?? [];
      return edit === undefined ? undefined : { offset: edit.offset, length: edit.remove };
    }
  }
  return undefined;
}

/** httpGet and tcpSocket of the three probes; without a host the kubelet asks the pod's address. */
export function probeHosts(yaml: Yaml): NonNullable<EntryFacts['probeHosts']> {
  const containers = valueAt(yaml.value, ['spec', 'containers']);
  if (!Array.isArray(containers) || yaml.source.encoding !== 'utf-8') return [];
  return containers.flatMap((_, index) =>
    ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
      ['httpGet', 'tcpSocket'].flatMap((kind) => {
        const path = ['spec', 'containers', index, probe, kind, 'host'];
        const host = valueAt(yaml.value, path);
        const { value } = nodesAt(yaml, path);
        if (typeof host !== 'string' || !isScalar(value)) return [];
        const [start, end] = rangeOf(value);
        const { offset, remove } = editAt(yaml.source, start, end, '');
        return [{ host, where: placeOf(yaml, path), offset, length: remove }];
      }),
    ),
  );
}

/** The one of its program in the store, where there is one alone; else the nearest by name. */
function meant(image: string, program: string, images: readonly string[]): string | undefined {
  const named = images.filter((each) => !each.includes('@') && new RegExp(`/${program}:`).test(each));
  if (program !== '' && named.length === 1) return named[0];
  return nearest(image, program === '' ? images.filter((each) => !each.includes('@')) : named);
}

function addFirst(yaml: Yaml, line: string): ReturnType<typeof replaceValue> {
  const { value } = nodesAt(yaml, ['spec']);
  const { key } = nodesAt(yaml, ['spec', 'containers']);
  if (value === undefined || value === null || isScalar(value) || key === undefined || key === null) return undefined;
  const start = rangeOf(key)[0];
  const from = lineStart(yaml.source.text, start);
  const indent = yaml.source.text.slice(from, start);
  return /^ *$/.test(indent) ? [editAt(yaml.source, from, from, `${indent}${line}${yaml.source.eol}`)] : undefined;
}
