/** What can be wrong with a file as a whole, before a single field is read. */
import type { Chance } from './random.ts';

type Change = (text: string, by: Chance) => string | Uint8Array;

const later = (text: string, line: string): string => `${text}${line}\n`;

export const WHOLES: Record<string, Change> = {
  empty: () => '',
  'comments only': () => '# nothing\n',
  'a list': () => '- a\n- b\n',
  'plain text': () => 'hello\n',
  'an empty first document': (text) => `---\n---\n${text}`,
  'a second document': (text) => `${text}---\nmaxPods: x\n`,
  'a broken second document': (text) => `${text}---\n{[\n`,
  'document markers': (text) => `---\n${text}...\n`,
  json: (text) => toJson(text, 'maxPods: 110\n'),
  'json with 1.0': (text) => toJson(text, '').replace(/\}\s*$/, ', "maxPods": 1.0}'),
  'json with 1e2': (text) => toJson(text, '').replace(/\}\s*$/, ', "maxPods": 1e2}'),
  'json with a comment': (text) => `${toJson(text, '')}\n# x\n`,
  'json with a comma too many': (text) => toJson(text, '').replace(/\}\s*$/, ',}'),
  'json with a key twice': (text) => toJson(text, '').replace(/\}\s*$/, ', "maxPods": 1, "maxPods": 2}'),
  'blank lines, then json': (text) => `\n  ${toJson(text, '')}`,
  'a byte order mark': (text) => `\uFEFF${text}`,
  'json behind a byte order mark': (text) => `\uFEFF${toJson(text, '')}`,
  'UTF-16': (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
  'not UTF-8': (text) => Buffer.concat([Buffer.from(text), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0x0a])]),
  'no kind': (text) => text.replace(/^kind:.*\n/m, ''),
  'no apiVersion': (text) => text.replace(/^apiVersion:.*\n/m, ''),
  'another kind': (text, by) => text.replace(/^kind:.*/m, `kind: ${by.pick(['KubeletConfig', 'kubeletconfiguration', 'SerializedNodeConfigSource', 'CredentialProviderConfig', '5', 'null', '""'])}`),
  'another apiVersion': (text, by) => text.replace(/^apiVersion:.*/m, `apiVersion: ${by.pick(['v1', 'kubelet.config.k8s.io/v1', 'kubelet.config.k8s.io/v1alpha1', 'kubelet.config.k8s.io/v1beta2', 'a/b/c', '5', '""', 'kubelet.config.k8s.io'])}`),
  'Kind in capitals': (text) => text.replace(/^kind:/m, 'Kind:'),
  'apiversion in small letters': (text) => text.replace(/^apiVersion:/m, 'apiversion:'),
  'a tab': (text) => later(text, '\tmaxPods: 1'),
  'a broken line': (text, by) => later(text, by.pick(['maxPods', 'maxPods: [1', 'maxPods: "1', 'maxPods: 1: 2', ': 1', '- a', '  maxPods: 1', 'a: {b: c', '%x', '@a: 1', 'a: `b`', 'a: b: c', 'a: - b', '!!x a: b', 'a: *b'])),
  'a key twice': (text) => later(text, 'maxPods: 1\nmaxPods: 2'),
  'a key of a map twice': (text) => later(text, 'evictionHard: {memory.available: 1Gi, memory.available: 2Gi}'),
  'an anchor': (text) => later(text, 'systemReserved: &a {cpu: "1"}\nkubeReserved: *a'),
  'a merge key': (text) => later(text, 'systemReserved: &a {cpu: "1"}\nkubeReserved: {<<: *a, memory: "1Gi"}'),
  'another YAML version': (text) => `%YAML 1.2\n---\n${text}`,
  'carriage returns': (text) => text.replaceAll('\n', '\r\n'),
  'a key that is no text': (text, by) => later(text, by.pick(['1: 2', 'true: 1', '? [a]\n: b', 'null: 1', '? {a: b}\n: c', '1.5: 2'])),
  'a block text': (text, by) => later(text, by.pick(['clusterDomain: |\n  a', 'clusterDomain: >-\n  a\n  b', 'clusterDomain: "a\\\n  b"'])),
  'a tag': (text, by) => later(text, by.pick(['maxPods: !!int "5"', 'maxPods: !!str 5', 'clusterDomain: !!binary aGVsbG8=', 'maxPods: !x 5', 'clusterDomain: !!str 5', 'maxPods: !!float 5'])),
  'an odd line end': (text) => later(text, 'clusterDomain: "a\u2028b"'),
};

function toJson(text: string, more: string): string {
  return `{${(text + more).trimEnd().split('\n').map((line) => line.replace(/^(\w+): /, '"$1": ')).join(', ').replace(/: (?=[,}]|$)/g, ': null')}}`;
}
