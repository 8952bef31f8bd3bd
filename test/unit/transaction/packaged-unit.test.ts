import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { recoverUnit } from '../../../src/transaction/units.ts';

test('the boot unit of the package is the one that kcfg writes where there is no package', () => {
  const packaged = readFileSync(new URL('../../../templates/systemd/kcfg-recover.service', import.meta.url), 'utf8');
  assert.equal(packaged, recoverUnit(['/usr/lib/kcfg/node', '/usr/lib/kcfg/dist/main.js']));
});
