/** Manifests in every shape that kcfg has to read and edit, by name. The pod is always kube-system/web, but for kubeadm's. */

const HEAD = 'apiVersion: v1\nkind: Pod\n';
const SPEC = 'spec:\n  containers:\n  - name: c\n    image: registry.k8s.io/pause:3.10\n';
const META = 'metadata:\n  name: web\n  namespace: kube-system\n';
const json = (metadata: object, indent?: string | number) =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c' }] } }, null, indent)}\n`;

/** As kubeadm 1.37 writes it. */
export const KUBEADM = `apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 10.0.0.10:6443
  labels:
    component: kube-apiserver
    tier: control-plane
  name: kube-apiserver
  namespace: kube-system
spec:
  containers:
  - command:
    - kube-apiserver
    - --advertise-address=10.0.0.10
    - --secure-port=6443
    image: registry.k8s.io/kube-apiserver:v1.37.2
    imagePullPolicy: IfNotPresent
    livenessProbe:
      failureThreshold: 8
      httpGet:
        host: 10.0.0.10
        path: /livez
        port: probe-port
        scheme: HTTPS
    name: kube-apiserver
    readinessProbe:
      httpGet:
        port: 6443
  hostNetwork: true
  priorityClassName: system-node-critical
status: {}
`;

/** Can be pinned, and unpinned to the same bytes. */
export const SHAPES: Record<string, string> = {
  kubeadm: KUBEADM,
  block: HEAD + META + SPEC,
  flow: `${HEAD}metadata: {name: web, namespace: kube-system}\n${SPEC}`,
  'flow over lines': `${HEAD}metadata: { # c\n  name: web,\n  namespace: kube-system\n}\n${SPEC}`,
  'all in braces': '--- {apiVersion: v1, kind: Pod, metadata: {name: web, namespace: kube-system}, spec: {containers: [{name: c}]}}\n',
  'quoted keys': `${HEAD}"metadata":\n  "name": 'web'\n  'namespace': "kube-system"\n${SPEC}`,
  'metadata first': META + HEAD + SPEC,
  'late metadata': HEAD + SPEC + META,
  'late metadata, no line end': (HEAD + SPEC + META).trimEnd(),
  'metadata within block text': `${HEAD}spec:\n  containers:\n  - name: c\n    args:\n    - |\n      metadata:\n        # Pinned by kcfg, change 9, node other: the kubelet\n        uid: no\n${META}`,
  'metadata deeper down': `${HEAD}spec:\n  containers:\n  - name: c\n  volumes:\n  - name: v\n    ephemeral:\n      volumeClaimTemplate:\n        metadata:\n          labels: {a: b}\n${META}`,
  'leading marker': `---\n${HEAD}${META}${SPEC}`,
  'leading comment': `# who\n\n---\n# what\n${HEAD}${META}${SPEC}`,
  'byte order mark': `\uFEFF${HEAD}${META}${SPEC}`,
  'mark and metadata first': `\uFEFF${META}${HEAD}${SPEC}`,
  CRLF: (HEAD + META + SPEC).replaceAll('\n', '\r\n'),
  'CRLF, late, no line end': (HEAD + SPEC + META).replaceAll('\n', '\r\n').trimEnd(),
  'comments all around': `${HEAD}# above\nmetadata: # behind\n  # first\n  name: web # name\n  namespace: kube-system # last\n  # within\n\n# below\n${SPEC}`,
  'deep indentation': `${HEAD}metadata:\n        name: web\n        namespace: kube-system\n${SPEC}`,
  'a map last': `${HEAD}metadata:\n  name: web\n  namespace: kube-system\n  labels:\n    a: b # c\n${SPEC}`,
  'nothing last': `${HEAD}metadata:\n  name: web\n  namespace: kube-system\n  labels: # none\n${SPEC}`,
  'block text last': `${HEAD}metadata:\n  name: web\n  namespace: kube-system\n  annotations:\n    a: |\n      x\n\n\n${SPEC}`,
  'block text that keeps its blank lines': `${HEAD}metadata:\n  name: web\n  namespace: kube-system\n  annotations:\n    a: |+\n      x\n\n\n${SPEC}`,
  'block text at the end of the file': `${HEAD}${SPEC}${META}  annotations:\n    a: |\n      x`,
  'text over lines last': `${HEAD}metadata:\n  name: web\n  namespace: kube-system\n  annotations: {a: "x\n    y"}\n${SPEC}`,
  'anchors elsewhere': `${HEAD}metadata:\n  name: web\n  namespace: kube-system\n  labels: &l {a: b}\n  annotations: *l\n${SPEC}`,
  'an empty second document': `${HEAD}${META}${SPEC}---\n`,
  'an end mark': `${HEAD}${SPEC}${META}...\n`,
  'a key twice': `${HEAD}metadata:\n  name: old\n  name: web\n  namespace: kube-system\n${SPEC}`,
  'tabs behind': `${HEAD}metadata:\n  name: web\t# t\n  namespace:\tkube-system\n${SPEC}`,
  JSON: json({ name: 'web', namespace: 'kube-system' }),
  'JSON over lines': json({ name: 'web', namespace: 'kube-system' }, 2),
  'JSON with annotations': json({ name: 'web', annotations: { a: 'b' }, namespace: 'kube-system' }, '\t'),
  'JSON with empty annotations': json({ annotations: {}, name: 'web', namespace: 'kube-system' }, 4),
};

/** A uid is there and says nothing: it gives way to the pin. */
export const EMPTY_UID: Record<string, string> = {
  'empty text': `${HEAD}metadata:\n  name: web\n  uid: ""\n  namespace: kube-system\n${SPEC}`,
  nothing: `${HEAD}metadata:\n  uid: # none\n  name: web\n  namespace: kube-system\n${SPEC}`,
  'null, at the end of the file': `${HEAD}${SPEC}${META}  uid: ~`,
  'in braces': `${HEAD}metadata: {uid: "", name: web, namespace: kube-system}\n${SPEC}`,
  'last in braces': `${HEAD}metadata: {name: web, namespace: kube-system, uid: null}\n${SPEC}`,
  'JSON null': json({ uid: null, annotations: null, name: 'web', namespace: 'kube-system' }, 2),
};

/** Cannot be pinned: the shape, and what the message must name. */
export const REFUSED: Record<string, [text: string, named: RegExp]> = {
  'an anchor on metadata': [`${HEAD}metadata: &m\n  name: web\n${SPEC}`, /anchor/],
  'an alias as metadata': [`${HEAD}x: &m {name: web}\nmetadata: *m\n${SPEC}`, /alias/],
  'a merge key in metadata': [`${HEAD}x: &m {namespace: a}\nmetadata:\n  <<: *m\n  name: web\n${SPEC}`, /merge/],
  'a merge key above it': [`x: &m {a: b}\n<<: *m\n${HEAD}${META}${SPEC}`, /merge/],
  'two documents': [`${HEAD}${META}${SPEC}---\n${HEAD}${META}${SPEC}`, /documents/],
  'metadata twice': [`${HEAD}metadata:\n  name: old\n${META}${SPEC}`, /metadata twice/],
  'an empty uid twice': [`${HEAD}${META}  uid: ""\n  uid: ""\n${SPEC}`, /uid twice/],
  'an explicit key': [`${HEAD}? metadata\n: name: web\n${SPEC}`, /cannot be edited/],
  'a line end of the kubelet alone': [`${HEAD}${META}# a\u2028# b\n${SPEC}`, /line end/],
  'another uid': [`${HEAD}${META}  uid: 11111111111111111111111111111111\n${SPEC}`.replace('1111', 'aaaa'), /uid already/],
};
