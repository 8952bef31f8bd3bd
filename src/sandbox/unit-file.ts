/**
 * Unit files as systemd reads them: the fragment, then drop-ins by name; an empty assignment takes back what came before
 * (systemd.unit(5), systemd.service(5)). And the small languages in them: command lines, durations, conditions.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findInside } from './inside.ts';

/** Where units lie, the most important first (systemd.unit(5), "Unit File Load Path"). */
const DIRECTORIES = ['/etc/systemd/system', '/run/systemd/system', '/usr/lib/systemd/system'];

export interface UnitFile {
  name: string;
  fragment?: string;
  dropIns: string[];
  /** Key → assignments in order, sections folded together (no key of two sections matters here). */
  values: Map<string, string[]>;
  /** mtimes of all files: what NeedDaemonReload compares. */
  stamp: string;
}

export function readUnit(root: string, name: string): UnitFile {
  const unit: UnitFile = { name, dropIns: [], values: new Map(), stamp: '' };
  const fragment = DIRECTORIES.map((directory) => join(directory, name)).find((path) => findInside(root, path) !== undefined);
  if (fragment !== undefined) unit.fragment = fragment;
  const dropIns = new Map<string, string>();
  for (const directory of [...DIRECTORIES].reverse()) {
    const real = findInside(root, `${directory}/${name}.d`);
    for (const file of real === undefined ? [] : readdirSync(real))
      if (file.endsWith('.conf')) dropIns.set(file, `${directory}/${name}.d/${file}`);
  }
  unit.dropIns = [...dropIns.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  for (const path of [...(fragment === undefined ? [] : [fragment]), ...unit.dropIns]) {
    const real = findInside(root, path);
    if (real === undefined) continue;
    addAssignments(unit.values, readFileSync(real, 'utf8'));
    unit.stamp += `${path}:${statSync(real).mtimeMs};`;
  }
  return unit;
}

/** A unit made of properties, as `systemd-run -p K=V` does. */
export function unitOf(name: string, properties: readonly string[]): UnitFile {
  const unit: UnitFile = { name, fragment: `/run/systemd/transient/${name}`, dropIns: [], values: new Map(), stamp: '' };
  addAssignments(unit.values, properties.join('\n'));
  return unit;
}

function addAssignments(values: Map<string, string[]>, text: string): void {
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    const [, key, value] = /^\s*([A-Z]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    values.set(key, value === '' ? [] : [...(values.get(key) ?? []), value]);
  }
}

export const valueOf = (unit: UnitFile, key: string): string | undefined => unit.values.get(key)?.at(-1);
export const valuesOf = (unit: UnitFile, key: string): string[] => unit.values.get(key) ?? [];

/** Words of a line, quotes and backslashes resolved. */
export function words(line: string): string[] {
  const found = line.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\\.|[^\s"'\\])+/g) ?? [];
  return found.map((word) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(.)/g, (_all, a?: string, b?: string, c?: string) =>
      (a ?? b ?? c ?? '').replace(/\\(.)/g, '$1'),
    ),
  );
}

/** Environment= and the files of EnvironmentFile=, in order. A leading dash forgives a missing file. */
export function environmentOf(root: string, unit: UnitFile): Record<string, string> {
  const lines = valuesOf(unit, 'Environment').flatMap(words);
  for (const entry of valuesOf(unit, 'EnvironmentFile')) {
    const real = findInside(root, entry.replace(/^-/, ''));
    const text = real === undefined ? '' : readFileSync(real, 'utf8');
    for (const line of text.split('\n'))
      if (/^\s*\w+=/.test(line)) lines.push(line.trim().replace(/^(\w+)=(["'])(.*)\2$/, '$1=$3'));
  }
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** A command line with its variables: `$NAME` alone is split into words, `${NAME}` is not. Prefixes `-@:+!` are dropped. */
export function commandOf(line: string, env: Record<string, string>): { argv: string[]; ignoreFailure: boolean } {
  const [, prefix = '', rest = ''] = /^([-@:+!]*)(.*)$/s.exec(line) ?? [];
  const argv = words(rest).flatMap((word) => {
    const whole = /^\$(\w+)$/.exec(word)?.[1];
    if (whole !== undefined) return words(env[whole] ?? '');
    return [
      word
        .replace(/\$\{(\w+)\}/g, (_all, name: string) => env[name] ?? '')
        .replace(/%%/g, '%')
        .replace(/\$\$/g, '$'),
    ];
  });
  return { argv, ignoreFailure: prefix.includes('-') };
}

const SPAN_MS: Record<string, number> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  d: 86_400_000,
};

/** systemd.time(7): `90`, `90s`, `5min 30s`; undefined for `infinity` and what is not understood. */
export function spanMs(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce(
    (sum, [, number, unit]) => sum + Number(number) * (SPAN_MS[unit === '' || unit === undefined ? 's' : unit] ?? Number.NaN),
    0,
  );
}

/** The conditions that kcfg's units use. */
export function conditionsHold(root: string, unit: UnitFile): boolean {
  const met = (value: string, test: (path: string) => boolean): boolean =>
    value.startsWith('!') ? !test(value.slice(1)) : test(value);
  const exists = (path: string): boolean => findInside(root, path) !== undefined;
  const glob = (path: string): boolean => {
    const directory = findInside(root, path.slice(0, path.lastIndexOf('/')));
    const pattern = new RegExp(
      `^${path
        .slice(path.lastIndexOf('/') + 1)
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
    );
    return directory !== undefined && readdirSync(directory).some((name) => pattern.test(name));
  };
  const full = (path: string): boolean => {
    const directory = findInside(root, path);
    return directory !== undefined && existsSync(directory) && readdirSync(directory).length > 0;
  };
  return (
    valuesOf(unit, 'ConditionPathExists').every((value) => met(value, exists)) &&
    valuesOf(unit, 'ConditionPathExistsGlob').every((value) => met(value, glob)) &&
    valuesOf(unit, 'ConditionDirectoryNotEmpty').every((value) => met(value, full))
  );
}
