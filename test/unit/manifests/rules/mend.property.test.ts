/** Whatever slipped: an edit that a finding offers, or several one after the other, bring back the text from before, and no other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from '../../../../src/kubelet/edits.ts';
import type { Finding } from '../../../../src/kubelet/rules/finding.ts';
import { mutate } from '../../../fuzz/mutate.ts';
import { chance } from '../../../harness/random.ts';
import { judged, kubeadmText, PODS } from '../kubeadm-texts.ts';

const RUNS = 100;
/** One after the other: a glued line may hold two slips. */
const MOST = 4;

test('edits bring back what kubeadm wrote', async () => {
  const by = chance(11);
  let [broken, mended] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const original = kubeadmText(by.pick(PODS));
    const { text: changed, kind } = mutate(original, by);
    const errors = async (text: string): Promise<Finding[]> => (await judged(text)).filter(({ severity }) => severity === 'error');
    let text = changed;
    let found = await errors(text);
    // of a volume and its mount, a mount and a flag, one slipped: the other one follows it
    const follows = found.some(({ id }) => id === 'mount' || id === 'path-unmounted');
    // a text that is cut off has lost more than one slip
    if (found.length === 0 || kind === 'cut off') continue;
    broken++;
    for (let i = 0; i < MOST && found.length > 0; i++) {
      const edits = found.find((finding) => finding.edits !== undefined)?.edits;
      if (edits === undefined) break;
      text = applyEdits(Buffer.from(text), edits).toString();
      found = await errors(text);
    }
    if (found.length > 0) continue;
    if (!follows) assert.equal(text, original, `${kind}: ${found[0]?.message ?? ''}`);
    mended++;
  }
  assert.ok(mended >= broken * 0.45, `${mended} of ${broken} mended`);
});
