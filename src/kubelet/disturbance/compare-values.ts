/** Which way a value goes. Only a direction that is certain is told; anything else counts as the worse one. */
import { record, type Change } from './change.ts';

/** Powers behind quantities (apimachinery pkg/api/resource/suffix.go:116-152@1.37.2). */
const SUFFIXES: Record<string, number> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** A number, a quantity ('200Mi') or a share ('10%') as a number; undefined for anything else. */
export function amount(value: unknown): { of: 'quantity' | 'percent'; value: number } | undefined {
  const [, digits, suffix = ''] = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]{0,2}|%)\s*$/.exec(String(value)) ?? [];
  if (digits === undefined) return undefined;
  if (suffix === '%') return { of: 'percent', value: Number(digits) };
  const factor = Object.hasOwn(SUFFIXES, suffix) ? SUFFIXES[suffix] : undefined;
  return factor === undefined ? undefined : { of: 'quantity', value: Number(digits) * factor };
}

/** True unless it is certain that `to` is at most `from`. Absent counts as 0. */
export function mayGrow(from: unknown, to: unknown): boolean {
  const [old, fresh] = [amount(from ?? 0), amount(to ?? 0)];
  if (old === undefined || fresh === undefined) return true;
  if (old.of !== fresh.of && old.value !== 0 && fresh.value !== 0) return true;
  return fresh.value > old.value;
}

/** The keys of two maps whose values differ. */
export function differingKeys({ from, to }: Change): string[] {
  const [old, fresh] = [record(from), record(to)];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter((key) => old[key] !== fresh[key]);
}

/** The keys of two maps of quantities that may grow. */
export function growingKeys(change: Change): string[] {
  const [old, fresh] = [record(change.from), record(change.to)];
  return differingKeys(change).filter((key) => mayGrow(old[key], fresh[key]));
}

/** Items of the first list that the second has not. */
export function missingItems(list: unknown, from: unknown): unknown[] {
  const others = Array.isArray(from) ? from : [];
  return Array.isArray(list) ? list.filter((item) => !others.includes(item)) : [];
}
