/** A bundle can be given away: no secret is in it, and what is left reads as before. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fromBundle, masked, toBundle } from '../../../src/doctor/bundle.ts';
import { diagnose } from '../../../src/doctor/diagnose.ts';
import { KcfgError } from '../../../src/errors.ts';
import { ended, found, healthy } from './healthy.ts';

const MANIFEST = `apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver
spec:
  containers:
  - command:
    - kube-apiserver
    - --token-auth-secret=s3cr3t-words
    env:
    - name: PASSWORD
      value: hunter2-and-more
`;

describe('a bundle', () => {
  test('has no secret of a manifest, no token and no key; every byte after them is where it was', () => {
    const evidence = ended(healthy(), 'kube-apiserver', 'bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJlLXNpZ25hdHVyZQ and abcdef.0123456789abcdef');
    const text = toBundle(evidence, new Map([['/etc/kubernetes/manifests/kube-apiserver.yaml', Buffer.from(MANIFEST)]]));
    for (const secret of ['s3cr3t', 'hunter2', 'eyJpc3M', '0123456789abcdef']) assert.ok(!text.includes(secret), secret);
    assert.equal(Buffer.byteLength(masked(MANIFEST)), Buffer.byteLength(MANIFEST));
    assert.match(masked(MANIFEST), /value: \*{16}\n$/);
  });

  test('gives the same diagnosis elsewhere', () => {
    const evidence = ended(found(healthy(), 'kube-apiserver', 'unknown-flag', 19), 'kube-apiserver', 'Error: unknown flag: --x');
    const read = fromBundle('cp1.json', toBundle(evidence, new Map()));
    assert.deepEqual(diagnose(read.evidence), diagnose(evidence));
  });

  for (const [what, text] of [['no JSON', 'x'], ['another file', '{"kind":"Pod"}'], ['another format', '{"kind":"kcfg-evidence","format":2,"evidence":{"format":2}}']] as const) {
    test(`is refused: ${what}`, () => assert.throws(() => fromBundle('x.json', text), (error) => error instanceof KcfgError && error.code === 'bad-bundle'));
  }
});
