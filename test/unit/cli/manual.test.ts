import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { optionOf, OPTIONS, type OptionName } from '../../../src/cli/options.ts';
import { ERRORS, EXIT } from '../../../src/errors.ts';
import { BREAKS } from '../../../src/sandbox/break.ts';
import { PROVEN_MINORS } from '../../../src/plan/versions.ts';

const MANUAL = readFileSync(new URL('../../../man/kcfg.1', import.meta.url), 'utf8');
const SYNOPSIS = section('SYNOPSIS');

/** The text of a section, without its title. */
function section(title: string): string {
  const text = MANUAL.split(/^\.Sh /m).find((each) => each.startsWith(`${title}\n`));
  assert.ok(text, `the manual has no section ${title}`);
  return text;
}

test('every command has an entry in the manual, and stands in its synopsis', () => {
  const commands = section('COMMANDS');
  for (const { name, hidden } of COMMANDS) {
    if (name === '' || hidden) continue;
    assert.match(commands, new RegExp(`^\\.It Nm Cm ${name}\\b`, 'm'), name);
    assert.match(SYNOPSIS, new RegExp(`^\\.Cm ${name}\\b`, 'm'), name);
  }
});

test('the manual names no command that kcfg does not have', () => {
  for (const [, name = ''] of `${SYNOPSIS}${section('COMMANDS')}`.matchAll(/^\.(?:It Nm )?Cm ([a-z]+)/gm)) {
    assert.ok(
      COMMANDS.some((command) => command.name === name),
      name,
    );
  }
});

test('every verb of the sandbox has an entry in the manual', () => {
  for (const form of COMMANDS.find(({ name }) => name === 'sandbox')?.forms ?? []) {
    const verb = form.split(' ')[1] ?? '';
    assert.match(section('COMMANDS'), new RegExp(`^\\.It Nm Cm sandbox ${verb}\\b`, 'm'), form);
  }
});

test('every case of sandbox break has its line in the manual, and no other', () => {
  const told = section('COMMANDS').split('.It Nm Cm sandbox break')[1]?.split('.It Nm')[0] ?? '';
  assert.deepEqual([...told.matchAll(/^\.It Li ([a-z-]+)$/gm)].map(([, name]) => name), Object.keys(BREAKS));
});

test('every option stands in the manual with its letter, its value and its choices', () => {
  const options = section('OPTIONS');
  for (const key of Object.keys(OPTIONS) as OptionName[]) {
    const { name, short, value, choices } = optionOf(key);
    const letter = short === undefined ? '' : `Fl ${short} , `;
    const behind = choices === undefined ? (value === undefined ? '' : ` Ar ${value}`) : ` Cm ${choices.join(' \\| ')}`;
    assert.match(options, new RegExp(`^\\.(?:It )?${letter}Fl -${name}${behind}(?: ,)?$`, 'm'), name);
  }
});

test('the manual names no option that kcfg does not have', () => {
  for (const [, name = ''] of MANUAL.matchAll(/\bFl -([a-z][a-z-]+)/g)) assert.ok(Object.hasOwn(OPTIONS, name), name);
});

test('every exit status has an entry in the manual, and no other', () => {
  const entries = [...section('EXIT STATUS').matchAll(/^\.It (\d+)$/gm)].map(([, status]) => Number(status));
  assert.deepEqual(entries, Object.values(EXIT));
});

test('the manual lists the refusals that --force overrides, and the kubelets that keeping is proven on', () => {
  const forceable = Object.entries(ERRORS).flatMap(([name, error]) => ('forceable' in error ? [name] : []));
  const told = section('OPTIONS').split('Not every refusal can be overridden:')[1]?.split('\n.El')[0] ?? '';
  assert.deepEqual([...told.matchAll(/^\.Li ([a-z-]+)/gm)].map(([, name]) => name), forceable);
  assert.ok(section('CAVEATS').includes(`proven on kubelets ${PROVEN_MINORS.slice(0, -1).join(', ')} and ${PROVEN_MINORS.at(-1) ?? ''}.`));
});
