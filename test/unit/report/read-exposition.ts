/**
 * Prometheus' text format read strictly, as the exporter that takes the file does (prometheus/common expfmt/text_parse.go), and
 * held to its conventions (promlint): a HELP, a TYPE, series together, none twice, names in base units.
 */
import assert from 'node:assert/strict';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([^ ]+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/y;
/** What a scrape of a node sets itself: a second one is renamed to exported_… */
const TAKEN = new Set(['job', 'instance', 'pod', 'namespace', 'node', 'container', 'service', 'endpoint']);

export interface Series {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Every series of a text. Fails the test where a part of it is not as it has to be. */
export function readExposition(text: string): Series[] {
  assert.ok(text.endsWith('\n'), 'the last line has an end');
  const all: Series[] = [];
  const families = new Set<string>();
  const seen = new Set<string>();
  let family = '';
  for (const block of text.split(/^(?=# HELP )/m)) {
    const [help = '', type = '', ...series] = block.trimEnd().split('\n');
    family = /^# HELP (\S+) \S/.exec(help)?.[1] ?? assert.fail(`no help: ${help}`);
    assert.match(family, NAME);
    assert.equal(type, `# TYPE ${family} gauge`);
    assert.ok(!families.has(family), `${family} comes twice`);
    assert.doesNotMatch(family, /_(total|count|sum|bucket|ms|minutes|hours|days)$/, 'not what a gauge is called');
    assert.ok(!/_seconds$/.test(family) || /_time_seconds$|_timestamp_seconds$/.test(family), family);
    families.add(family);
    assert.ok(series.length > 0, `${family} has no series`);
    for (const line of series) {
      const [, name = '', labels = '', value = ''] = SERIES.exec(line) ?? assert.fail(`no series: ${line}`);
      assert.equal(name, family);
      assert.ok(!seen.has(`${name}{${labels}}`), `${line} comes twice`);
      seen.add(`${name}{${labels}}`);
      assert.ok(Number.isFinite(Number(value)), line);
      all.push({ name, labels: readLabels(labels, line), value: Number(value) });
    }
  }
  return all;
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at;
    const [, label = '', value = ''] = LABEL.exec(text) ?? assert.fail(`no label: ${line}`);
    assert.ok(!Object.hasOwn(labels, label) && !TAKEN.has(label) && !label.startsWith('__'), `${label}: ${line}`);
    labels[label] = value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  }
  return labels;
}

/** The value of one series; undefined where there is none. */
export function valueIn(all: readonly Series[], name: string, labels: Record<string, string> = {}): number | undefined {
  const found = all.filter((one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value));
  assert.ok(found.length < 2, `${name}: more than one`);
  return found[0]?.value;
}
