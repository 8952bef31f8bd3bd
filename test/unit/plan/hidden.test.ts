import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hiddenPlan, secretsOf } from '../../../src/plan/hidden.ts';
import type { Plan } from '../../../src/plan/plan.ts';

const plan = (field: string, value: unknown): Plan =>
  ({
    settings: [{ field, path: [field], to: value }],
    target: { verb: 'set', field: 'settings', wishes: [{ field, path: [field], value }], force: [] },
    steps: [{ kind: 'edit-config', edits: [{ offset: 0, remove: 0, insert: `${field}: ${JSON.stringify(value)}\n` }] }],
    expect: { settings: [{ field, path: [field], value }] },
  }) as unknown as Plan;

test('a secret is in no part of the plan that is shown, edits included', () => {
  const secret = plan('staticPodURLHeader', { Authorization: ['Bearer "x" of mine', 'Bearer'] });
  assert.deepEqual(secretsOf(secret), ['Bearer "x" of mine', 'Bearer']);
  const shown = JSON.stringify(hiddenPlan(secret));
  assert.ok(!shown.includes('Bearer'), shown);
  assert.match(shown, /staticPodURLHeader/);
  assert.match(JSON.stringify(secret), /Bearer/, 'the plan itself keeps it: it is what is carried out');
});

test('any other plan is shown as it is', () => {
  const open = plan('maxPods', 150);
  assert.equal(hiddenPlan(open), open);
});

test('a short one hides itself, and not each word that has it', () => {
  const shown = hiddenPlan(plan('staticPodURLHeader', { A: ['e'] }));
  assert.equal(shown.target?.verb, 'set');
  assert.deepEqual((shown.settings?.[0]?.to as { A: string[] }).A, ['(hidden)']);
});
