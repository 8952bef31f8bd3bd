/** The programs of a pretend node, in Perl and in Node.js: what is typed reaches the daemon, and what it answers is shown, byte for byte. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { serveControl } from '../../../src/sandbox/control.ts';
import { PERL, type ProgramRequest, programScript } from '../../../src/sandbox/scripts.ts';

const HARD = `it's "quoted"\\n, \t\u0001 노드 € \\u0041\n${'long '.repeat(40_000)}`;

let base: string;
let asked: ProgramRequest | undefined;
let server: Awaited<ReturnType<typeof serveControl>>;
before(async () => {
  base = mkdtempSync(join(tmpdir(), "kcfg-it's-"));
  server = await serveControl(join(base, 'socket'), async (request) => {
    asked = request as ProgramRequest;
    return { exit: 3, stdout: HARD, stderr: `${HARD}!` };
  });
});
after(() => {
  server?.close();
  rmSync(base, { recursive: true, force: true });
});

function run(interpreter: string, socket: string, program: string, args: string[], input = ''): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = join(base, program);
  writeFileSync(file, programScript(interpreter, join(base, socket), "cp'1"), { mode: 0o755 });
  return new Promise((resolve) => {
    const child = execFile(file, args, { cwd: base, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }));
    child.stdin?.end(input);
  });
}

for (const interpreter of [process.execPath, PERL]) {
  test(interpreter === PERL ? 'in Perl' : 'in Node.js', { skip: existsSync(interpreter) ? false : 'it is not on this machine' }, async () => {
    const args = ['show', '-p', 'A B', "it's", '"노드"\n', '\\'];
    assert.deepEqual(await run(interpreter, 'socket', 'systemctl', args), { code: 3, stdout: HARD, stderr: `${HARD}!` });
    const { pid, ...rest } = asked ?? assert.fail();
    assert.ok(pid > 1);
    assert.deepEqual(rest, { op: 'program', node: "cp'1", program: 'systemctl', args, cwd: base });

    await run(interpreter, 'socket', 'logger', ['--journald'], HARD);
    assert.equal(asked?.input, HARD);

    assert.deepEqual(await run(interpreter, 'nobody', 'systemctl', []), { code: 1, stdout: '', stderr: 'Failed to connect to bus: No such file or directory\n' });
  });
}
