import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Host, RunResult } from '../../../src/host/host.ts';
import { versionInProgram } from '../../../src/node/version-in-program.ts';
import { kubeletVersion } from '../../../src/node/version.ts';
import { makeTree } from '../host/tree.ts';
import { elf } from './elf.ts';

const { files, at } = makeTree();
const MIB = 1 << 20;

/** Some MiB of constants, this text `before` bytes from their end. */
function constants(text: string, before: number, mib = 3): Buffer {
  const bytes = Buffer.alloc(mib * MIB, 'x');
  bytes.write(text, bytes.length - before, 'latin1');
  return bytes;
}

async function versionOf(content: Buffer): Promise<string | undefined> {
  writeFileSync(at('/kubelet'), content);
  return await versionInProgram(files, '/kubelet');
}

test('the version that stands twice at the end of the constants', async () => {
  assert.equal(await versionOf(elf(constants('\0v1.37.2\0v1.37.2\0', 5000))), 'v1.37.2');
  assert.equal(await versionOf(elf(constants('\0v1.30.4-eks-36c48b3\0\0\0\0v1.30.4-eks-36c48b3\0', 5000))), 'v1.30.4-eks-36c48b3');
  assert.equal(await versionOf(elf(constants('\0v1.33.0+k3s1\0v1.33.0+k3s1\0', 2 * MIB + 900))), 'v1.33.0+k3s1', 'steps further back');
});

test('a version across the border of two steps is found', async () => {
  for (const before of [MIB + 1, MIB + 9, MIB + 10, MIB + 17, MIB + 18, 18]) {
    assert.equal(await versionOf(elf(constants('\0v1.37.2\0v1.37.2\0', before))), 'v1.37.2', `${before} bytes from the end`);
  }
});

test('a version that stands once, or beside another, is not taken', async () => {
  assert.equal(await versionOf(elf(constants('\0v1.37.2\0', 5000))), undefined);
  assert.equal(await versionOf(elf(constants('\0v1.37.2\0v1.37.20\0', 5000))), undefined);
  assert.equal(await versionOf(elf(constants('\0v1.37.2\0v1.36.2\0', 5000))), undefined);
});

test('what is no such program says nothing, whatever its header claims', async () => {
  const whole = elf(constants('\0v1.37.2\0v1.37.2\0', 5000));
  assert.equal(await versionOf(Buffer.from('#!/bin/sh\nexec kubelet "$@"\n')), undefined);
  assert.equal(await versionOf(Buffer.alloc(0)), undefined);
  assert.equal(await versionOf(whole.subarray(0, whole.length - 70)), undefined, 'cut off');
  const big = Buffer.from(whole);
  big[5] = 2;
  assert.equal(await versionOf(big), undefined, 'big-endian');
  assert.equal(await versionInProgram(files, '/nothing'), undefined);
});

test('a program that does not tell is asked, and one that does is not started', async () => {
  const asked: string[] = [];
  const said: RunResult = { exitCode: 0, stdout: 'Kubernetes v1.36.3\n', stderr: '', timedOut: false, missing: false };
  const run: Host['run'] = (argv) => {
    asked.push(argv.join(' '));
    return Promise.resolve(said);
  };
  const host = { files, run } as Host;
  writeFileSync(at('/kubelet'), '#!/bin/sh\n');
  assert.equal(await kubeletVersion(host, '/kubelet'), '1.36.3');
  assert.deepEqual(asked, ['/kubelet --version']);
  writeFileSync(at('/kubelet'), elf(constants('\0v1.37.2\0v1.37.2\0', 5000)));
  assert.equal(await kubeletVersion(host, '/kubelet'), '1.37.2');
  assert.equal(asked.length, 1);
});
