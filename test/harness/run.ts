/**
 * node --import tsx test/harness/run.ts --runs N [--kubelet BINARY]... [--seed N] [--verbose]: generated configurations
 * before our rules and before real kubelets. Without --kubelet those of the lab's cache. Ends with 1 when they agree less than they should.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { type Compared, compare } from './compare.ts';
import { serveNoContainers } from './cri.ts';
import { runner } from './kubelet.ts';
import { table } from './table.ts';

/** Issue 4: our rules 98 %, the rehearsal 99.5 %. */
export const LIMIT = { rules: 0.98, rehearsal: 0.995 };
const AT_A_TIME = 2;

export function kubeletsOfTheLab(): string[] {
  const parts = `${process.env['KCFG_LAB'] ?? '/var/tmp/kcfg-lab'}/parts`;
  const found = readdirSync(parts).filter((name) => /^kubernetes-[0-9a-f]+$/.test(name));
  return found.map((name) => `${parts}/${name}/kubelet`);
}

export async function runKubelet(binary: string, runs: number, seed: number, onEach?: (compared: Compared, index: number) => void): Promise<{ version: string; results: Compared[] }> {
  const scratch = mkdtempSync(`${tmpdir()}/kcfg-harness-`);
  const close = await serveNoContainers(`${scratch}/runtime.sock`);
  try {
    const runners = Array.from({ length: AT_A_TIME }, (_, i) => runner(binary, `${scratch}/${i}`, `${scratch}/runtime.sock`));
    const results = await compare({ runs, seed, runners, ...(onEach && { onEach }) });
    return { version: runners[0]?.version ?? '', results };
  } finally {
    close();
    rmSync(scratch, { recursive: true, force: true });
  }
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
