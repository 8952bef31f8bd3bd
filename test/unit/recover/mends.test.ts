/** From causes to files: several fixes of one file are one edit, and a file that moved on is refused. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cause } from '../../../src/doctor/cause.ts';
import { KcfgError } from '../../../src/errors.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { pinEdits } from '../../../src/manifests/pin.ts';
import { hash } from '../../../src/plan/copy-manifests.ts';
import { mendsOf } from '../../../src/recover/mends.ts';
import { DIRECTORY, healthy } from '../doctor/healthy.ts';

const FILE = `${DIRECTORY}/kube-scheduler.yaml`;
const TEXT = Buffer.from('apiVersion: v1\nkind: Pod\nmetadata:\n  name: kube-scheduler\n  namespace: kube-system\nspec:\n  containers:\n  - command: [kube-scheduler, --x, --y]\n    image: i\n    name: kube-scheduler\n');
const at = (text: string): number => TEXT.indexOf(text);

function cause(fix: Cause['fix'], message = 'wrong'): Cause {
  return { id: 'x', severity: 'error', message, where: [], notes: [], help: [], component: 'kube-scheduler', layer: 'controllers', verdict: message, sure: 'certain', now: true, evidence: [], ...(fix === undefined ? {} : { fix }) };
}
const edit = (word: string, insert: string): Cause['fix'] => ({ kind: 'edit', file: FILE, sha256: hash(TEXT), edits: [{ offset: at(word), remove: word.length, insert }] });
const read = async (): Promise<Buffer> => TEXT;

describe('mends', () => {
  test('two fixes of one file are one new text of it; of two for one place the first counts', async () => {
    const [mend, ...others] = await mendsOf(healthy(), [cause(edit('--y', '--b')), cause(edit('--x', '--a')), cause(edit('--x', '--c'))], read);
    assert.deepEqual(others, []);
    assert.match(mend?.after?.toString() ?? '', /\[kube-scheduler, --a, --b\]/);
    assert.deepEqual(mend?.pod, { name: 'kube-scheduler', namespace: 'kube-system' });
  });

  test('what goes with a whole part needs no edit of its own, whichever was found first', async () => {
    const part: Cause['fix'] = { kind: 'edit', file: FILE, sha256: hash(TEXT), edits: [{ offset: at(', --x, --y'), remove: ', --x, --y'.length, insert: '' }] };
    for (const causes of [[cause(edit('--y', '--b')), cause(part)], [cause(part), cause(edit('--y', '--b'))]]) assert.match((await mendsOf(healthy(), causes, read))[0]?.after?.toString() ?? '', /\[kube-scheduler\]/);
  });

  test('the pin of a mended manifest goes, or the kubelet would not read the rest', async () => {
    const pinned = applyEdits(TEXT, pinEdits(FILE, TEXT, { change: '1', uid: '00000000-0000-4000-8000-000000000001', node: 'cp1' }));
    assert.match(pinned.toString(), /^ {2}uid:/m);
    const [mend] = await mendsOf(healthy(), [cause({ kind: 'edit', file: FILE, sha256: hash(pinned), edits: [{ offset: pinned.indexOf('--x'), remove: 3, insert: '--a' }] })], async () => pinned);
    assert.doesNotMatch(mend?.after?.toString() ?? 'uid:', /^ {2}uid:/m);
  });

  test('a file that is gone becomes as its copy is; one that is there again is refused', async () => {
    const fix: Cause['fix'] = { kind: 'copy', file: '/var/lib/kubelet/config.yaml', from: '/root/copy' };
    const [mend] = await mendsOf(healthy(), [cause(fix)], async (path) => (path === '/root/copy' ? TEXT : undefined));
    assert.deepEqual([mend?.before, mend?.after, mend?.mode], [undefined, TEXT, 0o644]);
    await assert.rejects(mendsOf(healthy(), [cause(fix)], read), (error) => error instanceof KcfgError && error.code === 'changed-meanwhile');
  });

  test('a file that was of another pod is of the one that its new text names', async () => {
    const evidence = healthy();
    const entry = evidence.directory.entries.find(({ path }) => path === FILE) ?? assert.fail();
    entry.pod = { name: 'side', namespace: 'default', hostNetwork: true };
    const [mend] = await mendsOf(evidence, [cause(edit('--x', '--a'))], read);
    assert.deepEqual(mend?.pod, { name: 'kube-scheduler', namespace: 'kube-system' });
  });

  test('a file that was changed since is refused', async () => {
    await assert.rejects(mendsOf(healthy(), [cause({ kind: 'set-aside', file: FILE, sha256: 'other', why: '' })], read), (error) => error instanceof KcfgError && error.code === 'changed-meanwhile');
  });

  test('a file that is to go is not edited as well', async () => {
    const mends = await mendsOf(healthy(), [cause(edit('--x', '--a')), cause({ kind: 'set-aside', file: FILE, sha256: hash(TEXT), why: 'a second one' })], read);
    assert.deepEqual(mends.map(({ path, after }) => [path, after]), [[FILE, undefined]]);
  });
});
