/** Credentials that stand in files are quoted by no error, no finding and no diff. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import { readManifest } from '../../../src/manifests/manifest.ts';
import { pinEdits } from '../../../src/manifests/pin.ts';
import { hide, hiddenPlan } from '../../../src/plan/hidden.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { changedLines } from '../../../src/report/diff.ts';
import { judged } from '../kubelet/rules/judging.ts';

const SECRET = 's3cr3t';
const quoted = async (config: string, minor = '1.37'): Promise<string> => JSON.stringify(await judged(minor, { config }));

test('a finding that points into the headers of staticPodURLHeader quotes no value of them', async () => {
  const wrong = [
    `staticPodURLHeader: ${SECRET}\n`,
    `staticPodURLHeader: [${SECRET}]\n`,
    `staticPodURLHeader:\n  Authorization: ${SECRET}\n`,
    `staticPodURLHeader:\n  Authorization: {a: ${SECRET}}\n`,
    `staticPodURLHeader:\n  Authorization:\n  - {b: ${SECRET}}\n`,
    `staticPodURLHeader:\n  Authorization:\n    # Bearer\n    b: ${SECRET}\n`,
    `staticPodURLHeader:\n  A: ["${SECRET}"]\n  A: ["${SECRET}"]\n`,
    `staticPodURLHeader: {A: ["${SECRET}"], A: ["${SECRET}"]}\n`,
    `staticPodURLHeader: {\n"A":\n["${SECRET}", {\n"x": "${SECRET}"}]}\n`,
    `staticPodURLHeader:\n  A: ["${SECRET}"\nmaxPods: 5\n`,
    `staticPodURLHeader:\n  A:\n  - "${SECRET}\n`,
    `staticPodURLHeader:\n  A:\n  - ${SECRET}: ${SECRET}: x\n`,
    `staticPodURLHeader:\n\tA: ${SECRET}\n`,
    `StaticPodURLHeader:\n  A: ${SECRET}\n`,
  ];
  for (const config of wrong) {
    const found = await quoted(config);
    assert.notEqual(found, '[]', `nothing is said of ${config}`);
    assert.ok(!found.includes(SECRET), `${config}${found}`);
  }
});

test('lines before and behind the headers are quoted as they are, with their carets', async () => {
  const [before] = await judged('1.37', { config: `maxPods: "1"\nstaticPodURLHeader:\n  A:\n  - ${SECRET}\n` });
  assert.deepEqual([before?.where[0]?.text, before?.where[0]?.column], ['maxPods: "1"', 10]);
  const [behind] = await judged('1.37', { config: `staticPodURLHeader:\n  A:\n  - ${SECRET}\npodPidsLimit: "x"\n` });
  assert.equal(behind?.where[0]?.text, 'podPidsLimit: "x"');
  const [behindBraces] = await judged('1.37', { config: `staticPodURLHeader: {\n  A: [${SECRET}]\n}\npodPidsLimit: "x"\n` });
  assert.equal(behindBraces?.where[0]?.text, 'podPidsLimit: "x"');
});

test('what an environment variable or a flag of a manifest is given is quoted by no error', () => {
  const head = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: a\n';
  const broken = [
    `${head}    env:\n    - name: X\n      value: "${SECRET}\n`,
    `${head}    env:\n    - name: X\n      value: ${SECRET}: ${SECRET}: y\n`,
    `${head}    env: [{name: X, value: "${SECRET}"], \n`,
    `${head}    command:\n    - "--token=${SECRET}\n`,
    `{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"env": [{"name": "X", "value": "${SECRET}"}]}}`,
  ];
  for (const text of broken) {
    assert.throws(
      () => {
        readManifest('/a.yaml', Buffer.from(text));
        pinEdits('/a.yaml', Buffer.from(text), { change: '1', uid: 'u', node: 'cp1' });
      },
      (error: unknown) => {
        assert.ok(error instanceof KcfgError, String(error));
        const { message, where, notes, help } = error;
        const said = JSON.stringify({ message, where, notes, help });
        assert.ok(!said.includes(SECRET), said);
        return true;
      },
      text,
    );
  }
});

test('the flags of an environment file are shown without the headers among them, whichever flag changes', () => {
  for (const value of [SECRET, `Authorization:${SECRET}`, `"A:${SECRET} x"`, `Authorization:Bearer ${SECRET}`]) {
    const line = `KUBELET_EXTRA_ARGS=--v=2 --manifest-url-header=${value} --max-pods=110\n`;
    const hidden = hide(line, []);
    assert.equal(hidden, 'KUBELET_EXTRA_ARGS=--v=2 --manifest-url-header=(hidden) --max-pods=110\n');
  }
  assert.equal(hide(`A="--manifest-url-header ${SECRET}"\nB=1`, []), 'A="--manifest-url-header (hidden)"\nB=1');
  const plan = { steps: [{ kind: 'edit-config', edits: [{ offset: 0, remove: 1, insert: `--manifest-url-header=${SECRET} --v=1` }] }] } as unknown as Plan;
  assert.ok(!JSON.stringify(hiddenPlan(plan)).includes(SECRET));
});

test('a diff has the changed lines and no line beside them', () => {
  const lines = changedLines({ path: '/c', before: `a: 1\npassword: ${SECRET}\nb: 1\n`, after: `a: 2\npassword: ${SECRET}\nb: 2\n` });
  assert.equal(lines.length, 4);
  assert.ok(!JSON.stringify(lines).includes(SECRET));
});
