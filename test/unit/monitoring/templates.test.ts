/** Rules, dashboard, page and units are held to the metrics that there are, and to the command that writes them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { parse } from '../../../src/cli/parse.ts';
import type { Observed } from '../../../src/node/observed.ts';
import { metricsOf } from '../../../src/report/metrics.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const observed = { node: { name: 'cp1', role: 'worker' }, kubelet: { active: true }, directory: { entries: [] }, pods: [] } as unknown as Observed;
const METRICS = metricsOf({ version: '', readable: true, observed, certificates: [] }).map(({ name }) => name);
const PAGE = read('docs/monitoring.md');
const RULES = read('templates/monitoring/kcfg.rules.yaml');
const DASHBOARD = read('templates/monitoring/kcfg.dashboard.json');

interface Rules {
  groups: { rules: { alert: string; expr: string; labels: { severity: string }; annotations: { summary: string; description: string } }[] }[];
}
const rules = (parseYaml(RULES) as Rules).groups.flatMap((group) => group.rules);
const namesIn = (text: string): string[] => [...new Set([...text.matchAll(/\bkcfg_[a-z_]+/g)].map(([name]) => name))];

test('rules and dashboard ask for metrics that there are', () => {
  for (const text of [RULES, DASHBOARD]) assert.deepEqual(namesIn(text).filter((name) => !METRICS.includes(name)), []);
});

test('the page tells each metric, and no other', () => {
  assert.deepEqual([...PAGE.matchAll(/^\| `(kcfg_\w+)` /gm)].map(([, name]) => name), METRICS);
});

test('the page and the test of the rules have each alert, with its severity', () => {
  assert.deepEqual([...PAGE.matchAll(/^\| `(Kcfg\w+)` .* \| (\w+) \|$/gm)].map(([, alert, severity]) => [alert, severity]), rules.map(({ alert, labels }) => [alert, labels.severity]));
  const fired = read('templates/monitoring/kcfg.rules.test.yaml');
  for (const { alert } of rules) assert.match(fired, new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`), alert);
});

test('each alert says whom it is about, and its commands are ones that kcfg takes', () => {
  for (const { alert, annotations } of rules) {
    assert.match(annotations.summary, /\$labels\.instance/, alert);
    for (const [, words = ''] of annotations.description.matchAll(/kcfg ([a-z]+)/g)) parse([words]);
  }
});

test('the dashboard names its Prometheus by a variable, and asks each panel something', () => {
  const { panels, schemaVersion } = JSON.parse(DASHBOARD) as { schemaVersion: number; panels: { id: number; title: string; datasource: { uid: string }; gridPos: { x: number; w: number }; targets: { expr: string }[] }[] };
  assert.ok(schemaVersion >= 39);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  for (const { title, datasource, gridPos, targets } of panels) {
    assert.equal(datasource.uid, '${datasource}', title);
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    assert.ok(targets.length > 0 && targets.every(({ expr }) => expr.includes('$instance')), title);
  }
});

test('the service runs a command that kcfg takes, and may write where it writes', () => {
  const unit = read('templates/systemd/kcfg-metrics.service');
  const line = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1] ?? assert.fail(key);
  const [program, ...argv] = line('ExecStart').split(' ');
  assert.equal(program, '/usr/bin/kcfg');
  const { request } = parse(argv);
  assert.equal(request.options['output'], 'prometheus');
  assert.equal(`${line('ReadWritePaths').replace(/^-/, '')}/kcfg.prom`, request.options['out']);
  // what runs as root takes nothing from a user's environment
  assert.equal(line('UnsetEnvironment'), /^UnsetEnvironment=(.*)$/m.exec(read('templates/systemd/kcfg-recover.service'))?.[1]);
});

test('nobody enables the timer but a person', () => {
  assert.match(read('templates/systemd/kcfg-metrics.timer'), /^WantedBy=timers\.target$/m);
  assert.doesNotMatch(read('templates/package/postinst'), /kcfg-metrics/);
});
