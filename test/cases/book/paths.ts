/** Files that a component needs and does not find: not there, not mounted, or mounted from elsewhere. */
import { API, type Case, flag, MANAGER, PKI, type Step } from '../case.ts';

const PATH = { on: 'both', repair: 'recover', class: 'missing file or hostPath' } as const;
const NO_FILE = ['path', 'path-unmounted', 'mount', 'no-such-file', 'host-path'] as const;
const api = (line: string, ids: readonly string[] = NO_FILE): Pick<Case, 'settle' | 'expect'> => ({ settle: { restarts: 'kube-apiserver' }, expect: { ids, component: 'kube-apiserver', file: API, line } });
const file = (path: string, text: string): Step => ({ write: path, text, mode: 0o600 });
const POLICY = 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n';
/** A key of 30 bytes: neither 16, 24 nor 32. */
const SHORT_KEY = 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n      - name: key1\n        secret: YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNk\n  - identity: {}\n';
const mounted = (path: string): Step[] => [
  { edit: API, from: '    volumeMounts:\n', to: `    volumeMounts:\n    - mountPath: ${path}\n      name: more\n      readOnly: true\n` },
  { edit: API, from: /^ {2}volumes:\n/m, to: `  volumes:\n  - hostPath:\n      path: ${path}\n      type: File\n    name: more\n` },
];

export const paths: readonly Case[] = [
  { ...PATH, on: 'lab', id: 'B023', name: "an audit policy's volume without its mount", break: [file('/etc/kubernetes/policy.yaml', POLICY), { edit: API, from: /^ {2}volumes:\n/m, to: '  volumes:\n  - hostPath:\n      path: /etc/kubernetes/policy.yaml\n      type: File\n    name: audit\n' }, flag(API, '--audit-policy-file=/etc/kubernetes/policy.yaml')], ...api('--audit-policy-file', [...NO_FILE, 'unused-volume']) },
  {
    ...PATH,
    on: 'lab',
    id: 'B059',
    name: 'the volume of certificates leads to another directory, which the kubelet makes',
    break: [{ edit: MANAGER, from: `      path: ${PKI}\n`, to: '      path: /etc/kubernetes/WRONG-PKI\n' }],
    settle: { restarts: 'kube-controller-manager' },
    expect: { ids: NO_FILE, component: 'kube-controller-manager', file: MANAGER },
  },
  {
    ...PATH,
    class: 'wrong cert or path',
    id: 'B060',
    name: '--kubeconfig names a file that is not there',
    break: [{ edit: MANAGER, from: '- --kubeconfig=/etc/kubernetes/controller-manager.conf', to: '- --kubeconfig=/etc/kubernetes/controller-manager-XXXX.conf' }],
    settle: { restarts: 'kube-controller-manager' },
    expect: { ids: NO_FILE, component: 'kube-controller-manager', file: MANAGER, line: 'controller-manager-XXXX.conf' },
  },
  { ...PATH, on: 'lab', id: 'B062', name: 'a volume of type File, and no such file', break: [{ edit: API, from: /^ {2}volumes:\n/m, to: '  volumes:\n  - hostPath:\n      path: /etc/kubernetes/gone.conf\n      type: File\n    name: gone\n' }, { edit: API, from: '    volumeMounts:\n', to: '    volumeMounts:\n    - mountPath: /etc/kubernetes/gone.conf\n      name: gone\n' }], settle: { down: ['kube-apiserver'] }, expect: { ids: NO_FILE, component: 'kube-apiserver', file: API } },
  { ...PATH, on: 'lab', id: 'B064', name: 'an audit log without a mount: nothing is down, and the log is lost', break: [file(`${PKI}/policy.yaml`, POLICY), flag(API, `--audit-policy-file=${PKI}/policy.yaml`), flag(API, '--audit-log-path=/var/log/kubernetes/audit.log')], settle: { seconds: 75 }, expect: { ids: [] }, repair: 'nothing', seen: 'the API server makes the directory in its container, and is ready' },
  { ...PATH, class: 'wrong cert or path', on: 'lab', id: 'B065', name: 'an encryption key of the wrong length', break: [file('/etc/kubernetes/enc.yaml', SHORT_KEY), ...mounted('/etc/kubernetes/enc.yaml'), flag(API, '--encryption-provider-config=/etc/kubernetes/enc.yaml')], settle: { restarts: 'kube-apiserver' }, expect: { ids: ['container-ends'], component: 'kube-apiserver' }, repair: 'person', says: /not of the expected length/ },
  { ...PATH, class: 'wrong cert or path', id: 'B066', name: 'a configuration of admission that is not there', break: [flag(API, '--admission-control-config-file=/etc/kubernetes/admission.yaml')], on: 'lab', ...api('--admission-control-config-file') },
];
