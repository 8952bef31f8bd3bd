/** kcfg's own units: what systemd is told, word for word where it matters. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { recoverUnit, transientUnit } from '../../../src/transaction/units.ts';

test('the boot unit of the package is the one that kcfg writes where there is no package', () => {
  const packaged = readFileSync(new URL('../../../templates/systemd/kcfg-recover.service', import.meta.url), 'utf8');
  assert.equal(packaged, recoverUnit(['/usr/lib/kcfg/node', '/usr/lib/kcfg/dist/main.js']));
});

test('the service of a change recovers it however its process ended, and lets nothing be loaded into it', () => {
  const properties = transientUnit('change', '7', ['/usr/bin/node', '/var/lib/kcfg/7/pro$gram 100%/main.js']);
  assert.ok(properties.includes('ExecStopPost=/usr/bin/node "/var/lib/kcfg/7/pro$$gram 100%%/main.js" internal recover 7 $SERVICE_RESULT'), properties.join('\n'));
  assert.ok(properties.includes('Description=kcfg change 7'));
  assert.ok(properties.includes('RuntimeMaxSec=15min'));
  assert.ok(properties.includes('UMask=0077'));
  assert.ok(properties.some((each) => /^UnsetEnvironment=.*NODE_OPTIONS/.test(each)));
});

test('what goes back because nobody confirmed is tried again, and ends at some time', () => {
  const properties = transientUnit('revert', '7', ['kcfg']);
  assert.ok(properties.includes('Restart=on-failure'));
  assert.ok(properties.includes('RuntimeMaxSec=5min'));
  assert.equal(properties.some((each) => each.includes('@')), false);
});
