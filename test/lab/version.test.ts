/** The version in a kubelet's file is the one it says: real builds, each minor that the lab has. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { realDisk } from '../../src/host/disk.ts';
import { openFiles } from '../../src/host/files.ts';
import { makeLocator } from '../../src/host/locate.ts';
import { runProgram } from '../../src/host/run.ts';
import { versionInProgram } from '../../src/node/version-in-program.ts';
import { kubeletsOfTheLab } from '../harness/run.ts';

test('what stands in the file is what --version says', async () => {
  const kubelets = kubeletsOfTheLab();
  assert.ok(kubelets.length >= 2, 'the lab builds two: test/lab/lab build');
  const files = openFiles(makeLocator('/'), realDisk(runProgram));
  for (const binary of kubelets) {
    const said = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
    assert.equal(`Kubernetes ${(await versionInProgram(files, binary)) ?? 'nothing'}`, said);
  }
});
