/** Who may run kcfg: on a machine root alone, on a tree or a pretend node anyone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needRoot } from '../../../src/node/observe.ts';

const as = (uid: number, live: boolean, sandbox: boolean): Parameters<typeof needRoot>[0] =>
  ({ live, sandbox, user: { uid, name: 'u', login: 'u' } }) as Parameters<typeof needRoot>[0];

test('a user who is not root is refused on a running machine, and told of sudo and the sandbox', () => {
  assert.throws(() => needRoot(as(1000, true, false)), (error: { code: string; exit: number; outcome: string; help: string[] }) => {
    assert.deepEqual([error.code, error.exit, error.outcome], ['not-root', 1, 'Nothing was changed.']);
    assert.match(error.help.join(), /sudo.*kcfg sandbox up/);
    return true;
  });
});

test('root on a machine, and anyone on a tree or a pretend node, goes on', () => {
  needRoot(as(0, true, false));
  needRoot(as(1000, false, false));
  needRoot(as(1000, true, true));
});
