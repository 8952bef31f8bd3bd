/** Two slips in one manifest: either is found, at its line, also behind text that is no YAML; and their edits together bring back what was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { applyEdits } from '../../../../src/kubelet/edits.ts';
import type { Edit } from '../../../../src/plan/step.ts';
import { PAIRED } from '../../../cases/draw-pairs.ts';
import type { Case } from '../../../cases/case.ts';
import { judged, kubeadmText } from '../kubeadm-texts.ts';

/** Whose edits change one manifest, and are seen in the text alone. */
const POD = /kube-[a-z-]+|etcd(?=\.yaml)/;
const edits = ({ break: steps }: Case): { edit: string; from: string | RegExp; to: string }[] => steps.flatMap((step) => ('edit' in step && step.edit.startsWith('/etc/kubernetes/manifests/') ? [step] : []));
const CASES = PAIRED.filter((each) => each.break.length === 1 && edits(each).length === 1 && !each.expect.ids.includes('etcd-servers') && !each.expect.ids.includes('path'));

const does = (text: string, subject: Case): string => edits(subject).reduce((now, { from, to }) => now.replace(from, to), text);

test('two slips in one manifest are both found, and mended together or not at all', async () => {
  let [pairs, mended] = [0, 0];
  for (const [index, first] of CASES.entries()) {
    for (const second of CASES.slice(index + 1)) {
      const file = edits(first)[0]?.edit ?? '';
      if (edits(second)[0]?.edit !== file) continue;
      const text = kubeadmText(POD.exec(file)?.[0] ?? '');
      const [one, both] = [does(text, first), does(does(text, first), second)];
      const lines = new Set(text.split('\n'));
      const broken = (all: string): string[] => all.split('\n').filter((line) => !lines.has(line));
      // the second took the first one's line, or does not find its own
      if (both === one || broken(one).some((line) => !both.split('\n').includes(line))) continue;
      pairs++;
      const name = `${first.id} and ${second.id}`;
      const found = (await judged(both, '1.37.2', {}, file)).filter(({ severity }) => severity === 'error');
      for (const { id, expect } of [first, second]) {
        const at = found.filter((each) => expect.ids.includes(each.id) && (expect.line === undefined || (both.split('\n')[(each.where[0]?.line ?? 0) - 1] ?? '').includes(expect.line)));
        assert.ok(at.length > 0, `${name}: ${id} is not among ${JSON.stringify(found.map((each) => [each.id, each.where[0]?.line, each.message]))}`);
      }
      assert.ok(found.length >= 2, `${name}: ${JSON.stringify(found)}`);
      const all = found.map((each) => each.edits);
      if (all.includes(undefined)) continue;
      // of two for one place one counts, as in a recovery
      const apart = (all.flat() as Edit[]).sort((a, b) => b.remove - a.remove).filter((edit, at, each) => !each.slice(0, at).some((other) => edit.offset < other.offset + other.remove && other.offset < edit.offset + Math.max(1, edit.remove)));
      const after = applyEdits(Buffer.from(both), apart.sort((a, b) => a.offset - b.offset)).toString();
      assert.deepEqual(parse(after), parse(text), name);
      mended++;
    }
  }
  assert.ok(pairs > 30 && mended > pairs / 2, `${pairs} pairs, ${mended} mended`);
});
