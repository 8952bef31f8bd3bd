/** What kcfg says of a field in its own words. Each text is checked against the source of the kubelet; what is not sure is not said. */

/** An allowed value and what it means; then the first and the last minor that have it, where not all do. */
export type ValueWords = readonly [value: string, means: string, since?: string, until?: string];

export interface Words {
  /** One or two short sentences. */
  does: string;
  /** The values, or the keys of a map, worth knowing. */
  values?: readonly ValueWords[];
  /** What else it must agree with, and what happens where it doesn't: small letter, no full stop. */
  needs?: string;
  /** How old and how stable it is, where that is older than the versions kcfg knows. */
  since?: string;
  /** What stands behind `kcfg set`, ready to be typed. */
  example?: string;
}

/** By canonical path. A field inside another one can have words of its own. */
export type WordsOfTopic = Readonly<Record<string, Words>>;
