/** Many nodes as a person reads them: a table, one line for each node that has ended, and where everything stands. */
import type { OutcomeDocument } from '../fleet/documents.ts';
import type { FleetNode } from '../fleet/fleet-plan.ts';
import { count, list } from './format.ts';
import type { Style } from './style.ts';
import { padEnd, padStart, visible, width, wrap } from './width.ts';

/** Beyond so many nodes, those that do the same are one row. */
const ALL_SHOWN = 20;

/** The table of `fleet plan`. Text of nodes and inventories is shown without control characters. */
export function planTable(nodes: readonly FleetNode[], style: Style, columns: number): string[] {
  const rows = (nodes.length > ALL_SHOWN ? folded(nodes) : nodes.map((node) => ({ node, last: node, more: 0 }))).map(({ node, last, more }) => [
    node.order === undefined ? '-' : more === 0 ? String(node.order) : `${node.order}-${last.order}`,
    more === 0 ? visible(node.name) : `${visible(node.name)} and ${more} more`,
    node.role === undefined ? '' : `${node.role}${node.order === 1 && node.role === 'worker' ? ', first' : ''}`,
    node.kubelet ?? '',
    visible([node.what, ...(node.refusal?.where ?? []).slice(0, 1).map(({ file, line }) => (line === undefined ? file : `${file}:${line}`))].join(', ')),
  ]);
  const head = ['ORDER', 'NODE', 'ROLE', 'KUBELET', 'WHAT WOULD HAPPEN'];
  const wide = head.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  const lines = [head, ...rows].map((row) => {
    const before = `  ${[padStart(row[0] ?? '', wide[0] ?? 0), ...[1, 2, 3].map((column) => padEnd(row[column] ?? '', wide[column] ?? 0))].join('  ')}  `;
    return wrap(row[4] ?? '', Math.max(20, columns - width(before))).map((text, index) => (index === 0 ? before : ' '.repeat(width(before))) + text);
  });
  return lines.flatMap((each, index) => (index === 0 ? each.map(style.faint) : each));
}

function folded(nodes: readonly FleetNode[]): { node: FleetNode; last: FleetNode; more: number }[] {
  const rows: { node: FleetNode; last: FleetNode; more: number }[] = [];
  const kind = ({ order, role, kubelet, verdict, what }: FleetNode): string => JSON.stringify([order === 1, role, kubelet, verdict, what]);
  for (const node of nodes) {
    const row = rows.at(-1);
    if (row === undefined || kind(row.node) !== kind(node)) rows.push({ node, last: node, more: 0 });
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
