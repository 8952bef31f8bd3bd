import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { topicOf, TOPICS } from '../../../../src/kubelet/explain/topics.ts';
import type { WordsOfTopic } from '../../../../src/kubelet/explain/words.ts';
import { parseFieldPath } from '../../../../src/kubelet/field-path.ts';
import type { Field, FieldType } from '../../../../src/kubelet/fields/field-set.ts';
import { loadFields, MINORS } from '../../../../src/kubelet/fields/load.ts';

const newest = await loadFields(undefined);
const perTopic = await Promise.all(TOPICS.map(async (topic) => ({ topic, words: (await topic.load()).WORDS })));
const ALL: WordsOfTopic = Object.assign({}, ...perTopic.map(({ words }) => words));
const fieldOf = (path: string): Field => parseFieldPath(path.replaceAll('[]', '[0]'), newest).field;

test('every field of every version has one topic, and no topic has a field that there never was', async () => {
  const named = TOPICS.flatMap((topic) => topic.fields);
  assert.equal(new Set(named).size, named.length, 'a field stands in two topics');
  const ever = new Set<string>();
  for (const minor of MINORS) {
    for (const { name } of (await loadFields(minor)).top) {
      ever.add(name);
      assert.notEqual(topicOf(name), undefined, `${name} of ${minor} has no topic`);
    }
  }
  assert.deepEqual(named.filter((name) => !ever.has(name)), []);
});

test('words are of fields that there are, in the file of their topic', () => {
  for (const { topic, words } of perTopic) {
    for (const path of Object.keys(words)) {
      assert.equal(fieldOf(path).path, path);
      assert.equal(topicOf(path)?.name, topic.name, path);
    }
  }
});

test('the fields that people change have words', () => {
  assert.ok(Object.keys(ALL).length >= 110);
  const without = newest.top.map(({ name }) => name).filter((name) => ALL[name] === undefined);
  assert.ok(without.length <= 8, `the reference speaks for: ${without.join(' ')}`);
});

test('words are sentences, needs are half ones, and none says what kcfg never says', () => {
  for (const [path, { does, needs, values = [] }] of Object.entries(ALL)) {
    assert.match(does, /^[A-Z].*\.( [A-Z0-9/].*\.)*$/, path);
    assert.ok(does.length <= 240, `${path}: ${does.length}`);
    if (needs !== undefined) assert.match(needs, /^([a-z0-9/-]|[A-Z]\w+:).*[^.]$/, `${path}: ${needs}`);
    for (const [value, means] of values) assert.match(means, /^([a-z0-9]|CPU|TLS|JSON).*[^.]$/, `${path} ${value}: ${means}`);
    const said = JSON.stringify([does, needs, values]);
    assert.match(said, /^[\x20-\x7e]*$/, `${path}: LANG=C shows it as it is`);
    assert.doesNotMatch(said, /\b(successfully|please|simply|just|should|illegal|we|I)\b|!/, path);
  }
});

test('values with words are those that the newest kubelet takes, or say until when', () => {
  for (const [path, { values = [] }] of Object.entries(ALL)) {
    const { kind, values: taken } = fieldOf(path).type;
    if (taken === undefined || kind === 'map' || kind === 'list') continue;
    const told = values.filter(([, , , until]) => until === undefined).map(([value]) => value);
    for (const value of told) assert.ok(taken.includes(value), `${path} does not take ${value}`);
  }
});

test('examples are fields with values of their type, as kcfg set takes them', () => {
  for (const [path, { example }] of Object.entries(ALL)) {
    if (example === undefined) continue;
    const settings = [...example.matchAll(/(\S+?)=('[^']*'|\S+)(?: |$)/g)];
    assert.equal(settings.map(([all]) => all).join(''), example, path);
    for (const [, name = '', text = ''] of settings) {
      const { type } = parseFieldPath(name, newest).field;
      assert.ok(fits(parse(text.replace(/^'(.*)'$/, '$1')), type), `${name}=${text} is no ${type.kind}`);
    }
    assert.ok(settings.some(([, name = '']) => name.startsWith(path.split('.')[0] ?? '')), path);
  }
});

function fits(value: unknown, type: FieldType): boolean {
  if (type.values !== undefined && typeof value === 'string' && !type.values.includes(value)) return false;
  if (type.kind === 'bool') return typeof value === 'boolean';
  if (type.kind === 'integer') return Number.isInteger(value);
  if (type.kind === 'list') return Array.isArray(value) && value.every((item) => type.element !== undefined && fits(item, type.element));
  if (type.kind === 'map' || type.kind === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type.kind === 'duration') return /^(\d+(\.\d+)?(h|m|s|ms))+$/.test(String(value));
  return typeof value === 'string' || typeof value === 'number';
}
