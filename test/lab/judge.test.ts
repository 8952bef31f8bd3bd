/**
 * Our rules before real kubelets: generated configurations, the same in every run, and each exception, which is to
 * hold until somebody takes it out. All 2,000: node --import tsx test/harness/run.ts --runs 2000.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Exceptional, tried } from '../harness/exceptional.ts';
import { EXCEPTIONS } from '../harness/exceptions.ts';
import { kubeletsOfTheLab, LIMIT, runKubelet } from '../harness/run.ts';
import { table } from '../harness/table.ts';

/** For each of the two. */
const RUNS = 100;
const SEED = 1;
let kubelets: readonly string[];
before(() => {
  kubelets = kubeletsOfTheLab();
  assert.ok(kubelets.length >= 2, 'the lab builds two: test/lab/lab build');
});

test('our rules agree with real kubelets, and so does the rehearsal with them', async () => {
  for (const binary of kubelets) {
    const { version, results } = await runKubelet(binary, RUNS, SEED);
    const { lines, agreement, rehearsal, unlisted } = table(version, results, true);
    const what = lines.join('\n');
    assert.ok(results.length === RUNS && results.some(({ said }) => said.verdict === 'accepted') && results.some(({ said }) => said.verdict === 'refused'), what);
    assert.ok(agreement >= LIMIT.rules, what);
    assert.ok(rehearsal >= LIMIT.rehearsal || unlisted <= 1, what);
  }
});

test('each exception still is one', async () => {
  const all: Exceptional[] = await tried(kubelets, EXCEPTIONS);
  assert.deepEqual(all.filter(({ disagrees }) => !disagrees).map(({ name, version }) => `${name}: kubelet ${version} agrees by now`), []);
});
