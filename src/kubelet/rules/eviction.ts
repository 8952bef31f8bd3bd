/** Eviction: thresholds, grace periods and what is reclaimed, as texts by signal (kubelet/eviction/helpers.go:190-400@1.37.2). They are read when the kubelet starts. */
import { nearest } from '../../nearest.ts';
import { type Case, entries, type Rule } from './case.ts';
import type { Finding } from './finding.ts';
import { parseDuration } from './go-duration.ts';
import { parseQuantity } from './go-quantity.ts';
import { refuse } from './refuse.ts';

/** eviction/api/types.go; those of containerfs are known from 1.29 on, and set by the kubelet itself. */
function signals(minor: number): readonly string[] {
  const old = ['memory.available', 'allocatableMemory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available', 'imagefs.inodesFree', 'pid.available'];
  return minor >= 29 ? [...old, 'containerfs.available', 'containerfs.inodesFree'] : old;
}

const FIELDS = ['evictionHard', 'evictionSoft', 'evictionSoftGracePeriod', 'evictionMinimumReclaim'] as const;

export const eviction: Rule = (c) => [...FIELDS.flatMap((field) => entries(c, field).flatMap(([signal, value]) => judged(c, field, signal, value))), ...grace(c)];

function judged(c: Case, field: (typeof FIELDS)[number], signal: string, value: string): Finding[] {
  const known = signals(c.minor);
  const at = [[field, signal]];
  if (!known.includes(signal)) {
    const near = nearest(signal, known);
    const message = `${field} has no signal ${signal}`;
    return [refuse(c, { id: 'eviction-signal', message, at, labels: [near && `did you mean ${near}?`], kubelet: `unsupported eviction signal ${signal}`, when: 'start' })];
  }
  const trouble = field === 'evictionSoftGracePeriod' ? period(value) : field === 'evictionMinimumReclaim' ? reclaim(value) : threshold(value);
  if (trouble === undefined) return [];
  return [refuse(c, { id: 'eviction-threshold', message: `${field} of ${signal} ${trouble}, here it is ${JSON.stringify(value)}`, at, when: 'start' })];
}

function threshold(value: string): string | undefined {
  if (value.endsWith('%')) {
    if (value === '0%' || value === '100%') return undefined;
    const percent = float(value);
    return percent === undefined ? 'is a quantity or a percentage' : percent < 0 || percent > 100 ? 'is from 0% to 100%' : undefined;
  }
  const quantity = parseQuantity(value);
  return quantity === undefined ? 'is a quantity or a percentage' : quantity <= 0 ? 'is above 0' : undefined;
}

function period(value: string): string | undefined {
  const time = parseDuration(value);
  return time === undefined ? 'is a duration, such as 1m30s' : time < 0 ? 'is not negative' : undefined;
}

function reclaim(value: string): string | undefined {
  if (value.endsWith('%')) {
    const percent = float(value);
    return percent === undefined ? 'is a quantity or a percentage' : percent <= 0 ? 'is above 0%' : undefined;
  }
  const quantity = parseQuantity(value);
  return quantity === undefined ? 'is a quantity or a percentage' : quantity < 0 ? 'is not negative' : undefined;
}

/** strconv.ParseFloat of what stands before the signs. */
function float(value: string): number | undefined {
  const bare = value.replace(/%+$/, '');
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(bare) ? Number(bare) : undefined;
}

function grace(c: Case): Finding[] {
  const periods = new Set(entries(c, 'evictionSoftGracePeriod').map(([signal]) => signal));
  // a threshold of 0% or 100% is none
  return entries(c, 'evictionSoft')
    .filter(([signal, value]) => !periods.has(signal) && value !== '0%' && value !== '100%' && signals(c.minor).includes(signal))
    .map(([signal]) =>
      refuse(c, {
        ...{ id: 'eviction-grace', message: `evictionSoft of ${signal} has no grace period`, at: [['evictionSoft', signal], 'evictionSoftGracePeriod'] },
        help: ['set with it, for example:', `  evictionSoftGracePeriod: {${signal}: 1m30s}`],
        ...{ kubelet: `grace period must be specified for the soft eviction threshold ${signal}`, when: 'start' },
      }),
    );
}
