/**
 * Durations as Go reads and writes them (time.ParseDuration, Duration.String), in nanoseconds. A number of
 * nanoseconds beyond 2^53 loses digits here, which no comparison of the rules can see.
 */

const UNITS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, μs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };
/** math.MaxInt64: about 292 years. */
const MOST = 9223372036854775807;

export const MILLISECOND = 1e6;
export const SECOND = 1e9;
export const MINUTE = 60e9;

/** Undefined where Go refuses the text. */
export function parseDuration(text: string): number | undefined {
  const negative = text.startsWith('-');
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0;
  if (rest === '') return undefined;
  let sum = 0;
  while (rest !== '') {
    const [part, number = '', unit = ''] = /^(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/.exec(rest) ?? [];
    const scale = UNITS[unit];
    if (part === undefined || scale === undefined) return undefined;
    sum += Number(number) * scale;
    rest = rest.slice(part.length);
  }
  if (sum > MOST) return undefined;
  return negative ? -Math.trunc(sum) : Math.trunc(sum);
}

/** Why Go refuses the text, in its words. */
export function durationTrouble(text: string): string {
  const quoted = JSON.stringify(text);
  let rest = text.replace(/^[+-]/, '');
  while (rest !== '') {
    // a unit is all up to the next digit or stop
    const [part, number, unit = ''] = /^(\d*\.?\d*)([^\d.]*)/.exec(rest) ?? [];
    if (part === undefined || !/\d/.test(number ?? '')) break;
    if (unit === '') return `time: missing unit in duration ${quoted}`;
    if (UNITS[unit] === undefined) return `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
    rest = rest.slice(part.length);
  }
  return `time: invalid duration ${quoted}`;
}

/** As Go prints it: 1m0s, 1.5s, 100ms. */
export function writeDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  const sign = nanoseconds < 0 ? '-' : '';
  const all = Math.abs(nanoseconds);
  if (all < SECOND) {
    const [scale, unit] = all < 1e3 ? [1, 'ns'] : all < 1e6 ? [1e3, 'µs'] : [1e6, 'ms'];
    return `${sign}${all / scale}${unit}`;
  }
  const hours = Math.floor(all / 3600e9);
  const minutes = Math.floor((all % 3600e9) / 60e9);
  const seconds = Math.round(all % 60e9) / 1e9;
  return `${sign}${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${seconds}s`;
}
