/** The best first: what fits before what may, then the smallest difference from what last ran, then the newest. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { readManifestText } from '../../manifests/rules/judge-manifest.ts';
import type { Candidate } from './candidate.ts';

const RANK: Readonly<Record<Candidate['fits'], number>> = { fits: 0, doubtful: 1, 'does not fit': 2 };

const FAR = 10_000;
const distance = ({ differs }: Measured): number => differs ?? FAR;

export interface Measured extends Candidate {
  /** From what last ran; absent: nothing ran that could be compared. */
  differs?: number;
}

/** Without a manifest to be changed: what was installed as it stands, before what is put together. */
const SOURCES: readonly Candidate['source'][] = ['history', 'elsewhere', 'kubeadm-backup', 'last-container', 'mirror-pod', 'rendered'];

/** `present`: there is a manifest, and the smaller its change, the better. */
export function inOrder(candidates: readonly Measured[], present: boolean): Candidate[] {
  const change = ({ changedLines: lines, source }: Measured): number => (present ? lines : SOURCES.indexOf(source));
  return [...candidates]
    .sort((a, b) => RANK[a.fits] - RANK[b.fits] || distance(a) - distance(b) || change(a) - change(b) || (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
    .map(({ differs: _, ...candidate }) => candidate);
}

/**
 * Of those that say the same to the kubelet the first one, in the order of sources: what once was installed before what was made
 * now. Two sources that agree doubt less: the shorter list of doubts counts.
 */
export function withoutDoubles<T extends { bytes: Buffer; title: string; doubts: string[] }>(candidates: readonly T[]): { candidate: T; same: string[] }[] {
  const kept: { candidate: T; value: unknown; same: string[] }[] = [];
  for (const candidate of candidates) {
    const value = valueOf(candidate.bytes);
    const known = kept.find((each) => isDeepStrictEqual(each.value, value));
    if (known === undefined) kept.push({ candidate, value, same: [] });
    else {
      if (candidate.doubts.length < known.candidate.doubts.length) known.candidate = { ...known.candidate, doubts: candidate.doubts };
      if (candidate.title !== known.candidate.title && !known.same.includes(candidate.title)) known.same.push(candidate.title);
    }
  }
  return kept.map(({ candidate, same }) => ({ candidate, same }));
}

function valueOf(bytes: Buffer): unknown {
  const yaml = readManifestText('', bytes);
  return 'id' in yaml ? bytes.toString('latin1') : yaml.value;
}

/** Lines of the one that are not in the other, both ways; a changed line counts once. */
export function changedLines(before: Uint8Array | undefined, after: Uint8Array): number {
  const lines = (bytes: Uint8Array | undefined): string[] => (bytes === undefined ? [] : Buffer.from(bytes).toString('utf8').split('\n').filter((line) => line !== ''));
  const left = new Map<string, number>();
  for (const line of lines(before)) left.set(line, (left.get(line) ?? 0) + 1);
  let comes = 0;
  for (const line of lines(after)) {
    const count = left.get(line) ?? 0;
    if (count === 0) comes += 1;
    else left.set(line, count - 1);
  }
  const goes = [...left.values()].reduce((sum, count) => sum + count, 0);
  return Math.max(comes, goes);
}
