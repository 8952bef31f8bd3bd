/**
 * node --import tsx test/harness/run.ts --runs N [--kubelet BINARY]... [--seed N] [--verbose]: generated configurations
 * before our rules and before real kubelets. Without --kubelet those of the lab's cache. Ends with 1 when they agree less than they should.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { type Compared, compare } from './compare.ts';
import { serveNoContainers } from './cri.ts';
import { type Runner, runner } from './kubelet.ts';
import { table } from './table.ts';

/** Issue 4: our rules 98 %, the rehearsal 99.5 %. */
export const LIMIT = { rules: 0.98, rehearsal: 0.995 };
const AT_A_TIME = 2;

export function kubeletsOfTheLab(): string[] {
  const parts = `${process.env['KCFG_LAB'] ?? '/var/tmp/kcfg-lab'}/parts`;
  const found = readdirSync(parts).filter((name) => /^kubernetes-[0-9a-f]+$/.test(name));
  return found.map((name) => `${parts}/${name}/kubelet`);
}

/** Kubelets side by side, each with a place of its own, and one runtime for all. */
export async function withRunners<T>(binary: string, count: number, body: (runners: readonly Runner[]) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(`${tmpdir()}/kcfg-harness-`);
  const close = await serveNoContainers(`${scratch}/runtime.sock`);
  try {
    return await body(Array.from({ length: count }, (_, i) => runner(binary, `${scratch}/${i}`, `${scratch}/runtime.sock`)));
  } finally {
    close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

export async function runKubelet(binary: string, runs: number, seed: number): Promise<{ version: string; results: Compared[] }> {
  return withRunners(binary, AT_A_TIME, async (runners) => ({ version: runners[0]?.version ?? '', results: await compare({ runs, seed, runners }) }));
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, kubelet: { type: 'string', multiple: true }, verbose: { type: 'boolean', default: false } },
  });
  let good = true;
  for (const binary of values.kubelet ?? kubeletsOfTheLab()) {
    const { version, results } = await runKubelet(binary, Number(values.runs), Number(values.seed));
    const { lines, agreement, rehearsal } = table(version, results, values.verbose);
    console.log(lines.join('\n'));
    good &&= agreement >= LIMIT.rules && rehearsal >= LIMIT.rehearsal;
  }
  process.exitCode = good ? 0 : 1;
}
