/** The page of a fleet: one file that loads nothing, in which a node's words are text and nothing else. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { nodeReport } from '../../../src/fleet/report.ts';
import { fleetPage } from '../../../src/report/fleet-page.ts';
import { answer } from '../fleet/nodes.ts';

const HOSTILE = `<img src=x onerror=alert(1)>"'&`;

test('a hostile name, verdict or finding is shown as it is written', () => {
  const bad = answer('control plane');
  bad.result.doctor = { healthy: false, verdict: `${HOSTILE} is down.`, findings: [{ severity: 'error', cause: HOSTILE }] };
  const page = fleetPage({ at: '2026-11-28T06:00:00Z', nodes: [nodeReport(HOSTILE, bad)] });
  assert.ok(!page.includes('<img'));
  assert.equal(page.split('&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;').length, 4);
});

test('nothing is loaded from anywhere', () => {
  const page = fleetPage({ at: '', nodes: [nodeReport('cp1', answer('control plane'))] });
  assert.ok(!/\b(src|href|url|import|fetch)\b\s*[=(]/.test(page));
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
});

test('its own script and style run, and no other', () => {
  const page = fleetPage({ at: '', nodes: [nodeReport('cp1', answer('control plane'))] });
  assert.ok(!page.includes('unsafe-inline'));
  for (const element of ['style', 'script']) {
    const [, content = ''] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page) ?? [];
    assert.ok(page.includes(`${element}-src 'sha256-${createHash('sha256').update(content).digest('base64')}'`), element);
  }
});

test('what is wrong stands first, and the sums are of all nodes', () => {
  const well = answer('worker');
  well.result.doctor = { healthy: true, verdict: 'Nothing is wrong with w1.' };
  well.result.stig = { result: 'pass' };
  const broken = answer('control plane', { pods: [{ name: 'etcd', pinned: 'kcfg', state: 'running' }] });
  broken.result.doctor = { healthy: false, verdict: 'etcd is down.' };
  const page = fleetPage({ at: '', nodes: [nodeReport('w1', well), nodeReport('cp1', broken)] });
  assert.ok(page.indexOf('<b>cp1</b>') < page.indexOf('<b>w1</b>'));
  assert.match(page, /<dt>Pinned manifests<\/dt><dd>1 on 1 node</);
  assert.match(page, /1 node to look at/);
});
