/** The command that asks for a plan, as it could be typed again: what `kcfg show` tells of how a change came about. */
import { valueText, withoutSecrets } from '../kubelet/value-text.ts';
import type { Plan } from './plan.ts';
import { shellWord } from './shell-word.ts';

export function commandText({ verb, target, from }: Plan): string {
  const line = (...words: readonly string[]): string => ['kcfg', ...words].map(shellWord).join(' ');
  if (target === undefined) return line(verb, ...from.split(', '));
  const forced = target.force.flatMap((name) => ['--force', name]);
  if (target.undoes !== undefined) return line('rollback', target.undoes.id, ...forced);
  if (target.field === 'manifest') return `${line(verb, target.value)} -f FILE${forced.length === 0 ? '' : ` ${forced.map(shellWord).join(' ')}`}`;
  if (target.field === 'recovery') return line(verb, ...target.value.split(', '), ...forced);
  const layer = target.layer === undefined ? [] : ['--layer', target.layer];
  if (target.field === 'staticPodPath') {
    const strategy = target.strategy === undefined ? [] : ['--strategy', target.strategy];
    return line(verb, target.field, target.value, ...strategy, ...layer, ...(target.bridge ? [] : ['--no-bridge']), ...forced);
  }
  const { wishes, files, removePods = [] } = target;
  const pods = removePods.length === 0 ? [] : ['--remove-pods', removePods.join(',')];
  if (verb === 'edit') return line(verb, ...(files ?? []).map(({ path }) => path), ...forced);
  if (verb === 'unset') return line(verb, ...wishes.map(({ field }) => field), ...layer, ...pods, ...forced);
  // a null in a file takes a value out: no word of the command line says that beside values
  if (wishes.some(({ value }) => value === undefined)) return `${line(verb)} -f FILE`;
  return line(verb, ...wishes.map(({ field, value }) => `${field}=${valueText(withoutSecrets(field, value))}`), ...layer, ...forced);
}
