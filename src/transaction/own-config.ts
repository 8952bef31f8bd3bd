/**
 * kcfg's own configuration, /etc/kcfg/config.yaml: what is kept of history. Read strictly, for a word that is not known does
 * nothing, and whoever wrote it relies on it. Without the file, and for what is left out, the defaults count.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { readConfig, type ConfigDocument } from '../kubelet/document.ts';
import { placeOf } from '../kubelet/rules/place.ts';
import { nearest } from '../nearest.ts';

export const OWN_CONFIG = '/etc/kcfg/config.yaml';

export interface OwnConfig {
  history: {
    /** So many changes can be gone back from, the newest. 0: all. */
    keep: number;
    /** None that is older than so many days. 0: however old. */
    days: number;
  };
}
/** Two a week for a year. A move takes 88 KiB on disk, other changes 56, and 24 once their old files are gone (du, sandbox). */
export const DEFAULTS: OwnConfig = { history: { keep: 100, days: 0 } };
/** A number that could be a slip (a date, an epoch) is refused: more than ten thousand changes, or thirty years. */
const LIMITS: OwnConfig['history'] = { keep: 10_000, days: 11_000 };

/** Throws `bad-config`, with the line. */
export async function readOwnConfig(host: Host): Promise<OwnConfig> {
  const bytes = await host.files.read(OWN_CONFIG);
  return bytes === undefined ? DEFAULTS : parseOwnConfig(bytes);
}

export function parseOwnConfig(bytes: Uint8Array): OwnConfig {
  const document = readOrEmpty(bytes);
  if (document === undefined) return DEFAULTS;
  knownNames(document, [], document.value, ['history']);
  const history = document.value['history'] ?? {};
  if (typeof history !== 'object' || Array.isArray(history)) throw bad(document, ['history'], 'history has keep and days below it', 'value');
  knownNames(document, ['history'], history as Record<string, unknown>, Object.keys(DEFAULTS.history));
  const number = (name: 'keep' | 'days'): number => {
    const value = (history as Record<string, unknown>)[name] ?? DEFAULTS.history[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LIMITS[name]) return value;
    throw bad(document, ['history', name], `history.${name} is a whole number from 0 to ${LIMITS[name]}`, 'value');
  };
  return { history: { keep: number('keep'), days: number('days') } };
}

function readOrEmpty(bytes: Uint8Array): ConfigDocument | undefined {
  try {
    return readConfig(OWN_CONFIG, bytes);
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    if (error.code === 'empty-config') return undefined;
    throw new KcfgError('bad-config', error.message, { where: error.where, notes: error.notes, help: error.help });
  }
}

function knownNames(document: ConfigDocument, path: readonly string[], value: Record<string, unknown>, names: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    throw bad(document, [...path, name], `${OWN_CONFIG} has no ${[...path, name].join('.')}`, 'key', near === undefined ? `it has ${names.join(' and ')}` : `did you mean ${near}?`);
  }
}

function bad(document: ConfigDocument, path: readonly string[], message: string, what: 'key' | 'value', label?: string): KcfgError {
  return new KcfgError('bad-config', message, { where: [placeOf(document.yaml, path, label, what)], help: ['what can stand in it: man kcfg, section CHANGE RECORDS'] });
}
