/**
 * The API server checks tokens with the public halves of the keys that sign them: its own, and the controller manager's. With
 * another key every token in the cluster is refused, and nothing says so but the controllers that are Unauthorized.
 */
import type { Cause, Rule } from '../cause.ts';
import { programOf, saying } from '../pki/programs.ts';
import { keyOf } from '../pki/uses.ts';

export const serviceAccountKey: Rule = {
  about: 'tokens are checked with the key that signs them',
  find(evidence) {
    const api = programOf(evidence, 'kube-apiserver')?.flags;
    const check = api?.get('service-account-key-file');
    const signing: [string, string | undefined][] = [
      ['--service-account-signing-key-file of kube-apiserver', api?.get('service-account-signing-key-file')],
      ['--service-account-private-key-file of kube-controller-manager', programOf(evidence, 'kube-controller-manager')?.flags.get('service-account-private-key-file')],
    ];
    // the flag may stand several times, and then more keys are good than the last one
    const words = programOf(evidence, 'kube-apiserver')?.entry.containers.flatMap(({ command }) => command) ?? [];
    if (check === undefined || words.filter((word) => word.startsWith('--service-account-key-file')).length > 1) return [];
    const checked = keyOf(evidence, check);
    if (checked?.publicKey === undefined) return [];
    const found = signing.flatMap(([by, file]) => (file !== undefined && keyOf(evidence, file)?.publicKey !== undefined && keyOf(evidence, file)?.publicKey !== checked.publicKey ? [{ by, file }] : []));
    const [first] = found;
    if (first === undefined) return [];
    const message = `${check} is not the public half of ${first.file}`;
    return [
      {
        id: 'service-account-key',
        severity: 'error',
        message,
        where: [{ file: check, label: 'by --service-account-key-file' }, ...found.map(({ by, file }) => ({ file, label: `by ${by}` }))],
        notes: ['the API server refuses every token that is signed with it: Unauthorized'],
        help: [],
        component: 'kube-apiserver',
        layer: 'kube-apiserver',
        verdict: 'it checks tokens with another key than the one that signs them',
        sure: 'certain',
        now: true,
        evidence: saying(evidence, 'kube-controller-manager', /Unauthorized/, 1),
        fix: { kind: 'commands', commands: [`cp -p ${check} ${check}.old`, `openssl pkey -in ${first.file} -pubout -out ${check}`] },
      } satisfies Cause,
    ];
  },
};
