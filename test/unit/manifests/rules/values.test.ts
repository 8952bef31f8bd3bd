/** One bad value each in kubeadm's own manifests: it is named, and where one edit is clear, that edit makes the manifest sound. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyEdits } from '../../../../src/kubelet/edits.ts';
import { judged, kubeadmText, swap } from '../kubeadm-texts.ts';

type Case = [pod: string, from: string | RegExp, to: string, finding: string, /** What the edit makes of it; absent: there is none. */ mended?: string | RegExp];
const A = 'kube-apiserver';
const C = 'kube-controller-manager';
const S = 'kube-scheduler';
const E = 'etcd';
const after = (line: string): [string, string] => [line, `${line}\n    - `];
const more = (pod: string, line: string, added: string, finding: string, mended?: Case[4]): Case => [pod, line, `${after(line)[1]}${added}`, finding, ...(mended === undefined ? [] : [mended])] as Case;
const PRIVILEGED = '- --allow-privileged=true';

const CASES: Case[] = [
  // flags
  [A, '--client-ca-file', '--client-ca-fil', 'error unknown-flag', '--client-ca-file='],
  more(A, PRIVILEGED, '--enable-swagger-ui=true', 'error unknown-flag', /^(?![\s\S]*swagger)/),
  more(A, PRIVILEGED, '--insecure-port=0', 'error unknown-flag', /^(?![\s\S]*insecure)/),
  more(A, PRIVILEGED, '--cloud-provider=aws', 'error unknown-flag', /^(?![\s\S]*cloud-provider)/),
  [A, '- --client-ca-file', '- -client-ca-file', 'error unknown-flag', '- --client-ca-file'],
  [A, '- --client-ca-file', '- client-ca-file', 'error stray-argument', '- --client-ca-file'],
  [A, '--allow-privileged=true', '--allow-privileged=ture', 'error flag-value', '--allow-privileged=true'],
  [A, '--secure-port=6443', '--secure-port=6443x', 'error flag-value'],
  [A, '--secure-port=6443', '--secure-port=0', 'error flag-limit'],
  [A, '--secure-port=6443', '--secure-port=70000', 'error flag-limit'],
  [A, '--advertise-address=10.9.8.7', '--advertise-address=10.9.8.777', 'error flag-value'],
  more(A, PRIVILEGED, '--event-ttl=60', 'error flag-value', '--event-ttl=60s'),
  [S, '--leader-elect=true', '--leader-elect=true --v=2', 'error glued', '- --leader-elect=true\n    - --v=2\n'],
  [A, /\n {4}- (--client-ca-file)/, '\n      $1', 'error glued', /RBAC\n {4}- --client-ca-file/],
  more(S, '- --leader-elect=true', '--write-config-to=/tmp/x', 'error ends-at-once', /^(?![\s\S]*write-config)/),
  more(A, PRIVILEGED, '--help', 'error ends-at-once', /^(?![\s\S]*--help)/),
  [A, /\n.*--etcd-servers.*/, '', 'error required-flag'],
  [A, /\n.*--service-account-issuer.*/, '', 'error required-flag'],
  [A, /\n.*--service-account-signing-key-file.*/, '', 'error required-flag'],
  [A, '=https://kubernetes.default', '=http,://kubernetes.default', 'error flag-limit'],
  [A, /\n.*containerPort: 6443\n.*\n/, '\n    - containerPort: 6443\n    - containerPort: 6443\n      name: probe-port\n', 'error pod-value'],
  [S, /\n.*--kubeconfig.*/, '', 'error required-flag'],
  more(A, PRIVILEGED, '--oidc-issuer-url=https://a.example', 'error required-flag'),
  [C, /\n.*--cluster-cidr.*/, '', 'error required-flag'],
  // words of lists
  [A, '=NodeRestriction', '=NodeRestrictions', 'error unknown-plugin', '=NodeRestriction\n'],
  [A, '=NodeRestriction', '=NodeRestriction,PodSecurityPolicy', 'error unknown-plugin'],
  [A, '=Node,RBAC', '=Node,RBAK', 'error flag-value', '=Node,RBAC\n'],
  [C, 'tokencleaner', 'tokncleaner', 'error unknown-controller', 'tokencleaner'],
  more(A, PRIVILEGED, '--tls-min-version=VersionTLS12x', 'error flag-value', '--tls-min-version=VersionTLS12\n'),
  more(A, PRIVILEGED, '--tls-cipher-suites=TLS_AES_128_GCM_SHA265', 'error flag-value', 'TLS_AES_128_GCM_SHA256'),
  more(A, PRIVILEGED, '--feature-gates=NoSuchThing=true', 'error unknown-gate', /^(?![\s\S]*NoSuchThing)/),
  more(A, PRIVILEGED, '--feature-gates=ControlPlaneKubeletLocalMode=true', 'error unknown-gate', /^(?![\s\S]*LocalMode)/),
  more(A, PRIVILEGED, '--feature-gates=AllBeta=true,JobReadyPods=true', 'error unknown-gate', '--feature-gates=AllBeta=true\n'),
  more(A, PRIVILEGED, '--feature-gates=AllBeta', 'error flag-value'),
  more(A, PRIVILEGED, '--runtime-config=settings.k8s.io/v1alpha1=true', 'error runtime-config', /^(?![\s\S]*settings)/),
  more(A, PRIVILEGED, '--runtime-config=batch/v2alpha1=true', 'error runtime-config', /^(?![\s\S]*v2alpha1)/),
  [A, '=10.96.0.0/12', '=10.96.0.0/33', 'error flag-limit'],
  [A, '=10.96.0.0/12', '=10.96.0.0/12,10.97.0.0/16', 'error flag-limit'],
  // whom it calls, where it listens
  [A, '--etcd-servers=https', '--etcd-servers=hhttps', 'error etcd-servers', '--etcd-servers=https:'],
  [A, '--etcd-servers=https', '--etcd-servers=http', 'error etcd-servers', '--etcd-servers=https:'],
  [A, '127.0.0.1:2379', '127.0.0.1:2380', 'error etcd-servers', '127.0.0.1:2379'],
  [A, 'https://127.0.0.1:2379', 'this-is-very-wrong', 'error etcd-servers'],
  [A, /\n.*--etcd-cafile.*/, '', 'error etcd-servers'],
  [E, /\n.*- --trusted-ca-file.*/, '', 'error etcd-clients'],
  [E, '--listen-peer-urls=https', '--listen-peer-urls=htps', 'error flag-value'],
  [E, '--listen-metrics-urls=http://127.0.0.1', '--listen-metrics-urls=http://metrics.example', 'error flag-value'],
  [E, /\n.*--cert-file.*/, '', 'error etcd-urls,error required-flag'],
  [E, '--initial-cluster=cp1=', '--initial-cluster=cp2=', 'warning initial-cluster'],
  // who is let in
  more(A, PRIVILEGED, '--anonymous-auth=false', 'error probe-shut-out', /^(?![\s\S]*anonymous)/),
  // the program
  [A, '- kube-apiserver', '- kube-apisever', 'error program', '- kube-apiserver\n'],
  [A, '/kube-apiserver:', '/kube-scheduler:', 'error program', '/kube-apiserver:'],
  [S, '/kube-scheduler:', '/kube-schedulerr:', 'error image', '/kube-scheduler:'],
  // the pod
  [A, 'kind: Pod', 'kind: pod', 'error kind', 'kind: Pod\n'],
  [A, 'hostNetwork: true', 'hostNetwork: "true"', 'error type', 'hostNetwork: true\n'],
  [S, 'priority: 2000001000', 'priority: 20000010000', 'error type'],
  [A, /\n.*hostNetwork: true/, '', 'error host-network'],
  [A, 'volumeMounts:', 'volumeMount:', 'error unknown-field,warning unused-volume', 'volumeMounts:'],
  [A, 'imagePullPolicy: IfNotPresent', 'imagePullPolicy: ifNotPresent', 'error pod-value', 'IfNotPresent'],
  [A, 'component: kube-apiserver', 'component: kube api', 'error pod-value'],
  [A, '--client-ca-file=/etc', '--client-ca-file: /etc', 'error type', '--client-ca-file=/etc'],
  [A, 'type: DirectoryOrCreate', 'type: DirectoryOrCrate', 'error host-path', 'type: DirectoryOrCreate'],
];

