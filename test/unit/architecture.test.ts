/** The law on imports (ARCHITECTURE.md): data flows one way, pure folders stay pure, and one door leads to the machine. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** They compute, and touch nothing. */
const PURE_MODULES = new Set(['node:path', 'node:crypto', 'node:util']);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LONGEST = 220;

interface Import {
  /** 'node:fs', 'yaml', or a path below src such as 'host/host.ts'. */
  from: string;
  typeOnly: boolean;
}
interface Source {
  /** Below src, e.g. 'plan/step.ts'. */
  path: string;
  lines: number;
  /** Without comments and quoted text. */
  code: string;
  imports: Import[];
}

const COMMENT_OR_TEXT = /(\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/[^\n]*)|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
const IMPORT = /^(import|export)(\s+type)?\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

function read(path: string): Source {
  const text = readFileSync(`${ROOT}src/${path}`, 'utf8');
  const imports = [...text.replace(COMMENT_OR_TEXT, (all, comment) => (comment === undefined ? all : '')).matchAll(IMPORT)].map((found): Import => {
    const from = found[3] ?? found[4] ?? found[5] ?? '';
    return { from: from.startsWith('.') ? posix.join(dirname(path), from) : from, typeOnly: found[2] !== undefined };
  });
  return { path, lines: text.split('\n').length - 1, code: text.replace(COMMENT_OR_TEXT, ''), imports };
}

const paths = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' });
const sources = paths.filter((path) => path.endsWith('.ts') && !path.startsWith('host/gen/')).sort().map(read);
const under = (path: string, ...folders: string[]): boolean => folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
/** What breaks a rule, as 'file: what'. */
const violations = (find: (source: Source) => string[]): string[] => sources.flatMap((source) => find(source).map((what) => `${source.path}: ${what}`));

test('the sources are read: this test sees imports of each kind', () => {
  const main = sources.find(({ path }) => path === 'main.ts') ?? assert.fail('no main.ts');
  assert.ok(main.imports.some(({ from }) => from === 'host/machine.ts'), 'a lazy one');
  assert.ok(sources.some(({ imports }) => imports.some(({ from, typeOnly }) => typeOnly && from === 'host/host.ts')), 'one of types');
  assert.match(main.code, /process\.argv/);
});

test('pure folders know neither the machine nor the door to it', () => {
  const pure = (path: string): boolean => under(path, 'kubelet', 'manifests', 'plan', 'errors.ts');
  const found = violations(({ path, imports }) =>
    pure(path)
      ? imports.filter(({ from, typeOnly }) => (from.startsWith('node:') && !PURE_MODULES.has(from)) || (under(from, 'host') && !typeOnly)).map(({ from }) => `imports ${from}`)
      : [],
  );
  assert.deepEqual(found, []);
});

test('only main.ts, host/ and the pretend node touch the process, the console and the clock', () => {
  const machine = /\bprocess\.\w+|\bconsole\.\w+|\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\b/g;
  assert.deepEqual(violations(({ path, code }) => (under(path, 'main.ts', 'host', 'sandbox') ? [] : [...code.matchAll(machine)].map(([what]) => what))), []);
});

test('only host/ and the pretend node open files, sockets or programs', () => {
  const doors = /^(node:(fs|fs\/promises|child_process|net|http|https|http2|tls|os|module)|execa|systemd-journald)$/;
  assert.deepEqual(violations(({ path, imports }) => (under(path, 'host', 'sandbox') ? [] : imports.filter(({ from, typeOnly }) => !typeOnly && doors.test(from)).map(({ from }) => `imports ${from}`))), []);
});

test('what is written to a node is written through host/disk.ts: the one place where tests can break it', () => {
  const writes = /(?<![.\w])(write|writeFile|appendFile|copyFile|cp|open|mkdir|mkdtemp|rename|rm|rmdir|unlink|link|symlink|truncate|ftruncate|chmod|chown|lchown|utimes|lutimes|createWriteStream)(Sync)?\(/g;
  // the lock's own file, the terminal, the programs that are run, and a play in a temporary directory of the administrator's machine
  const found = violations(({ path, code, imports }) =>
    under(path, 'host') && !under(path, 'host/disk.ts', 'host/lock.ts', 'host/streams.ts', 'host/run.ts', 'host/ansible.ts') && imports.some(({ from, typeOnly }) => !typeOnly && /^node:fs/.test(from)) ? [...code.matchAll(writes)].map(([what]) => `${what})`) : [],
  );
  assert.deepEqual(found, []);
});

test('nothing builds on a command but the table of commands', () => {
  assert.deepEqual(violations(({ path, imports }) => (under(path, 'commands', 'cli/table') ? [] : imports.filter(({ from }) => under(from, 'commands')).map(({ from }) => `imports ${from}`))), []);
});

test('folders and files are named by what they are', () => {
  assert.deepEqual(paths.filter((path) => /^(utils?|helpers?|common|lib|misc|index)$/.test(basename(path, '.ts'))), []);
});

test(`no file is longer than ${LONGEST} lines`, () => {
  assert.deepEqual(violations(({ lines }) => (lines > LONGEST ? [`${lines} lines`] : [])), []);
});
