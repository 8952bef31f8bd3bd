/** Is the kubelet down now? What would end its next start is told otherwise than what ended this one. */
import type { Evidence } from '../evidence.ts';

export function kubeletDown({ node, unit, kubelet }: Evidence): boolean {
  return node.live && (unit === undefined || unit.active !== 'active' || kubelet.healthy === false);
}

/** The last line of its journal that fits. */
export function kubeletSaid({ journal }: Evidence, words: RegExp): string | undefined {
  const line = journal.findLast(({ message }) => words.test(message))?.message;
  return line === undefined ? undefined : (/err="((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.replaceAll('\\"', '"') ?? line).slice(0, 400);
}

/** '1.37.2' → 37. */
export function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version ?? '')?.[1];
  return minor === undefined ? undefined : Number(minor);
}