describe('one bad value:', () => {
  for (const [pod, from, to, expected, mended] of CASES) {
    test(`${pod} ${to.trim().replace(/^.*\n\s*- /, '') || String(from)}: ${expected}`, async () => {
      const text = swap(kubeadmText(pod), from, to);
      const found = (await judged(text)).filter(({ id }) => !(id === 'path-unmounted' && expected.includes('unknown-field')));
      assert.equal([...new Set(found.map(({ id, severity }) => `${severity} ${id}`))].sort().join(), expected, JSON.stringify(found.map(({ message }) => message)));
      const edits = found.find((finding) => finding.edits !== undefined)?.edits;
      if (mended === undefined) return assert.equal(edits, undefined, JSON.stringify(edits));
      assert.ok(edits, 'no edit');
      const result = applyEdits(Buffer.from(text), edits).toString();
      if (typeof mended === 'string') assert.ok(result.includes(mended), result);
      else assert.match(result, mended);
      assert.deepEqual((await judged(result)).map(({ id, message }) => `${id} ${message}`), []);
    });
  }
});

test('what the real programs take is no finding', async () => {
  const taken: [string, string][] = [
    [PRIVILEGED, '- --allow-privileged'],
    [PRIVILEGED, '- --allow_privileged=T'],
    [PRIVILEGED, '- --allow-privileged=true\n    - --v=0x2\n    - -v=3'.replace('\n    - --v=0x2', '')],
    [PRIVILEGED, '- --allow-privileged=true\n    - --event-ttl\n    - 2h30m'],
    [PRIVILEGED, '- --allow-privileged=true\n    - --runtime-config=api/all=true,apps/v1=true'],
    [PRIVILEGED, '- --allow-privileged=true\n    - --feature-gates=kube:AllAlpha=false'],
    [PRIVILEGED, '- --allow-privileged=true\n    - --service-account-issuer=https://b.example'],
    [PRIVILEGED, '- --allow-privileged=true\n    - --service-account-issuer=https://b.example:443/a b'],
    [PRIVILEGED, '- --allow-privileged=true\n    - --service-account-issuer=system:serviceaccounts'],
    ['=NodeRestriction', '='],
    ['=10.96.0.0/12', '=10.96.0.0/12,fd00::/108'],
  ];
  for (const [from, to] of taken) assert.deepEqual((await judged(swap(kubeadmText(A), from, to))).map(({ message }) => message), [], to);
});

test('a gate that is gone is told with the minor that took it out', async () => {
  const text = swap(kubeadmText(A), PRIVILEGED, `${PRIVILEGED}\n    - --feature-gates=JobReadyPods=true`);
  assert.match((await judged(text)).map(({ message }) => message).join(), /^kube-apiserver 1\.37\.2 has no feature gate JobReadyPods: 1\.31 took it out$/);
  assert.deepEqual((await judged(swap(text, ':v1.37.2', ':v1.30.4'))).map(({ message }) => message), []);
});
