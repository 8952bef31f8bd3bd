import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { askDirectory, confirm } from '../../../src/cli/ask.ts';
import { openOutput } from '../../../src/cli/output.ts';

/** A keyboard, and what stands on the screen. Types each text once the screen shows what it waits for. */
function terminal(...script: [waitFor: string, type: string | undefined][]) {
  const input = new PassThrough();
  let shown = '';
  let since = '';
  // One for each question: inquirer ends it, as it can't end a terminal.
  const paper = (): PassThrough => new PassThrough().on('data', draw);
  const draw = (chunk: Buffer): void => {
    shown += chunk.toString();
    since += chunk.toString();
    const [next] = script;
    if (!next || !since.includes(next[0])) return;
    script.shift();
    since = '';
    // Typed after the question has been drawn, as by a person.
    setTimeout(() => (next[1] === undefined ? input.end() : input.write(next[1])), 20);
  };
  const stream = { write: () => {}, isTTY: true, columns: 80 };
  const out = openOutput({
    ...{ stdin: { isTTY: true, asking: () => ({ input, output: paper() }) }, stdout: stream, stderr: stream },
    ...{ env: { LANG: 'C.UTF-8', NO_COLOR: '1' }, format: 'human', quiet: false, verbose: false, noColour: true },
  });
  return { out, shown: () => shown };
}
const DOWN = '\x1b[B';
const limit = { timeout: 20_000 };

test('Enter alone is no; what is not y, n or d is explained and asked again', limit, async () => {
  assert.equal(await confirm(terminal(['(y/N/d)', '\r']).out, 'Apply?'), 'no');
  const { out, shown } = terminal(['(y/N/d)', 'x\r'], ['> y: yes, n: no, d: every diff', 'Yes\r']);
  assert.equal(await confirm(out, 'Apply?'), 'yes');
  assert.match(shown(), /\? Apply\? \(y\/N\/d\)/);
  assert.equal(await confirm(terminal(['(y/N/d)', 'd\r']).out, 'Apply?'), 'diff');
});

test('Ctrl-C and a closed terminal end the run as interrupted, with nothing changed', limit, async () => {
  const interrupted = { code: 'interrupted', exit: 130, outcome: 'Nothing was changed.' };
  await assert.rejects(confirm(terminal(['(y/N/d)', '\x03']).out, 'Apply?'), interrupted);
  await assert.rejects(confirm(terminal(['(y/N/d)', undefined]).out, 'Apply?'), interrupted);
});

const question = {
  present: '/etc/kubernetes/manifests',
  suggestions: [{ path: '/etc/kubernetes/static', note: 'new, same filesystem' }],
  check: async (path: string) => (path.startsWith('/') ? undefined : 'relative: begin with /'),
};

test('a directory is chosen from the list, which shows the present one', limit, async () => {
  const { out, shown } = terminal(['type a path', '\r']);
  assert.equal(await askDirectory(out, question), '/etc/kubernetes/static');
  assert.match(shown(), /Directory for static pods \(now \/etc\/kubernetes\/manifests\)/);
  assert.match(shown(), /❯ \/etc\/kubernetes\/static {3}new, same filesystem/);
});

test('a typed path that cannot be used is explained at once and can be mended', limit, async () => {
  const { out, shown } = terminal(
    ['type a path', `${DOWN}\r`],
    ['pods: ', 'static\r'],
    ['> relative: begin with /', '\x15/srv/static\r'],
  );
  assert.equal(await askDirectory(out, question), '/srv/static');
  assert.match(shown(), /\? Directory for static pods: static/);
});
