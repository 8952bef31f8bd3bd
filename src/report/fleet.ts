/** Many nodes as a person reads them: a table, one line for each node that has ended, and where everything stands. */
import type { OutcomeDocument } from '../fleet/documents.ts';
import type { FleetNode } from '../fleet/fleet-plan.ts';
import type { NodeStanding } from '../fleet/standing.ts';
import { count, list } from './format.ts';
import type { Style } from './style.ts';
import { padEnd, padStart, visible, width, wrap } from './width.ts';

/** Beyond so many nodes, those that do the same are one row. */
const ALL_SHOWN = 20;

/** The table of `fleet plan`. Text of nodes and inventories is shown without control characters. */
export function planTable(nodes: readonly FleetNode[], style: Style, columns: number): string[] {
  const rows = folded(nodes, ({ order, role, kubelet, verdict, what }) => [order === 1, role, kubelet, verdict, what]).map(({ node, last, more }) => [
    node.order === undefined ? '-' : more === 0 ? String(node.order) : `${node.order}-${last.order}`,
    nameOf(node.name, more),
    node.role === undefined ? '' : `${node.role}${node.order === 1 && node.role === 'worker' ? ', first' : ''}`,
    node.kubelet ?? '',
    [node.what, ...(node.refusal?.where ?? []).slice(0, 1).map(({ file, line }) => (line === undefined ? file : `${file}:${line}`))].join(', '),
  ]);
  return wrappedTable(['ORDER', 'NODE', 'ROLE', 'KUBELET', 'WHAT WOULD HAPPEN'], rows, style, columns, [0]);
}

/** The table of `fleet status` and its kind. */
export function standingTable(nodes: readonly NodeStanding[], style: Style, columns: number): string[] {
  const rows = folded(nodes, ({ name: _, ...node }) => node).map(({ node, more }) => [
    node.ok ? style.signs.done : style.signs.failed,
    nameOf(node.name, more),
    node.role ?? '',
    node.kubelet ?? '',
    node.pinned === 0 ? '' : `${node.pinned} of ${node.pods}`,
    node.words,
  ]);
  return wrappedTable(['', 'NODE', 'ROLE', 'KUBELET', 'PINS', 'STANDS'], rows, style, columns, []);
}

const nameOf = (name: string, more: number): string => (more === 0 ? name : `${name} and ${more} more`);

/** The last column takes what is left, and is wrapped. `right`: columns of numbers. */
function wrappedTable(head: readonly string[], rows: readonly (readonly string[])[], style: Style, columns: number, right: readonly number[]): string[] {
  const clean = [head, ...rows].map((row) => row.map(visible));
  const wide = head.map((_, column) => Math.max(...clean.map((row) => width(row[column] ?? ''))));
  return clean.flatMap((row, index) => {
    const before = `  ${row.slice(0, -1).map((cell, column) => (right.includes(column) ? padStart : padEnd)(cell, wide[column] ?? 0)).join('  ')}  `;
    const lines = wrap(row.at(-1) ?? '', Math.max(20, columns - width(before))).map((text, at) => (at === 0 ? before : ' '.repeat(width(before))) + text);
    return index === 0 ? lines.map(style.faint) : lines;
  });
}

/** Of many nodes, those in a row that are alike are one. */
function folded<T>(nodes: readonly T[], kind: (node: T) => unknown): { node: T; last: T; more: number }[] {
  const rows: { node: T; last: T; more: number }[] = [];
  for (const node of nodes) {
    const row = rows.at(-1);
    if (nodes.length <= ALL_SHOWN || row === undefined || JSON.stringify(kind(row.node)) !== JSON.stringify(kind(node))) rows.push({ node, last: node, more: 0 });
    else Object.assign(row, { last: node, more: row.more + 1 });
  }
  return rows;
}

/** '5 nodes asked in 3.1 s: 4 would change, 1 is refused.' */
export function askedWords(nodes: readonly FleetNode[], seconds: number): string {
  const of = (verdict: FleetNode['verdict']): number => nodes.filter((node) => node.verdict === verdict).length;
  const parts: [number, string, string][] = [[of('change'), 'would change', 'would change'], [of('there'), 'is there already', 'are there already'], [of('refused'), 'is refused', 'are refused'], [of('unreachable'), 'does not answer', 'do not answer']];
  const words = parts.filter(([many]) => many > 0).map(([many, one, more]) => `${many} ${many === 1 ? one : more}`);
  return `${count(nodes.length, 'node')} asked in ${seconds.toFixed(1)} s: ${words.join(', ')}.`;
}

/** What stands behind the name of a node that has ended. */
export function outcomeWords(outcome: OutcomeDocument | undefined, message: string | undefined): string {
  if (outcome?.result === undefined || outcome.result === 'unchanged') return visible(message === undefined ? 'nothing to do' : `refused: ${message}`);
  const { result, probes, checks = [] } = outcome;
  const etcd = checks.find(({ name }) => name === 'etcd')?.detail;
  if (result === 'done' || result === 'on-trial') {
    return [result === 'done' ? 'verified' : 'on trial', ...(probes === undefined ? [] : [`${probes.answered} of ${probes.sent} probes answered`]), ...(etcd === undefined ? [] : [`etcd ${etcd.replace(' connected', '')}`])].join(', ');
  }
  const words = { 'rolled-back': 'went back', incomplete: 'needs a person', undecided: 'not decided yet: the API server is down' };
  return visible(`${words[result]}${message === undefined ? '' : `: ${message}`}`);
}

/** Names of nodes in lines of a summary, many folded. */
export function names(nodes: readonly string[]): string {
  const shown = nodes.map(visible);
  return shown.length > ALL_SHOWN ? `${shown.slice(0, 3).join(', ')} and ${shown.length - 3} more` : list(shown).replace(/ and /g, ', ');
}

/** What to type where nodes have no kcfg. */
export const installLine = (style: Style, version: string, inventories: readonly string[]): string => `  ${style.typed(`kcfg fleet install kcfg_${version}_amd64.deb ${inventories.map((each) => `-i ${each}`).join(' ')}`)}   where kcfg is missing`;
