/** The changes that belong to a plan of a fleet, by their reason in each node's own history. */
import type { Answer } from './fleet-plan.ts';
import { planWords } from './plays.ts';

interface Change {
  id: string;
  result: string;
  reason?: string;
  undoes?: string;
}

/** In force: done, or kept after a trial. */
export const IN_FORCE: readonly string[] = ['done', 'kept'];

/** By node, the number of its newest change of that plan that ended like one of `results` and was not gone back from. */
export function changesOfPlan(answers: ReadonlyMap<string, Answer>, plan: string, results: readonly string[]): Map<string, string> {
  return new Map([...answers].flatMap(([name, answer]): [string, string][] => {
    const id = changeOfPlan(answer, plan, results);
    return id === undefined ? [] : [[name, id]];
  }));
}

function changeOfPlan({ state, result }: Answer, plan: string, results: readonly string[]): string | undefined {
  const rows = state === 'ok' ? ((result.history as { changes?: Change[] } | undefined)?.changes ?? []) : [];
  const undone = new Set(rows.filter((row) => IN_FORCE.includes(row.result)).map(({ undoes }) => undoes));
  return rows.find((row) => results.includes(row.result) && row.undoes === undefined && row.reason?.includes(planWords(plan)) === true && !undone.has(row.id))?.id;
}
