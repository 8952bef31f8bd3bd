/** SECURITY.md lists threats, and for each the test that proves what kcfg does: each of these tests exists, and is run. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const rows = [...read('SECURITY.md').matchAll(/^\| (.+?) \| (.+?) \| `([^`]+)`: (.+?) \|$/gm)].map(([, threat = '', does = '', file = '', name = '']) => ({ threat, does, file, name }));

test('each line of the review names a test that exists', () => {
  assert.ok(rows.length >= 30, `${rows.length} lines`);
  const table = read('SECURITY.md').split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| threat'));
  assert.equal(rows.length, table.length, 'a line without a test');
  for (const { threat, file, name } of rows) {
    assert.ok(existsSync(`${ROOT}${file}`), `${threat}: there is no ${file}`);
    const text = read(file);
    const found = [`'${name}`, `"${name}`, `\`${name}`].some((quoted) => ['test(', 'on('].some((call) => text.includes(`${call}${quoted}`)));
    assert.ok(found, `${threat}: ${file} has no test "${name}"`);
    assert.doesNotMatch(text, /\b(?:test|describe|it)\.(?:skip|todo)\b|\bskip: true/, file);
  }
});

test('each file of security tests has its line in the review', () => {
  const files = readdirSync(`${ROOT}test/unit/security`).filter((name) => name.endsWith('.test.ts') && name !== 'review.test.ts');
  for (const name of files) assert.ok(rows.some(({ file }) => file === `test/unit/security/${name}`), name);
});
