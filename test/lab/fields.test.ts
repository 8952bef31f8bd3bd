/**
 * The data of fields is what its generator makes from the published source, to the byte. Needs Go, and the modules: in
 * its cache or from a proxy. One version is made again, the one that the lab builds its nodes from; of the others only
 * the types are read, for the minor in which each field came.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const FIELDS = fileURLToPath(new URL('../../src/kubelet/fields/', import.meta.url));
const MINOR = '1.37';

let made: string;
before(async () => {
  made = await mkdtemp(join(tmpdir(), 'kcfg-fields-'));
});
after(() => rm(made, { recursive: true }));

test(`data/${MINOR}.json is made again, byte for byte`, { timeout: 300_000 }, async () => {
  await execa('go', ['run', '.', '-out', made, MINOR], { cwd: join(FIELDS, 'generate'), timeout: 280_000 });
  const [committed, again] = await Promise.all([FIELDS + 'data', made].map((directory) => readFile(join(directory, `${MINOR}.json`), 'utf8')));
  assert.equal(again, committed);
});

test('a minor that is not pinned is refused', async () => {
  const { exitCode, stderr } = await execa('go', ['run', '.', '-out', made, '1.99'], { cwd: join(FIELDS, 'generate'), timeout: 280_000, reject: false });
  assert.equal(exitCode, 1);
  assert.match(stderr, /no release of 1\.99 is pinned/);
});
