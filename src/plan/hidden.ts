/** A plan without the values that no one is to read on a screen or in a document. As a file for `kcfg apply` it keeps them. */
import { HIDDEN, isSecret, SECRET_FLAG, withoutSecretFlags } from '../kubelet/value-text.ts';
import type { Plan } from './plan.ts';

/** A shorter text is no secret worth the name, and stands in every other word. */
const SHORTEST = 4;

/** Every text in the values of secret settings, before and after. */
export function secretsOf({ settings = [], target }: Pick<Plan, 'settings' | 'target'>): string[] {
  const wishes = target?.field === 'settings' ? target.wishes : [];
  const values = [...settings.flatMap(({ field, from, to }) => (isSecret(field) ? [from, to] : [])), ...wishes.flatMap(({ field, value }) => (isSecret(field) ? [value] : []))];
  // the longest first: one can be a part of another
  return [...new Set(values.flatMap(textsIn))].filter((text) => text !== '').sort((a, b) => b.length - a.length);
}

export function hide(text: string, secrets: readonly string[]): string {
  if (secrets.includes(text)) return HIDDEN;
  const rest = secrets.filter((secret) => secret.length >= SHORTEST).reduce((whole, secret) => whole.replaceAll(secret, HIDDEN).replaceAll(JSON.stringify(secret).slice(1, -1), HIDDEN), text);
  return withoutSecretFlags(rest);
}

export function hiddenPlan(plan: Plan): Plan {
  const secrets = secretsOf(plan);
  if (secrets.length === 0 && !SECRET_FLAG.test(JSON.stringify(plan.steps))) return plan;
  return JSON.parse(JSON.stringify(plan, (_, value: unknown) => (typeof value === 'string' ? hide(value, secrets) : value))) as Plan;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
