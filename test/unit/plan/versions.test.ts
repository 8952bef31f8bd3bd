/** On which kubelets the pods are kept without asking: those the lab has seen, whatever their patch or build. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Target } from '../../../src/node/target.ts';
import { PROVEN_MINORS, refuseUnproven } from '../../../src/plan/versions.ts';

const target: Target = { verb: 'set', field: 'staticPodPath', value: '/etc/kubernetes/static', bridge: true, force: [] };
const refused = (version: string | undefined, more: Partial<Target> = {}) => refuseUnproven('adopt', version, { ...target, ...more })?.code;

test('a proven minor is taken with any patch, build or distribution suffix', () => {
  for (const version of ['1.37.2', '1.37.0', '1.30.14', '1.37.3-rc.1', '1.37.2+vendor.4']) assert.equal(refused(version), undefined, version);
});
test('another minor is refused, and so is a version that cannot be read', () => {
  for (const version of ['1.33.6', '1.3.7', '2.37.0', 'devel', undefined]) assert.equal(refused(version), 'unproven-version', version);
});
test('--force unproven-version and --strategy recreate go ahead', () => {
  assert.equal(refused('1.33.6', { force: ['unproven-version'] }), undefined);
  assert.equal(refuseUnproven('recreate', '1.33.6', target), undefined);
});
test('what is taken for proven was measured: a row of docs/versions.md without a failed request', () => {
  const table = readFileSync(new URL('../../../docs/versions.md', import.meta.url), 'utf8');
  const proven = [...table.matchAll(/^\| (\d+\.\d+)\.\d+ \| [1-9]\d* \| 0 \| (\d+) of \2 \|/gm)].map(([, minor]) => minor);
  assert.deepEqual([...PROVEN_MINORS], proven);
});
