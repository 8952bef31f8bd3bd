/** Ports, probes and addresses of static pods; images; what else is in a manifest. */
import { API, type Case, flag, MANAGER, SCHEDULER } from '../case.ts';

const PROBE = { class: 'wrong port or probe', on: 'lab', repair: 'recover' } as const;
const IMAGE = { class: 'wrong image', on: 'lab', repair: 'recover' } as const;
const OTHER = { class: 'other', on: 'lab', repair: 'recover' } as const;

export const probes: readonly Case[] = [
  { ...PROBE, id: 'B071', name: 'probes ask another port', break: [{ edit: API, from: 'containerPort: 6443', to: 'containerPort: 6433' }], settle: { seconds: 75 }, expect: { ids: ['probe-port'], component: 'kube-apiserver', file: API } },
  { ...PROBE, id: 'B072', name: '--secure-port changed, and nothing else', break: [{ edit: API, from: '--secure-port=6443', to: '--secure-port=6444' }], settle: { seconds: 75 }, expect: { ids: ['probe-port', 'kubeconfig-server', 'secure-port'], component: 'kube-apiserver', file: API } },
  { ...PROBE, id: 'B073', name: '--anonymous-auth=false: probes are answered 401', break: [flag(API, '--anonymous-auth=false')], settle: { seconds: 75 }, expect: { ids: ['probe-shut-out'], component: 'kube-apiserver', file: API, line: '--anonymous-auth' } },
  { ...PROBE, id: 'B074', name: 'probes ask an address that is not of this node', break: [{ edit: API, from: /host: 10\.231\.0\.11/g, to: 'host: 10.231.0.99' }], settle: { seconds: 75 }, expect: { ids: ['probe-host'], component: 'kube-apiserver', file: API, line: 'host: 10.231.0.99' } },
];

export const images: readonly Case[] = [
  { ...IMAGE, id: 'B078', name: 'a typing error in the name of an image', break: [{ edit: SCHEDULER, from: '/kube-scheduler:', to: '/kube-schedulerr:' }], settle: { down: ['kube-scheduler'] }, expect: { ids: ['image-missing', 'image'], component: 'kube-scheduler', file: SCHEDULER, line: 'image:' } },
  { ...IMAGE, id: 'B079', name: "another component's image", break: [{ edit: SCHEDULER, from: '/kube-scheduler:', to: '/kube-controller-manager:' }], settle: { down: ['kube-scheduler'] }, expect: { ids: ['program', 'image'], component: 'kube-scheduler', file: SCHEDULER } },
  { ...IMAGE, id: 'B082', name: "another component's content under the image's name", break: [{ run: ['ctr', '-n', 'k8s.io', 'images', 'tag', '--force', 'registry.k8s.io/kube-controller-manager:v1.37.2', 'registry.k8s.io/kube-scheduler:v1.37.2'] }, { kill: 'kube-scheduler' }, { wait: { down: ['kube-scheduler'] } }], settle: { seconds: 15 }, expect: { ids: ['image'], component: 'kube-scheduler' }, repair: 'person', says: /crictl pull/ },
];

export const otherManifest: readonly Case[] = [
  { ...OTHER, id: 'B085', name: 'no hostNetwork', break: [{ edit: API, from: /^ {2}hostNetwork: true\n/m, to: '' }], settle: { down: ['kube-apiserver'] }, expect: { ids: ['host-network'], component: 'kube-apiserver', file: API } },
  { ...OTHER, id: 'B086', name: 'a priority class that there is not: the mirror pod is refused', break: [{ edit: SCHEDULER, from: 'priorityClassName: system-node-critical', to: 'priorityClassName: system-node-critica' }], settle: { seconds: 30 }, expect: { ids: ['priority-class'], component: 'kube-scheduler', file: SCHEDULER, line: 'priorityClassName' } },
  { ...OTHER, id: 'B087', name: "a proxy in the environment, without the node's own addresses", break: [{ edit: MANAGER, from: '    image: ', to: '    env:\n    - name: HTTPS_PROXY\n      value: http://10.231.0.200:3128\n    image: ' }], seen: 'it waits for its lease for ever, and its health says ok: no controller runs', settle: { seconds: 45 }, expect: { ids: ['proxy'], component: 'kube-controller-manager', file: MANAGER, line: 'HTTPS_PROXY' } },
  {
    ...OTHER,
    id: 'B089',
    name: 'another process has taken the port before the kubelet came up',
    break: [{ run: ['systemctl', 'stop', 'kubelet'] }, { kill: 'kube-scheduler' }, { run: ['systemd-run', '--unit=squatter', '--property=Restart=always', '--property=RestartSec=100ms', 'openssl', 's_server', '-accept', '127.0.0.1:10259', '-nocert', '-www'] }, { wait: { seconds: 3 } }, { run: ['systemctl', 'start', 'kubelet'] }],
    settle: { restarts: 'kube-scheduler' },
    expect: { ids: ['port-taken'], component: 'kube-scheduler' },
    repair: 'person',
    says: /10259/,
  },
  {
    ...OTHER,
    id: 'B166',
    name: 'victims are not the cause: etcd is down, and all others restart',
    on: 'both',
    break: [{ edit: '/etc/kubernetes/manifests/etcd.yaml', from: '--data-dir', to: '--datadir' }, { wait: { restarts: 'etcd' } }],
    settle: { down: ['kube-scheduler'] },
    expect: { ids: ['unknown-flag'], component: 'etcd', file: '/etc/kubernetes/manifests/etcd.yaml', line: '--datadir' },
  },
];
