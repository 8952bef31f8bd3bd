/** Manifests that are no YAML any more, or YAML of something else than was meant. */
import { API, type Case, ETCD, SCHEDULER } from '../case.ts';

const SYNTAX = { class: 'YAML syntax', on: 'both', repair: 'recover' } as const;
const INVALID = ['invalid-yaml'] as const;
/** The kubelet looks at the directory again every 20 s, and takes away the pod of a file that it cannot read. */
const API_GOES = { settle: { down: ['kube-apiserver'] } } as const;

export const yamlSyntax: readonly Case[] = [
  { ...SYNTAX, ...API_GOES, id: 'B001', name: 'metadata; in the place of metadata:', break: [{ edit: API, from: /^metadata:/m, to: 'metadata;' }], expect: { ids: INVALID, component: 'kube-apiserver', file: API, line: 'metadata;' } },
  { ...SYNTAX, ...API_GOES, id: 'B002', name: 'a list item that is not indented enough', break: [{ edit: API, from: '    - --etcd-servers', to: '  - --etcd-servers' }], expect: { ids: INVALID, component: 'kube-apiserver', file: API, line: '  - --etcd-servers' } },
  {
    ...SYNTAX,
    on: 'lab',
    id: 'B003',
    name: 'a flag without its dash, glued to the one before it',
    break: [{ edit: SCHEDULER, from: '    - --bind-address=127.0.0.1', to: '      --bind-address=127.0.0.1' }, { wait: { seconds: 3 } }, { kill: 'kube-scheduler' }],
    seen: '1.37.2 does not even start the pod anew: the hash behind its UID runs the words of a list together, so [a, b] and [a b] are one (go-spew format.go:274-285, by apimachinery util/dump). It breaks with the next start of the container',
    settle: { restarts: 'kube-scheduler' },
    expect: { ids: ['glued'], component: 'kube-scheduler', file: SCHEDULER },
  },
  { ...SYNTAX, ...API_GOES, id: 'B007', name: 'no blank behind a colon', break: [{ edit: API, from: '  hostNetwork: true', to: '  hostNetwork:true' }], expect: { ids: INVALID, component: 'kube-apiserver', file: API, line: 'hostNetwork:true' } },
  { ...SYNTAX, ...API_GOES, id: 'B008', name: 'a quote that is not closed', break: [{ edit: API, from: /image: (registry\S+)/, to: 'image: "$1' }], expect: { ids: INVALID, component: 'kube-apiserver', file: API } },
  { ...SYNTAX, ...API_GOES, id: 'B011', name: 'blanks that do not break, pasted from a web page', break: [{ edit: API, from: '    - --etcd-servers', to: '\u00a0\u00a0\u00a0\u00a0- --etcd-servers' }], expect: { ids: INVALID, component: 'kube-apiserver', file: API } },
  { ...SYNTAX, id: 'B012', name: 'an empty manifest', break: [{ write: ETCD, text: '' }], settle: { down: ['etcd', 'kube-apiserver'] }, expect: { ids: INVALID, component: 'etcd', file: ETCD } },
  { ...SYNTAX, id: 'B013', name: 'a manifest of NUL bytes, after a power cut', break: [{ write: ETCD, text: '\0'.repeat(2581) }], settle: { down: ['etcd', 'kube-apiserver'] }, expect: { ids: INVALID, component: 'etcd', file: ETCD } },
  {
    ...SYNTAX,
    id: 'B016',
    name: 'a second pod in the same file',
    break: [{ edit: SCHEDULER, from: /^/, to: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: side\n  namespace: kube-system\nspec:\n  hostNetwork: true\n  containers:\n  - name: side\n    image: docker.io/library/nginx:1.14\n---\n' }],
    settle: { down: ['kube-scheduler'] },
    expect: { ids: ['several-documents'], component: 'kube-scheduler', file: SCHEDULER },
  },
];
