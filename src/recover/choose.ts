/**
 * Which state of a manifest is right: the text mended in place where the doctor knows how, else the candidates that were
 * found. The first is taken unasked only where nothing speaks against it.
 */
import type { Candidate } from './candidates/candidate.ts';

export interface Choice {
  title: string;
  /** 'now', 'until 2026-11-28 08:51, from CRI'. */
  origin: string;
  /** 'fits, smallest change'. */
  why: string;
  bytes: Buffer;
}
export interface Choices {
  pod: string;
  path: string;
  /** Absent: there is no such file now. */
  before?: Buffer;
  choices: Choice[];
  /** Nothing speaks against the first. */
  clear: boolean;
}

const ORIGINS: Record<Candidate['source'], string> = { history: 'kept by kcfg', elsewhere: 'moved away', 'kubeadm-backup': 'from kubeadm', 'last-container': 'from the runtime', 'mirror-pod': 'from the API server', rendered: 'now' };

export function choicesOf(pod: string, path: string, before: Buffer | undefined, mended: Buffer | undefined, candidates: readonly Candidate[], when: (iso: string) => string): Choices {
  const own: Choice[] = mended === undefined ? [] : [{ title: 'this manifest, mended', origin: '', why: 'fits, smallest change', bytes: mended }];
  const others = candidates.filter(({ bytes }) => mended === undefined || !bytes.equals(mended)).map((each): Choice => ({
    title: each.title,
    origin: `${each.source === 'rendered' ? '' : `${when(each.at)}, `}${ORIGINS[each.source]}`,
    why: [each.fits, ...each.why].join(', '),
    bytes: each.bytes,
  }));
  const fitting = candidates.filter(({ fits }) => fits === 'fits');
  const [best, next] = fitting;
  // two that fit and say the same are one
  const clear = mended !== undefined || (best !== undefined && candidates[0] === best && (next === undefined || best.source !== 'rendered'));
  return { pod, path, ...(before === undefined ? {} : { before }), choices: [...own, ...others], clear };
}
