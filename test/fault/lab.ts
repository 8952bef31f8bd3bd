/**
 * The same on real nodes: kills, plugs pulled, boots, lost terminals, trials and mounts, as test/lab/ has them. They run in CI's
 * lane of real nodes, with a sample of the kills and plugs; here with --all, or by name, with all of them, for their numbers.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Lane } from './lane.ts';

const FILES = ['kill', 'reboot', 'boot-unit', 'window', 'trial', 'mounts'];
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What the test runner itself says at the end. */
const OF_THE_RUNNER = /^# (Subtest|tests|suites|pass|fail|cancelled|skipped|todo|duration_ms)\b/;

export const lane: Lane = {
  name: 'lab',
  about: 'real nodes: kcfg is killed, the plug is pulled, the terminal goes away, nobody confirms, a mount is missing',
  async run({ say }) {
    const files = FILES.map((name) => `test/lab/${name}.test.ts`);
    const tests = spawn(process.execPath, ['--import', 'tsx', '--test', '--test-concurrency=1', ...files], { cwd: ROOT, env: { ...process.env, KCFG_LAB_ALL: '1' }, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => tests.once('close', resolve));
    const [told, bad]: [string[], string[]] = [[], []];
    let passed = 0;
    for await (const line of createInterface({ input: tests.stdout })) {
      const words = line.trim();
      if (/^ok \d/.test(words)) passed++;
      if (/^not ok \d/.test(words)) bad.push(words);
      if (/^(not )?ok \d/.test(words)) say(words);
      if (words.startsWith('# ') && !OF_THE_RUNNER.test(words)) told.push(words.slice(2));
    }
    await ended;
    if (tests.exitCode !== 0 && bad.length === 0) bad.push(`the tests ended with ${tests.exitCode ?? tests.signalCode}`);
    if (passed === 0) bad.push('no test was run');
    return { counts: { 'tests passed': passed }, told, bad };
  },
};
