import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAssignments } from '../../../src/cli/assignments.ts';
import { distance, nearest } from '../../../src/nearest.ts';
import { formatOf, parse } from '../../../src/cli/parse.ts';
import { isOn, valueOf, valuesOf } from '../../../src/cli/request.ts';
import { KcfgError } from '../../../src/errors.ts';
import { problemLines } from '../../../src/report/error.ts';
import { PLAIN } from '../report/styles.ts';

const request = (line: string) => parse(line.split(' ').filter(Boolean)).request;
function refusal(line: string): string[] {
  try {
    parse(line.split(' '));
  } catch (error) {
    assert.ok(error instanceof KcfgError);
    assert.equal(error.exit, 2);
    return problemLines(error, PLAIN, 80);
  }
  assert.fail(`taken: ${line}`);
}

test('options stand before, between or behind the words', () => {
  const expected = { command: 'set', words: ['staticPodPath', '/a'], options: { yes: true, root: '/mnt' } };
  for (const line of [
    '--yes --root /mnt set staticPodPath /a',
    'set -y staticPodPath --root=/mnt /a',
    'set staticPodPath /a --root /mnt --yes',
  ]) {
    assert.deepEqual(request(line), expected);
  }
});

test('kcfg alone is a command; --help and --version go before complaints about words', () => {
  assert.deepEqual(request(''), { command: '', words: [], options: {} });
  assert.equal(isOn(request('apply --help'), 'help'), true);
  assert.equal(isOn(request('-h'), 'help'), true);
  assert.equal(isOn(request('--version'), 'version'), true);
});

test('kcfg help set is kcfg set --help', () => {
  const parsed = parse(['help', 'set']);
  assert.equal(parsed.command.name, 'set');
  assert.equal(isOn(parsed.request, 'help'), true);
  assert.equal(parse(['help']).command.name, '');
  assert.deepEqual(refusal('help sett'), [
    'error[usage]: kcfg has no command sett',
    'help: did you mean set?   All commands: kcfg --help',
  ]);
});

test('a list is collected, of a value the last counts, what was not given is absent', () => {
  const typed = request('set --force stray-file --force pod-not-running --root /a --root /b');
  assert.deepEqual(valuesOf(typed, 'force'), ['stray-file', 'pod-not-running']);
  assert.equal(valueOf(typed, 'root'), '/b');
  assert.equal(valueOf(typed, 'reason'), undefined);
  assert.deepEqual(valuesOf(request('set'), 'force'), []);
});

test('what follows -- is words, also when it looks like options of kcfg', () => {
  assert.deepEqual(request('sandbox exec cp1 -- ls -l --yes').words, ['exec', 'cp1', 'ls', '-l', '--yes']);
  assert.deepEqual(request('sandbox exec cp1 -- ls -l --yes').options, {});
});

test('negative numbers are values, not options', () => {
  assert.deepEqual(request('set oomScoreAdj -999').words, ['oomScoreAdj', '-999']);
});

test('-ojson and -o json are the same', () => {
  assert.equal(valueOf(request('get -ojson'), 'output'), 'json');
  assert.equal(valueOf(request('get -o json'), 'output'), 'json');
});

test('a mistyped option costs two lines and names the one that was meant', () => {
  assert.deepEqual(refusal('set staticPodPath /a --stratgy adopt'), [
    'error[usage]: kcfg set has no option --stratgy',
    'help: did you mean --strategy?   All options: kcfg set --help',
  ]);
  assert.deepEqual(refusal('get --dry-run'), [
    'error[usage]: kcfg get has no option --dry-run',
    'help: All options: kcfg get --help',
  ]);
  assert.deepEqual(refusal('--frobnicate'), [
    'error[usage]: kcfg has no option --frobnicate',
    'help: All options: kcfg --help',
  ]);
  assert.equal(refusal('set -x')[0], 'error[usage]: kcfg set has no option -x');
});

test('a mistyped command names the one that was meant, never a hidden one', () => {
  assert.deepEqual(refusal('stauts'), [
    'error[usage]: kcfg has no command stauts',
    'help: did you mean status?   All commands: kcfg --help',
  ]);
  assert.deepEqual(refusal('intrnal'), [
    'error[usage]: kcfg has no command intrnal',
    'help: All commands: kcfg --help',
  ]);
  assert.match(refusal('sandbox dwon cp1').join('\n'), /kcfg sandbox has no dwon\nhelp: did you mean down\?/);
});

test('values: missing, not wanted, not one of those it takes', () => {
  assert.equal(refusal('set --root')[0], 'error[usage]: --root needs a value: --root DIR');
  assert.equal(refusal('set --root --yes')[0], 'error[usage]: --root needs a value: --root DIR');
  assert.equal(refusal('set --yes=1')[0], 'error[usage]: --yes takes no value, here it has 1');
  assert.equal(refusal('get -o xml')[0], 'error[usage]: -o takes human, json or yaml, not xml');
  assert.equal(
    refusal('set --strategy= a b')[0],
    'error[usage]: --strategy takes adopt or recreate, not an empty value',
  );
});

test('words: too few and too many show the forms', () => {
  assert.deepEqual(refusal('apply'), ['error[usage]: kcfg apply needs FILE', 'help: kcfg apply FILE']);
  assert.deepEqual(refusal('history 3'), ['error[usage]: kcfg history has no use for 3', 'help: kcfg history']);
  assert.equal(refusal('plan staticPodPath /a')[0], 'error[usage]: kcfg plan has no staticPodPath');
  assert.deepEqual(refusal('set a=1 --yes=1').length, 2);
  assert.deepEqual(refusal('plan')[1], 'help: one of these:');
  assert.equal(refusal('plan')[0], 'error[usage]: kcfg plan needs a word behind it');
});

test('the format of errors is known even when the line is wrong', () => {
  assert.equal(formatOf(['set', '--frob', '-o', 'json']), 'json');
  assert.equal(formatOf(['set', '--frob']), undefined);
});

test('set reads FIELD VALUE, FIELD=VALUE..., FIELD and nothing', () => {
  assert.deepEqual(readAssignments([]), []);
  assert.deepEqual(readAssignments(['maxPods']), [{ field: 'maxPods' }]);
  assert.deepEqual(readAssignments(['staticPodPath', '/a=b']), [{ field: 'staticPodPath', value: '/a=b' }]);
  assert.deepEqual(readAssignments(['a.b=1=2', 'c=']), [
    { field: 'a.b', value: '1=2' },
    { field: 'c', value: '' },
  ]);
  assert.deepEqual(readAssignments(['staticPodPath', '']), [{ field: 'staticPodPath', value: '' }]);
  assert.throws(() => readAssignments(['a=1', 'b']), { code: 'usage' });
  assert.throws(() => readAssignments(['a', 'b', 'c']), { code: 'usage' });
});

test('slips: swapped, missing, added and wrong letters count one each', () => {
  assert.deepEqual(
    [distance('set', 'set'), distance('stauts', 'status'), distance('histry', 'history'), distance('gett', 'get')],
    [0, 1, 1, 1],
  );
  assert.equal(nearest('xyz', ['get', 'set']), undefined);
  assert.equal(nearest('rolback', ['rollback', 'unpin']), 'rollback');
});
