/** Other programs: no shell, a clean environment, nothing secret among their arguments. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../../src/host/run.ts';
import { transientUnit } from '../../../src/transaction/units.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test('no source of kcfg runs a shell', () => {
  const shells = /\bshell\s*:|\bexec(?:Sync)?\(['"`]|\bexeca?Command|['"](?:\/bin\/)?(?:ba|da)?sh['"]\s*,\s*\[?\s*['"]-c|\bexecSync\b/;
  // the pretend node has programs of its own, written in sh
  const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !path.startsWith('sandbox/') && !path.startsWith('host/gen/'));
  assert.ok(sources.length > 150);
  assert.deepEqual(sources.filter((path) => shells.test(readFileSync(`${ROOT}src/${path}`, 'utf8'))), []);
  for (const sample of ["execa('x', [], { shell: true })", "execSync('ls')", "spawn('sh', ['-c', x])", "run('/bin/sh', ['-c'])"]) assert.match(sample, shells);
});

test('of the environment nothing reaches a child but PATH and LC_ALL', async () => {
  const planted = { LD_PRELOAD: '/x.so', NODE_OPTIONS: '--no-warnings', KUBECONFIG: '/x', http_proxy: 'http://x', HTTPS_PROXY: 'http://x', PATH: `/planted:${process.env['PATH'] ?? ''}`, BASH_ENV: '/x', GCONV_PATH: '/x' };
  const before = { ...process.env };
  Object.assign(process.env, { ...planted, LD_PRELOAD: '' });
  try {
    const { stdout } = await runProgram(['env']);
    assert.deepEqual(stdout.trim().split('\n').sort(), ['LC_ALL=C', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']);
  } finally {
    for (const name of Object.keys(planted)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
});

test("what systemd's own environment holds loads no code into kcfg's units, and what they make is private", () => {
  for (const kind of ['change', 'undo', 'revert', 'conclude'] as const) {
    const properties = transientUnit(kind, '1', ['/usr/bin/node', '/main.js']);
    const unset = properties.find((each) => each.startsWith('UnsetEnvironment='))?.slice(17).split(' ') ?? [];
    for (const name of ['NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED', 'OPENSSL_CONF', 'LD_PRELOAD', 'LD_AUDIT', 'LD_LIBRARY_PATH']) assert.ok(unset.includes(name), `${kind}: ${name}`);
    assert.ok(properties.includes('UMask=0077'), kind);
    assert.ok(!properties.some((each) => each.startsWith('Environment=')), kind);
  }
});

test('each package that is installed is held by a hash, and only two may run programs of their own', () => {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as { packages: Record<string, { integrity?: string; hasInstallScript?: boolean; optional?: boolean; link?: boolean }> };
  const { allowScripts } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { allowScripts: Record<string, boolean> };
  const installed = Object.entries(packages).filter(([path, { link }]) => path !== '' && link !== true);
  assert.deepEqual(installed.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? '')).map(([path]) => path), []);
  assert.deepEqual(Object.keys(allowScripts).sort(), ['esbuild', 'systemd-journald']);
});
