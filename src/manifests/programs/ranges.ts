/** The data's ranges: 'TYPE' in all versions, 'TYPE 1.30.4..1.34.4' in some, several with '|' between them. */

/** What a version knows of a name: its type; undefined where it does not know it, 'unsure' where that cannot be said. */
export type Known = { type: string } | undefined | 'unsure';

export interface Version {
  /** Of the data, the one that speaks for it; the older of two that it lies between. */
  below: number;
  /** The newer one of the two. */
  above: number;
  /** The same minor, and not the same patch: what the next version has may be in it. */
  patch: boolean;
}

/** Undefined where there is none to speak for it. `exact`: it is one of them, or of their minors, or lies between two. */
export function placeVersion(version: string, versions: readonly string[]): (Version & { exact: boolean }) | undefined {
  const same = versions.findIndex((each) => minorOf(each) === minorOf(version));
  if (same >= 0) return { below: same, above: same, patch: versions[same] !== version, exact: true };
  const above = versions.findIndex((each) => compare(each, version) > 0);
  if (above > 0) return { below: above - 1, above, patch: false, exact: true };
  const end = above === 0 ? 0 : versions.length - 1;
  return end < 0 ? undefined : { below: end, above: end, patch: false, exact: false };
}

export function knownIn(text: string, versions: readonly string[], { below, above, patch }: Version): Known {
  const types = typesOf(text, versions);
  const [older, newer] = [types[below], types[above]];
  if (older === undefined && newer === undefined) return patch && types.slice(above).some((type) => type !== undefined) ? 'unsure' : undefined;
  return older === newer && older !== undefined ? { type: older } : 'unsure';
}

function typesOf(text: string, versions: readonly string[]): (string | undefined)[] {
  const types: (string | undefined)[] = versions.map(() => undefined);
  for (const part of text.split('|')) {
    const [, type = part, from = versions[0] ?? '', to = versions.at(-1) ?? ''] = /^(\S*) (\S+)\.\.(\S+)$/.exec(part) ?? [];
    for (let i = versions.indexOf(from); i <= versions.indexOf(to); i++) types[i] = type;
  }
  return types;
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

export function compare(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
