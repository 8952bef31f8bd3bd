import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { loadDocs, loadFields, MINORS } from '../../../../src/kubelet/fields/load.ts';

describe('the version', () => {
  for (const [asked, minor, exact] of [
    ['1.37.2', '1.37', true], ['v1.36.3', '1.36', true], ['1.36', '1.36', true], ['v1.30.4-eks-036c24b', '1.30', true],
    ['1.29.0+k3s1', '1.29', true], ['1.33.0-rc.1', '1.33', true], [undefined, '1.37', true],
    ['1.38.0', '1.37', false], ['1.100.0', '1.37', false], ['2.0.0', '1.37', false], ['1.3.7', '1.28', false],
    ['1.27.16', '1.28', false], ['1.20', '1.28', false], ['none', '1.37', false],
  ] as const) {
    test(`${asked ?? 'no version'} is read as ${minor}${exact ? '' : ', the nearest known'}`, async () => {
      const fields = await loadFields(asked);
      assert.deepEqual([fields.minor, fields.exact], [minor, exact]);
    });
  }
});

test('each data file is loaded by its minor, and says so', async () => {
  const files = readdirSync(new URL('../../../../src/kubelet/fields/data/', import.meta.url)).sort();
  assert.deepEqual(files, [...MINORS.map((minor) => `${minor}.json`), 'docs.json']);
  for (const minor of MINORS) {
    const fields = await loadFields(minor);
    assert.equal(fields.minor, minor);
    assert.match(fields.version, new RegExp(`^${minor.replace('.', '\\.')}\\.\\d+$`));
  }
});

// types.go of each release by another count: grep -c of json tags, without TypeMeta
test('fields came, and none went', async () => {
  const counts: number[] = [];
  let before: readonly string[] = [];
  for (const minor of MINORS) {
    const { top } = await loadFields(minor);
    const names = top.map(({ name }) => name);
    assert.deepEqual(before.filter((name) => !names.includes(name)), []);
    assert.deepEqual(names, [...names].sort());
    counts.push(names.length);
    before = names;
  }
  assert.deepEqual(counts, [112, 113, 116, 117, 119, 123, 123, 123, 125, 126]);
});

describe('the text of the reference', () => {
  test('is that of the version', async () => {
    const doc = await loadDocs();
    assert.match(doc('maxPods', '1.37') ?? '', /^maxPods is the maximum number of Pods/);
    assert.match(doc('memorySwap.swapBehavior', '1.29') ?? '', /UnlimitedSwap/);
    assert.doesNotMatch(doc('memorySwap.swapBehavior', '1.37') ?? '', /UnlimitedSwap/);
  });

  test('is absent before the field is, and for what is no field', async () => {
    const doc = await loadDocs();
    assert.equal(doc('tlsCurvePreferences', '1.35'), undefined);
    assert.match(doc('tlsCurvePreferences', '1.36') ?? '', /curve/i);
    assert.equal(doc('constructor', '1.37'), undefined);
  });

  test('has no marks for generators, and is there for every field', async () => {
    const doc = await loadDocs();
    const without: string[] = [];
    for (const { path } of (await loadFields('1.37')).leaves()) {
      const text = doc(path, '1.37') ?? '';
      assert.doesNotMatch(text, /^\s*\+/m, path);
      if (text === '') without.push(path);
    }
    assert.deepEqual(without, []);
  });
});
