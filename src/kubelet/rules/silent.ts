/** What the kubelet would not say: settings that it takes, and that do something else than they look like. */
import { posix } from 'node:path';
import { type Case, entries, flag, placed, type Rule, text } from './case.ts';
import type { Finding } from './finding.ts';
import { valueAt } from '../field-path.ts';
import { isMap } from '../merge.ts';
import { placeOf } from './place.ts';
import { warn } from './refuse.ts';

export const silent: Rule = (c) => [...partial(c), ...relative(c), ...spent(c), ...split(c), ...names(c)];

/** cmd/kubelet/app/server.go:472-480: the defaults are for a configuration that names no signal at all. */
function partial(c: Case): Finding[] {
  if (!c.layers.some(({ value }) => isMap(value['evictionHard'])) || flag(c, 'mergeDefaultEvictionSettings')) return [];
  const set = entries(c, 'evictionHard').map(([signal]) => signal);
  const missing = Object.keys(c.fields.field(['evictionHard'])?.default ?? {}).filter((signal) => !set.includes(signal));
  if (missing.length === 0 || set.length === 0) return [];
  return [
    warn(c, {
      ...{ id: 'partial-eviction', message: `evictionHard leaves out ${missing.length === 1 ? `${missing[0] ?? ''}: it is off` : `${missing.length} signals: they are off`}`, at: ['evictionHard'] },
      notes: [...(missing.length === 1 ? [] : [`they are ${missing.join(', ')}`]), 'the defaults count only while evictionHard is not set at all'],
      help: c.minor >= 33 ? ['to keep them for the signals left out:', '  mergeDefaultEvictionSettings: true'] : ['name each signal that is to count'],
    }),
  ];
}

/** configfiles.go:81-98: below the directory of the file; of a drop-in and a flag, below the directory the kubelet runs in. */
function relative(c: Case): Finding[] {
  const path = text(c, 'staticPodPath');
  if (path === '' || posix.isAbsolute(path)) return [];
  const layer = c.layers.findLast(({ value }) => value['staticPodPath'] !== undefined);
  const below = layer?.kind === 'file' && placed(c, ['staticPodPath'])?.file === layer.yaml.source.file ? posix.join(posix.dirname(layer.yaml.source.file), path) : undefined;
  const message = below === undefined ? `staticPodPath is relative, and read below the directory that the kubelet runs in` : `staticPodPath is relative, and means ${below}`;
  return [warn(c, { id: 'relative-path', message, at: ['staticPodPath'], labels: ['write it out'] })];
}

/** Fields that do nothing any more: "no longer has any effect", kubelet config/v1beta1/types.go. kubeadm writes the first with 0s. */
const SPENT: readonly { field: string; since: number }[] = [
  { field: 'streamingConnectionIdleTimeout', since: 34 },
  { field: 'iptablesMasqueradeBit', since: 28 },
  { field: 'iptablesDropBit', since: 28 },
];

function spent(c: Case): Finding[] {
  const written = (field: string): boolean => c.layers.some(({ value }) => value[field] !== undefined && value[field] !== null && value[field] !== '0s');
  return SPENT.filter(({ field, since }) => c.minor >= since && written(field)).map(({ field }) =>
    warn(c, { id: 'no-effect', message: `${field} has no effect any more`, at: [field], labels: ['take it out'] }),
  );
}

/** effective.ts says why. */
function split(c: Case): Finding[] {
  return ['text', 'json'].flatMap((format) => {
    const path = ['logging', 'options', format, 'splitStream'];
    if (!c.layers.some(({ value }) => valueAt(value, path) === true)) return [];
    const message = `logging.options.${format}.splitStream has no effect in a file, only the flag --log-${format}-split-stream has`;
    return [warn(c, { id: 'no-effect', message, at: [path] })];
  });
}

/** apimachinery json/meta.go reads these two regardless of capitals, the decoder after it does not. */
function names(c: Case): Finding[] {
  return c.layers.flatMap(({ yaml, data }) =>
    Object.keys(data)
      .filter((key) => /^(apiversion|kind)$/i.test(key) && key !== 'apiVersion' && key !== 'kind')
      .map((key): Finding => {
        const right = key.toLowerCase() === 'kind' ? 'kind' : 'apiVersion';
        return { id: 'wrong-case', severity: 'warning', message: `${key} is spelt ${right}`, where: [placeOf(yaml, [key], right, 'key')], notes: [], help: [] };
      }),
  );
}
