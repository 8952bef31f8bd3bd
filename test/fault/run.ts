/**
 * `npm run test:fault [-- [--all] [--seed N] [LANE...]]`: breaks changes in every way there is, and counts what came of it.
 * Exit status 0 only when no state was bad.
 */
import { parseArgs } from 'node:util';
import type { Lane } from './lane.ts';

const LANES: Record<string, () => Promise<{ lane: Lane }>> = {
  disk: () => import('./disk.ts'),
  kill: () => import('./kill.ts'),
  errno: () => import('./errno.ts'),
  'sandbox-kill': () => import('./sandbox-kill.ts'),
  systemd: () => import('./systemd.ts'),
  long: () => import('./long.ts'),
  two: () => import('./two.ts'),
  lab: () => import('./lab.ts'),
};
/** Only with --all, or by name: CI runs its tests with those of the lab. */
const APART = new Set(['lab']);

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } }, allowPositionals: true });
const unknown = positionals.filter((name) => !(name in LANES));
if (unknown.length > 0) {
  console.error(`no lane ${unknown.join(', ')}; there are ${Object.keys(LANES).join(', ')}`);
  process.exit(2);
}
const bad: string[] = [];
const began = Date.now();
const usual = Object.keys(LANES).filter((name) => values.all || !APART.has(name));
for (const name of positionals.length > 0 ? positionals : usual) {
  const load = LANES[name];
  if (load === undefined) continue;
  const { lane } = await load();
  const start = Date.now();
  console.log(`${lane.name}: ${lane.about}`);
  const result = await lane.run({ all: values.all, seed: Number(values.seed), say: (words) => console.error(`  ${words}`) });
  for (const [what, number] of Object.entries(result.counts)) console.log(`  ${String(number).padStart(9)} ${what}`);
  for (const line of result.told ?? []) console.log(`    ${line}`);
  console.log(`  ${String(result.bad.length).padStart(9)} bad, in ${((Date.now() - start) / 1000).toFixed(0)} s`);
  for (const line of result.bad.slice(0, 20)) console.log(`    ${line}`);
  bad.push(...result.bad);
}
console.log(`${bad.length === 0 ? 'No bad state' : `${bad.length} bad states`}, ${((Date.now() - began) / 1000).toFixed(0)} s in all${values.all ? '' : '; everything there is: npm run test:fault -- --all'}.`);
process.exit(bad.length === 0 ? 0 : 1);
