/** Eviction: thresholds, grace periods and what is reclaimed, as texts by signal (kubelet/eviction/helpers.go:190-400@1.37.2). They are read when the kubelet starts. */
import { nearest } from '../../nearest.ts';
import { type Case, entries, type Rule } from './case.ts';
import type { Finding } from './finding.ts';
import { durationTrouble, parseDuration } from './go-duration.ts';
import { parseQuantity, quantityTrouble } from './go-quantity.ts';
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
    return [refuse(c, { id: 'eviction-signal', message, at, key: true, labels: [near && `did you mean ${near}?`], kubelet: `unsupported eviction signal ${signal}`, when: 'start' })];
  }
  const trouble = field === 'evictionSoftGracePeriod' ? period(value) : field === 'evictionMinimumReclaim' ? reclaim(signal, value) : threshold(signal, value);
  if (trouble === undefined) return [];
  const [message, kubelet] = trouble;
  return [refuse(c, { id: 'eviction-threshold', message: `${field} of ${signal} ${message}, here it is ${JSON.stringify(value)}`, at, kubelet, when: 'start' })];
}

/** What is wrong, and what the kubelet says of it. */
type Trouble = readonly [message: string, kubelet: string] | undefined;

const AMOUNT = 'is a quantity or a percentage';
const noNumber = (value: string): Trouble => [AMOUNT, `strconv.ParseFloat: parsing ${JSON.stringify(value.replace(/%+$/, ''))}: invalid syntax`];

function threshold(signal: string, value: string): Trouble {
  if (value.endsWith('%')) {
    if (value === '0%' || value === '100%') return undefined;
    const percent = float(value);
    if (percent === undefined) return noNumber(value);
    if (percent < 0) return ['is from 0% to 100%', `eviction percentage threshold ${signal} must be >= 0%: ${value}`];
    return percent > 100 ? ['is from 0% to 100%', `eviction percentage threshold ${signal} must be <= 100%: ${value}`] : undefined;
  }
  const quantity = parseQuantity(value);
  if (quantity === undefined) return [AMOUNT, quantityTrouble(value)];
  return quantity <= 0 ? ['is above 0', `eviction threshold ${signal} must be positive: ${value}`] : undefined;
}

function period(value: string): Trouble {
  const time = parseDuration(value);
  if (time === undefined) return ['is a duration, such as 1m30s', durationTrouble(value)];
  return time < 0 ? ['is not negative', `invalid eviction grace period specified: ${value}, must be a positive value`] : undefined;
}

function reclaim(signal: string, value: string): Trouble {
  if (value.endsWith('%')) {
    const percent = float(value);
    if (percent === undefined) return noNumber(value);
    return percent <= 0 ? ['is above 0%', `eviction percentage minimum reclaim ${signal} must be positive: ${value}`] : undefined;
  }
  const quantity = parseQuantity(value);
  if (quantity === undefined) return [AMOUNT, quantityTrouble(value)];
  return quantity < 0 ? ['is not negative', `negative eviction minimum reclaim specified for ${signal}`] : undefined;
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
