/** Flags that a component does not have, cannot use, or must have. */
import { API, type Case, ETCD, flag, FLAGS, MANAGER, PKI, RESTART, SCHEDULER } from '../case.ts';

const FLAG = { class: 'wrong flag', repair: 'recover' } as const;
const api = (ids: readonly string[], line: string): Pick<Case, 'settle' | 'expect'> => ({ settle: { restarts: 'kube-apiserver' }, expect: { ids, component: 'kube-apiserver', file: API, line } });
const UNKNOWN = ['unknown-flag'] as const;

export const flags: readonly Case[] = [
  { ...FLAG, on: 'both', id: 'B035', name: 'a misspelt flag', break: [{ edit: API, from: '--enable-admission-plugins', to: '--enable-admission-plugin' }], ...api(UNKNOWN, '--enable-admission-plugin=') },
  { ...FLAG, on: 'both', id: 'B037', name: 'a flag removed long ago: --address', break: [flag(SCHEDULER, '--address=0.0.0.0')], settle: { restarts: 'kube-scheduler' }, expect: { ids: UNKNOWN, component: 'kube-scheduler', file: SCHEDULER, line: '--address=0' } },
  { ...FLAG, on: 'both', id: 'B038', name: 'a cloud flag removed in 1.33', break: [flag(API, '--cloud-provider=aws')], ...api(UNKNOWN, '--cloud-provider') },
  { ...FLAG, on: 'both', id: 'B038k', name: "a kubelet's flag removed in 1.34", break: [{ write: FLAGS, text: 'KUBELET_KUBEADM_ARGS="--cloud-config=/etc/kubernetes/cloud.conf"\n' }, RESTART], settle: { kubelet: 'down' }, expect: { ids: [...UNKNOWN, 'removed'], component: 'kubelet', file: FLAGS, line: '--cloud-config' } },
  { ...FLAG, on: 'lab', id: 'B040', name: "kubeadm's feature gate given to the API server", break: [flag(API, '--feature-gates=ControlPlaneKubeletLocalMode=true')], ...api(['unknown-gate'], '--feature-gates') },
  { ...FLAG, on: 'lab', id: 'B042', name: 'a group of --runtime-config that is gone', break: [flag(API, '--runtime-config=settings.k8s.io/v1alpha1=true')], ...api(['runtime-config'], '--runtime-config') },
  { ...FLAG, on: 'lab', id: 'B044', name: 'no --service-account-issuer', break: [{ edit: API, from: /^ +- --service-account-issuer=.*\n/m, to: '' }], settle: { restarts: 'kube-apiserver' }, expect: { ids: ['required-flag'], component: 'kube-apiserver', file: API } },
  { ...FLAG, on: 'lab', id: 'B045', name: "a component's program misspelt", break: [{ edit: MANAGER, from: '    - kube-controller-manager\n', to: '    - kube-controller-manegaar\n' }], settle: { down: ['kube-controller-manager'] }, expect: { ids: ['program'], component: 'kube-controller-manager', file: MANAGER, line: 'kube-controller-manegaar' } },
  { ...FLAG, on: 'lab', id: 'B046', name: 'a controller switched off: nothing is down', break: [{ edit: MANAGER, from: '--controllers=*,bootstrapsigner,tokencleaner', to: '--controllers=*,bootstrapsigner,-deployment-controller,tokencleaner' }], settle: { seconds: 20 }, expect: { ids: [] }, repair: 'nothing' },
  { ...FLAG, on: 'lab', id: 'B047', name: 'a flag that ends the program at once', break: [flag(SCHEDULER, '--write-config-to=/tmp/config.yaml')], settle: { restarts: 'kube-scheduler' }, expect: { ids: ['ends-at-once'], component: 'kube-scheduler', file: SCHEDULER, line: '--write-config-to' } },
  { ...FLAG, on: 'lab', id: 'B048', name: 'one authority for clients and for the front proxy', break: [{ edit: API, from: `--requestheader-client-ca-file=${PKI}/front-proxy-ca.crt`, to: `--requestheader-client-ca-file=${PKI}/ca.crt` }, { edit: API, from: /^ +- --requestheader-allowed-names=.*\n/m, to: '' }], ...api(['front-proxy-ca', 'container-ends'], '--requestheader-client-ca-file') },
  { ...FLAG, on: 'lab', id: 'B049', name: 'half of the OIDC flags', break: [flag(API, '--oidc-issuer-url=https://issuer.example')], ...api(['flag-needs', 'required-flag', 'flag-value'], '--oidc-issuer-url') },
  { ...FLAG, on: 'both', class: 'version skew', id: 'B149', name: 'a flag that etcd no longer has', break: [flag(ETCD, '--enable-v2=true')], settle: { restarts: 'etcd' }, expect: { ids: UNKNOWN, component: 'etcd', file: ETCD, line: '--enable-v2' } },
];

const ENDPOINT = { class: 'etcd endpoint wrong', on: 'both', repair: 'recover', settle: { restarts: 'kube-apiserver' } } as const;
const WRONG_ETCD = { ids: ['etcd-endpoint', 'etcd-servers', 'etcd-urls'], component: 'kube-apiserver', file: API, line: '--etcd-servers' } as const;

export const etcdEndpoint: readonly Case[] = [
  { ...ENDPOINT, id: 'B050', name: "etcd's peer port", break: [{ edit: API, from: /--etcd-servers=(\S+):\d+/, to: '--etcd-servers=$1:2380' }], expect: WRONG_ETCD },
  { ...ENDPOINT, on: 'lab', id: 'B051', name: 'a scheme that there is not', break: [{ edit: API, from: '--etcd-servers=https', to: '--etcd-servers=hhttps' }], expect: WRONG_ETCD },
  { ...ENDPOINT, on: 'lab', id: 'B052', name: 'http in the place of https', break: [{ edit: API, from: '--etcd-servers=https', to: '--etcd-servers=http' }], expect: WRONG_ETCD },
  { ...ENDPOINT, on: 'lab', id: 'B053', name: 'the address of an etcd that is gone', break: [{ edit: API, from: /--etcd-servers=https:\/\/127\.0\.0\.1/, to: '--etcd-servers=https://10.0.0.151' }], expect: WRONG_ETCD },
];
