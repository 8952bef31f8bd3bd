import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellFailure } from '../../../src/cli/failure.ts';
import { openOutput, type Format } from '../../../src/cli/output.ts';
import { commandOf } from '../../../src/cli/commands.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { KcfgError } from '../../../src/errors.ts';

/** Streams that keep what is written; terminals or not. */
function streams(terminal = false) {
  const text = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (words: string) => void (text[name] += words),
    isTTY: terminal,
    columns: 200,
  });
  return {
    text,
    stdin: { isTTY: terminal, asking: () => assert.fail('a question') },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  };
}
function output(format: Format, options: { terminal?: boolean; verbose?: boolean } = {}) {
  const fake = streams(options.terminal);
  const env = { LANG: 'C.UTF-8' };
  return {
    text: fake.text,
    out: openOutput({ ...fake, env, format, quiet: false, verbose: options.verbose ?? false, noColour: true }),
  };
}
async function kcfg(...argv: string[]) {
  const fake = streams();
  let opened = 0;
  const status = await runProgram({
    ...fake,
    argv,
    env: { LANG: 'C.UTF-8' },
    version: '1.2.3',
    openHost: async () => {
      opened++;
      throw new KcfgError('no-kubelet', 'no kubelet here', { help: ['install one'] });
    },
    onInterrupt: () => () => {},
  });
  return { status, opened, ...fake.text };
}

test('--version and --help open no machine', async () => {
  assert.deepEqual(await kcfg('--version'), { status: 0, opened: 0, stdout: 'kcfg 1.2.3\n', stderr: '' });
  assert.equal((await kcfg('--version', '-o', 'json')).stdout, '{"version":"1.2.3"}\n');
  const help = await kcfg('set', '--help');
  assert.equal(help.opened, 0);
  assert.match(help.stdout, /^Change settings of this node's kubelet/);
});

test("an error stands on stderr with the state of the node, its exit status is the run's", async () => {
  assert.deepEqual(await kcfg('set', 'staticPodPath', '/a'), {
    status: 1,
    opened: 1,
    stdout: '',
    stderr: 'error[no-kubelet]: no kubelet here\nhelp: install one\nNothing was changed.\n',
  });
});

test('-o json: the error is one JSON line on stderr, and a change leaves its document on stdout too', async () => {
  const set = await kcfg('set', 'staticPodPath', '/a', '-o', 'json');
  const error = { code: 'no-kubelet', message: 'no kubelet here', where: [], notes: [], help: ['install one'] };
  assert.deepEqual(JSON.parse(set.stderr), { error });
  assert.deepEqual(JSON.parse(set.stdout), {
    result: 'unchanged',
    changes: [],
    checks: [],
    restarted: [],
    seconds: 0,
    error,
  });
  assert.equal((await kcfg('get', '-o', 'json')).stdout, '');
});

test('a usage error under -o json is JSON as well', async () => {
  const { status, stderr, stdout } = await kcfg('gett', '-o', 'json');
  assert.equal(status, 2);
  assert.equal(JSON.parse(stderr).error.code, 'usage');
  assert.equal(stdout, '');
});

test('a bug is called one, claims nothing about the node, and shows its stack only with --verbose', async () => {
  const quiet = output('human');
  assert.equal(await tellFailure(new TypeError('x is not a function'), quiet.out, commandOf('set')), 1);
  assert.equal(
    quiet.text.stderr,
    'error[bug]: x is not a function\nnote: a mistake in kcfg, not on this node\nhelp: the same command with --verbose says where in kcfg\n',
  );
  const verbose = output('human', { verbose: true });
  await tellFailure(new TypeError('x is not a function'), verbose.out, commandOf('set'));
  assert.match(verbose.text.stderr, /\n {4}at /);
});

test('rolled back and incomplete keep their result in the document of a failure', async () => {
  for (const [code, result, status] of [
    ['step-failed', 'rolled-back', 5],
    ['incomplete', 'incomplete', 6],
  ] as const) {
    const { out, text } = output('json');
    assert.equal(await tellFailure(new KcfgError(code, 'm'), out, commandOf('set')), status);
    assert.equal(JSON.parse(text.stdout).result, result);
  }
});

test('output: lines for people, one document for programs, never both', async () => {
  const human = output('human');
  human.out.lines('a', 'b');
  await human.out.document({ a: 1 });
  assert.equal(human.text.stdout, 'a\nb\n');
  const yaml = output('yaml');
  yaml.out.lines('a');
  await yaml.out.document({ path: '/한국', list: [1] });
  assert.equal(yaml.text.stdout, 'path: /한국\nlist:\n  - 1\n');
  const json = output('json');
  json.out.note('n');
  await json.out.document({ a: 1 });
  assert.deepEqual(json.text, { stdout: '{"a":1}\n', stderr: '' });
});

test('a terminal is laid out for at most 120 columns, anything else for 80', () => {
  assert.equal(output('human', { terminal: true }).out.columns, 120);
  assert.equal(output('human').out.columns, 80);
  assert.equal(output('human').out.interactive, false);
});
