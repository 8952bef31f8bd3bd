/**
 * Is the node whole? Every file outside of kcfg's own as it was before the change, or every file as the change wanted it: bytes,
 * owner, mode, time, xattrs, links, and nothing besides. And the record says which of the two.
 */
import type { Result } from '../../../src/report/event.ts';
import { parseJournal } from '../../../src/transaction/journal.ts';
import { PENDING, STORE } from '../../../src/transaction/store.ts';
import { UNIT_FILES } from '../../../src/transaction/units.ts';
import { listing, ROOT, type State } from './disk-state.ts';

/** The kubelet's own: written anew whenever it starts without. What was there before the change must be there again after going back. */
const KUBELETS = ['/var/lib/kubelet/cpu_manager_state'];
const own = (path: string): boolean => path === STORE || UNIT_FILES.includes(path) || path === `${KUBELETS[0]}.tmp`;

export interface Sides {
  old: ReadonlyMap<string, string>;
  wanted: ReadonlyMap<string, string>;
}

/** What src/transaction/kept-file.ts makes. */
const KEPT = /\/\.[^/]+\.kcfg-\d+$/;

export const outside = (state: State): Map<string, string> => listing(state, own);

/** Half-written units of kcfg's own: systemd does not look at hidden files. */
const OWN_TEMPORARY = /^\/etc\/systemd\/system\/(.*\/)?\.kcfg-recover\.service\.kcfg-[0-9a-f]{12}$/;

/** The first few paths that differ, in words; '' where none does. */
export function difference(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>, skip: readonly string[] = []): string {
  const words: string[] = [];
  for (const path of new Set([...expected.keys(), ...found.keys()])) {
    if (skip.includes(path) || expected.get(path) === found.get(path)) continue;
    words.push(found.get(path) === undefined ? `${path} is missing` : expected.get(path) === undefined ? `${path} is there` : `${path} is ${found.get(path)}, not ${expected.get(path)}`);
  }
  return words.slice(0, 4).join('; ');
}

/** 'old' or 'new', or what is neither. `units`: what is left of kcfg's own does not count. */
export function sideOf(state: State, { old, wanted }: Sides, leave?: 'units'): 'old' | 'new' | { odd: string } {
  const found = leave === undefined ? outside(state) : listing(state, (path) => own(path) || OWN_TEMPORARY.test(path));
  const fromOld = difference(old, found);
  if (fromOld === '') return 'old';
  // On trial an edited file has its old self beside it, or only in the change's folder where that could not be done.
  const kept = [...wanted.keys()].filter((path) => KEPT.test(path) && !found.has(path));
  const fromNew = difference(wanted, found, [...KUBELETS, ...kept]);
  if (fromNew === '') return 'new';
  return { odd: `neither old (${fromOld.slice(0, 300)}) nor new (${fromNew.slice(0, 300)})` };
}

export function readText(state: State, path: string): string | undefined {
  let ino: number | undefined = ROOT;
  for (const part of path.split('/').filter((each) => each !== '')) ino = ino === undefined ? undefined : state.get(ino)?.entries.get(part);
  return ino === undefined ? undefined : state.get(ino)?.data.toString();
}

/** What the record of the change says; undefined where it has none. */
export function recorded(state: State, id: string): { decided?: Result; outcome?: Result; pending: boolean } {
  const journal = readText(state, `${STORE}/${id}/journal`) ?? '';
  const decided = parseJournal('journal', journal).records.findLast((record) => record.type === 'decided');
  const outcome = readText(state, `${STORE}/${id}/outcome.json`);
  return {
    ...(decided === undefined ? {} : { decided: decided.result }),
    ...(outcome === undefined ? {} : { outcome: (JSON.parse(outcome) as { result: Result }).result }),
    pending: readText(state, PENDING) !== undefined,
  };
}

/** What is wrong with a node on which a change is over; '' for nothing. */
export function verdict(state: State, sides: Sides, id: string): string {
  const side = sideOf(state, sides);
  if (typeof side !== 'string') return side.odd;
  const { decided, outcome, pending } = recorded(state, id);
  if (pending) return `still pending, and ${side}; the journal says ${decided ?? 'nothing'}, outcome.json ${readText(state, `${STORE}/${id}/outcome.json`)?.slice(0, 400) ?? 'is missing'}`;
  const said = decided ?? outcome;
  if (decided !== undefined && outcome !== undefined && decided !== outcome) return `the journal says ${decided}, outcome.json says ${outcome}`;
  // it never began, and nobody was told of it
  if (said === undefined) return side === 'old' ? '' : 'new, and nothing says so';
  const saysNew = said === 'done';
  return saysNew === (side === 'new') ? '' : `${side}, and the record says ${said}`;
}

/** Of what was thrown, enough to find it. */
export function shortened(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error);
}
