/** Numbers, durations, sizes and times as kcfg writes them ("The voice": digits, units, nothing below 0.1 s). */

/** 1368 → '1,368' */
export function number(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** '1 pod', '4 pods', '1,368 pods' */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** Measured seconds: '0.8 s', '41.0 s', '3 min 20 s', '3 h 12 min', '41 days'. */
export function duration(seconds: number): string {
  const tenths = Math.round(seconds * 10) / 10;
  return tenths < 60 ? `${tenths.toFixed(1)} s` : long(Math.round(seconds));
}

/** Estimated or coarse seconds: '1 s', '41 s', '3 min 20 s', '41 days'. Whoever estimates puts "about" before it. */
export function coarse(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : long(whole);
}

/** The time behind a step, or '' below 0.1 s, where it says nothing. */
export function stepTime(seconds: number | undefined): string {
  return seconds === undefined || seconds < 0.1 ? '' : duration(seconds);
}

function long(whole: number): string {
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return units(minutes, 'min', whole % 60, 's');
  const hours = Math.floor(whole / 3600);
  if (hours < 48) return units(hours, 'h', minutes % 60, 'min');
  return `${Math.floor(whole / 86400)} days`;
}

function units(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

/** Bytes: '812 B', '3.9 KiB', '38.2 MiB'. */
export function size(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1024 || unit === 'GiB') return unit === 'B' ? `${value} B` : `${value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return `${bytes} B`;
}

/** Local: '2026-11-23' */
export function day(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** Local: '2026-11-23 09:14' */
export function dateTime(at: Date): string {
  return `${day(at)} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** How old something is, in its one largest unit: '41 s', '3 min', '3 h', '41 days'. */
export function age(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  return whole < 172_800 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 86400)} days`;
}

/** '11:50' today, else the day. */
export function moment(at: Date, now: Date): string {
  return day(at) === day(now) ? clockTime(at).slice(0, 5) : day(at);
}

/** Local: '09:14:36' */
export function clockTime(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** 'a', 'a and b', 'a, b and c' */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
