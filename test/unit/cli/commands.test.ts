import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { commandHelp, programHelp } from '../../../src/cli/help.ts';
import { OPTIONS, type Option } from '../../../src/cli/options.ts';
import { parse } from '../../../src/cli/parse.ts';

const OPTION_LIST: Option[] = Object.values(OPTIONS);

test('every option has a type and a description of one line, and a word for its value unless it is a switch', () => {
  for (const [key, option] of Object.entries(OPTIONS) as [string, Option][]) {
    assert.equal(option.name, key);
    assert.match(option.about, /^[a-z0-9N].{3,50}[^.]$/, key);
    assert.equal(option.value === undefined, option.type === 'switch', key);
  }
});

test('no letter stands for two options', () => {
  const letters = OPTION_LIST.flatMap((option) => option.short ?? []);
  assert.equal(new Set(letters).size, letters.length);
});

test('every command has a sentence, a form and an example that the parser takes', () => {
  for (const command of COMMANDS) {
    assert.match(command.summary, /^[A-Z].*\.$/);
    assert.doesNotMatch(command.short, /\.$/);
    assert.ok(command.forms.length > 0 && command.examples.length > 0, command.name);
    for (const form of command.forms) assert.ok(form.startsWith(command.name), form);
    for (const example of command.examples) {
      assert.equal(parse(example.split(' ').slice(1)).command.name, command.name, example);
    }
  }
});

test('every command has a file of its own with run()', async () => {
  for (const command of COMMANDS) assert.equal(typeof (await command.load()).run, 'function', command.name);
});

test('the help of kcfg and of every command fits a screen of 80 columns and 30 lines', () => {
  for (const lines of [programHelp(), ...COMMANDS.map(commandHelp)]) {
    assert.ok(lines.length <= 30, lines[0]);
    for (const line of lines) assert.ok(line.length <= 80, line);
  }
});

test('help lists every command but the hidden ones, and of a command every option', () => {
  const help = programHelp().join('\n');
  for (const { name, hidden } of COMMANDS) {
    if (name !== '') assert.equal(new RegExp(`^  ${name} `, 'm').test(help), !hidden, name);
  }
  const set = commandHelp(parse(['set']).command).join('\n');
  for (const option of ['--dry-run', '-y, --yes', '--force NAME', '-o, --output FORMAT', '--no-color'])
    assert.ok(set.includes(option), option);
});

test('help stands in the order: what, forms, examples, options, exit statuses', () => {
  const lines = commandHelp(parse(['apply', '--help']).command);
  assert.deepEqual(lines.slice(0, 5), [
    'Carry out a plan from a file. A plan that no longer fits the node is refused.',
    '  kcfg apply FILE',
    'Examples',
    '  kcfg apply move.plan',
    '  kcfg apply move.plan --yes',
  ]);
  assert.equal(lines[5], 'Options');
  assert.equal(lines.at(-4), 'Exit status  0 done, or nothing to do  1 failed or refused, nothing changed');
  assert.equal(lines.at(-1), '             130 interrupted before the first change');
});
