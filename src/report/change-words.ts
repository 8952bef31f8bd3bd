/** What a change is about, short enough for one row: 'maxPods 110 → 150', '3 settings: maxPods, …', 'rollback 4: …'. */
import { valueText, withoutSecrets } from '../kubelet/value-text.ts';
import type { Plan } from '../plan/plan.ts';
import type { Signs } from './style.ts';
import { visible } from './width.ts';

type Words = Pick<Signs, 'becomes' | 'more'>;
/** As it stands in documents. */
export const PLAIN: Words = { becomes: '->', more: '...' };

/** Of a value in a row; `kcfg show ID` has all of it. */
const LONGEST = 40;

export function changeWords(plan: Plan, words: Words = PLAIN): string {
  const { target, settings } = plan;
  const to = `${words.becomes} ${plan.to === '' ? 'none' : visible(plan.to)}`;
  const moved = settings === undefined && plan.field === 'staticPodPath';
  if (target?.field === 'recovery') return `recover ${visible(plan.field)}`;
  const what = settings !== undefined ? settingsWords(plan, words) : moved ? (plan.from === plan.to && plan.to !== '' ? 'staticPodPath kept for kubeadm' : `staticPodPath ${to}`) : target?.field === 'manifest' ? `${visible(plan.field)} ${target.undoes === undefined ? 'edited' : 'put back'}` : `unpin ${podWords(plan.from.split(', '))}`;
  if (target?.undoes === undefined) return what;
  return `rollback ${target.undoes.id}${moved ? ` ${to}` : `: ${what}`}`;
}

/** One setting with its values, several by their names, many by their number. */
function settingsWords({ settings = [], field, verb }: Plan, { becomes, more }: Words): string {
  const [only, ...others] = settings;
  if (only === undefined) return visible(`${verb} ${field}`.trimEnd());
  const value = (value: unknown): string => {
    const letters = [...visible(valueText(withoutSecrets(only.field, value)))];
    return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join('')}${more}` : letters.join('');
  };
  if (others.length === 0) return `${visible(only.field)} ${value(only.from)} ${becomes} ${value(only.to)}`;
  return visible(settings.length <= 2 ? settings.map((each) => each.field).join(', ') : `${settings.length} settings: ${only.field}, ${more}`);
}

/** Names as long as they are few: a row is a line. */
function podWords(names: readonly string[]): string {
  return names.length <= 2 ? names.join(', ') : `${names.length} pods`;
}
