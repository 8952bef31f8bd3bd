/**
 * Where our rules and a real kubelet say different things, and why that stays. Each has a sample, and the test asks the
 * kubelet again whether it still disagrees.
 */
import type { Compared } from './compare.ts';

export interface Exception {
  name: string;
  reason: string;
  /** Of these minors; absent: of all. */
  minors?: readonly string[];
  sample: { config: string; dropIn?: string; flags?: string[] };
  explains(compared: Compared): boolean;
}

export const EXCEPTIONS: readonly Exception[] = [];

export function exceptionFor(compared: Compared): Exception | undefined {
  return EXCEPTIONS.find(({ explains }) => explains(compared));
}
