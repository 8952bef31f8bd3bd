/** docs/cases.md from results: `node --import tsx test/cases/write-docs.ts RESULTS.json…`. Of a case that was run again, the last counts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CASES } from './book.ts';
import { notShown } from './book/not-shown.ts';
import type { Result } from './run-case.ts';
import { classTable } from './table.ts';

const FILE = fileURLToPath(new URL('../../docs/cases.md', import.meta.url));

const runs = process.argv
  .slice(2)
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as { at: string; results: Result[] })
  .sort((a, b) => (a.at < b.at ? -1 : 1));
const last = new Map<string, Result>();
for (const { results } of runs) for (const result of results) last.set(`${result.node} ${result.id}`, result);
const of = (node: Result['node']): Result[] => CASES.flatMap(({ id }) => last.get(`${node} ${id}`) ?? []);

function caseRow({ id, name, place, line, repaired, worse, problem, seconds }: Result): string {
  if (problem !== undefined) return `| ${id} | ${name} | did not show | | |`;
  const cause = place === 0 ? (line === false ? 'first, another line' : 'first') : place > 0 ? `number ${place + 1}` : 'no';
  return `| ${id} | ${name} | ${cause} | ${repaired}${worse.length > 0 ? `; worse: ${worse.join('; ')}` : ''} | ${seconds.repair === undefined ? '' : `${seconds.repair} s`} |`;
}

const section = (title: string, results: readonly Result[]): string[] =>
  results.length === 0 ? [] : ['', `## ${title}`, '', ...classTable(results), '', '| | what is broken | cause named | repaired by | until all is Ready |', '|---|---|---|---|---|', ...results.map(caseRow)];

const seen = CASES.filter((one) => one.seen !== undefined).map(({ id, name, seen: words }) => `- **${id}**, ${name}: ${words}.`);
writeFileSync(
  FILE,
  [
    '# The case book',
    '',
    `${CASES.length} ways to break a control plane, each done to a healthy node, then \`kcfg doctor\`, then \`kcfg recover --yes\` or the commands that doctor prints, until every component is Ready. Written by \`npm run bench:doctor\` (\`test/cases\`), Kubernetes 1.37.2; last run ${runs.at(-1)?.at.slice(0, 10)}.`,
    '',
    `Collected from ${runs.length} runs between ${runs[0]?.at.slice(0, 16)} and ${runs.at(-1)?.at.slice(0, 16)}, each with the code and the cases of its hour: of a case that was run again, the last result counts. Not run on a real node yet: ${CASES.filter(({ id }) => !last.has(`lab ${id}`)).map(({ id }) => id).join(', ') || 'none'}.`,
    '',
    '*Cause first*: the root cause is the first error that doctor tells, with its component and file. *Made worse*: a component that answered before and does not after, a file changed outside the plan, other data in etcd, or a doctor that changes anything.',
    ...section('On a real node', of('lab')),
    ...section('On a pretend node', of('sandbox')),
    '',
    '## What a real node does, and descriptions do not say',
    '',
    ...seen,
    '',
    '## What no node here can show',
    '',
    '| | what is broken | why not |',
    '|---|---|---|',
    ...notShown.map(({ id, name, why }) => `| ${id} | ${name} | ${why} |`),
    '',
  ].join('\n'),
);
