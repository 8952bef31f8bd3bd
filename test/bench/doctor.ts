/**
 * The case book, run: for each class, how often the cause was named first, how often the node came back, and how long it took.
 *
 *     npm run bench:doctor                      all cases of pretend nodes
 *     npm run bench:doctor -- --lab [--all]     on a real node, twelve or all
 *     … --only B001,B035   --json FILE   --keep (uses the lab's node cp1 and its snapshot `healthy`, and leaves them)
 *     … --pairs 20 --seed 1                     two faults at once, drawn by that seed; --pairs B001+B035,…: those
 *
 * Exit status 1 when something was made worse, or a healthy node is said to be broken; of pairs, when one does not hold.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CASES } from '../cases/book.ts';
import { notShown } from '../cases/book/not-shown.ts';
import { onLab, TWELVE } from '../cases/on-lab.ts';
import { onSandbox } from '../cases/on-sandbox.ts';
import type { Result } from '../cases/run-case.ts';
import { caseLine, classTable } from '../cases/table.ts';

const { values } = parseArgs({ options: { lab: { type: 'boolean', default: false }, all: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false }, only: { type: 'string' }, json: { type: 'string' }, pairs: { type: 'string' }, seed: { type: 'string', default: '1' } } });
if (values.pairs !== undefined) {
  const { benchPairs } = await import('./pairs.ts');
  process.exit(await benchPairs(values.pairs, Number(values.seed)));
}
const only = values.only?.split(',');
const named = (id: string): boolean => (only === undefined ? !values.lab || values.all || TWELVE.includes(id) : only.includes(id));
const cases = CASES.filter(({ id, on }) => named(id) && (values.lab || on === 'both'));
const results: Result[] = [];
const done = (result: Result): void => {
  results.push(result);
  process.stdout.write(`${caseLine(result)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ at: new Date().toISOString(), results }, null, 1)}\n`);
};
const healthy = values.lab ? await onLab(cases, done, values.keep) : await onSandbox(cases, done);
process.stdout.write(`\n${classTable(results).join('\n')}\n\nFalse alarms on healthy nodes: ${healthy.alarms.length === 0 ? `0 of ${healthy.looked}` : healthy.alarms.join('\n')}\nNot shown by any node here: ${notShown.map(({ id }) => id).join(', ')}\n`);
process.exitCode = healthy.alarms.length > 0 || results.some(({ worse }) => worse.length > 0) ? 1 : 0;
