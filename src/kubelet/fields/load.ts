/** Loads what the kubelet of one version knows of its configuration, and of the others nothing. */
import type { FieldSetData } from './data-format.ts';
import type { FieldSet } from './field-set.ts';
import { fieldSetFrom } from './from-data.ts';

/** A path that is written out each, so that the bundler makes a file of each. */
const DATA = {
  '1.28': () => import('./data/1.28.json', { with: { type: 'json' } }),
  '1.29': () => import('./data/1.29.json', { with: { type: 'json' } }),
  '1.30': () => import('./data/1.30.json', { with: { type: 'json' } }),
  '1.31': () => import('./data/1.31.json', { with: { type: 'json' } }),
  '1.32': () => import('./data/1.32.json', { with: { type: 'json' } }),
  '1.33': () => import('./data/1.33.json', { with: { type: 'json' } }),
  '1.34': () => import('./data/1.34.json', { with: { type: 'json' } }),
  '1.35': () => import('./data/1.35.json', { with: { type: 'json' } }),
  '1.36': () => import('./data/1.36.json', { with: { type: 'json' } }),
  '1.37': () => import('./data/1.37.json', { with: { type: 'json' } }),
} as const;

export type Minor = keyof typeof DATA;

/** All that are known, the oldest first. */
export const MINORS = Object.keys(DATA) as readonly Minor[];
const OLDEST: Minor = '1.28';
const NEWEST: Minor = '1.37';

/**
 * For a version as kubelets write it ('1.37.2', 'v1.36.3-eks-1', '1.36'), or undefined for the newest known. A version
 * outside of those known gets the nearest, and `exact` is false.
 */
export async function loadFields(version: string | undefined): Promise<FieldSet> {
  const { minor, exact } = version === undefined ? { minor: NEWEST, exact: true } : nearestMinor(version);
  const key = `${minor} ${exact}`;
  const known = loaded.get(key) ?? DATA[minor]().then(({ default: data }) => fieldSetFrom(data as unknown as FieldSetData, OLDEST, exact));
  loaded.set(key, known);
  return await known;
}

/** One change asks for the same version several times. */
const loaded = new Map<string, Promise<FieldSet>>();

/** A version as people type it: 1.36, 1.36.3, v1.36.3. */
export function isVersion(text: string): boolean {
  return /^v?1\.\d+(\.\d+\S*)?$/.test(text);
}

function nearestMinor(version: string): { minor: Minor; exact: boolean } {
  const number = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  const same = MINORS.find((minor) => minor === `1.${number}`);
  if (same !== undefined) return { minor: same, exact: true };
  return { minor: number < Number(OLDEST.slice(2)) ? OLDEST : NEWEST, exact: false };
}

/** The reference's text of a field, by its canonical path. It is large, and only `explain` needs it. */
export async function loadDocs(): Promise<(path: string, minor: string) => string | undefined> {
  const { default: data } = await import('./data/docs.json', { with: { type: 'json' } });
  const texts = data as unknown as Readonly<Record<string, readonly (readonly [since: string, text: string])[]>>;
  return (path, minor) => {
    const versions = Object.hasOwn(texts, path) ? (texts[path] ?? []) : [];
    return versions.findLast(([since]) => Number(since.slice(2)) <= Number(minor.slice(2)))?.[1];
  };
}
