/** Which pod a manifest makes: another one than the file's is no edit but a new pod, and the old one stops. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { distance } from '../../nearest.ts';
import { type Case, finding, textAt, valueAt } from './case.ts';
import { replaceValue } from './mend.ts';

export function identity(subject: Case): Finding[] {
  const { yaml, facts } = subject;
  const found: Finding[] = [];
  const kind = textAt(subject, ['kind']);
  const version = textAt(subject, ['apiVersion']);
  if (kind !== 'Pod') found.push(finding(subject, { id: 'kind', path: ['kind'], message: kind === undefined ? 'it has no kind' : `it is no Pod but a ${kind}`, notes: ['the kubelet takes no pod from it'], edits: kind !== undefined && isSlip(kind, 'Pod') ? replaceValue(yaml, ['kind'], 'Pod') : undefined }));
  if (version !== 'v1') found.push(finding(subject, { id: 'kind', path: ['apiVersion'], message: version === undefined ? 'it has no apiVersion' : `it is a Pod of ${version}, and the kubelet takes v1`, notes: ['the kubelet takes no pod from it'], edits: version === undefined || kind !== 'Pod' ? undefined : replaceValue(yaml, ['apiVersion'], 'v1') }));
  const name = textAt(subject, ['metadata', 'name']) ?? '';
  if (name === '') found.push(finding(subject, { id: 'identity', path: ['metadata'], what: 'key', message: 'it has no metadata.name', notes: ['the kubelet takes no pod from it'] }));
  else if (facts.pod !== undefined && name !== facts.pod.name) found.push(another(subject, 'name', facts.pod.name, name));
  const namespace = textAt(subject, ['metadata', 'namespace']) || 'default';
  if (facts.pod !== undefined && namespace !== facts.pod.namespace) found.push(another(subject, 'namespace', facts.pod.namespace, namespace));
  const uid = valueAt(yaml.value, ['metadata', 'uid']);
  if (uid !== undefined && uid !== '') {
    found.push(finding(subject, { id: 'foreign-uid', path: ['metadata', 'uid'], what: 'key', message: 'metadata.uid is set, and not by kcfg', notes: ['under one UID the kubelet takes a changed manifest for the pod that runs, and ignores most of the change from 1.31 on'], help: ['take the line out'] }));
  }
  const mirror = ['metadata', 'annotations', 'kubernetes.io/config.mirror'];
  if (valueAt(yaml.value, mirror) !== undefined) {
    found.push(finding(subject, { id: 'mirror-annotation', path: mirror, what: 'key', message: 'kubernetes.io/config.mirror marks a mirror pod', notes: ['the kubelet never starts a pod from a manifest that has it (kubelet.go:2897)'], help: ['take the line out: it comes from kubectl get pod -o yaml'] }));
  }
  return found;
}

function isSlip(text: string, word: string): boolean {
  return distance(text.toLowerCase(), word.toLowerCase()) <= 1;
}

function another(subject: Case, part: 'name' | 'namespace', was: string, is: string): Finding {
  return finding(subject, {
    id: 'identity',
    path: ['metadata', part],
    message: `the pod's ${part} was ${was}, and is ${is} here`,
    notes: [`that is another pod: ${was === '' ? 'the one from before' : was} would stop, and kcfg changes one pod in place`],
    help: [`leave ${part}: ${was}; another pod goes into a file of its own`],
  });
}
