/**
 * One way of breaking a change, and how many times it was done. A lane runs its cases and gives back numbers; run.ts prints
 * them. A bad state is one line that says what was done and what was found, enough to do it again.
 */
export interface LaneOptions {
  /** Everything there is; else the part that fits into CI. */
  all: boolean;
  /** Of the random lanes: the first seed. */
  seed: number;
  /** Told now and then, for a person who watches. */
  say: (progress: string) => void;
}
export interface LaneResult {
  /** What was counted, in words: 'crash states' → 12345. In the order in which they are printed. */
  counts: Record<string, number>;
  /** What was measured on the way, a line each. */
  told?: string[];
  /** Must be empty. */
  bad: string[];
}
export interface Lane {
  /** As typed behind `npm run test:fault -- `: 'disk'. */
  name: string;
  /** One line: what is broken, and how. */
  about: string;
  run(options: LaneOptions): Promise<LaneResult>;
}
