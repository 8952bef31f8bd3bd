/** Manifests that are YAML, and no Pod, or not the one that was meant. */
import { API, type Case, MANIFESTS, SCHEDULER } from '../case.ts';

const TYPE = { class: 'YAML type', on: 'both', repair: 'recover', settle: { down: ['kube-apiserver'] } } as const;

export const yamlTypes: readonly Case[] = [
  { ...TYPE, id: 'B006', name: '--flag: value in the place of --flag=value', break: [{ edit: API, from: '--etcd-servers=', to: '--etcd-servers: ' }], expect: { ids: ['type'], component: 'kube-apiserver', file: API, line: '--etcd-servers: ' } },
  { ...TYPE, id: 'B019', name: 'a DaemonSet in the directory', break: [{ edit: API, from: /^kind: Pod$/m, to: 'kind: DaemonSet' }], expect: { ids: ['kind'], component: 'kube-apiserver', file: API, line: 'kind: DaemonSet' } },
  { ...TYPE, id: 'B020', name: 'a boolean in quotes', break: [{ edit: API, from: 'hostNetwork: true', to: 'hostNetwork: "true"' }], expect: { ids: ['type'], component: 'kube-apiserver', file: API, line: 'hostNetwork: "true"' } },
  {
    ...TYPE,
    class: 'unknown field',
    on: 'lab',
    id: 'B021',
    name: 'a misspelt field, which the kubelet drops in silence',
    break: [{ edit: API, from: '    volumeMounts:', to: '    volumeMount:' }],
    settle: { restarts: 'kube-apiserver' },
    expect: { ids: ['unknown-field'], component: 'kube-apiserver', file: API, line: 'volumeMount:' },
  },
  {
    ...TYPE,
    id: 'B025',
    name: 'a static pod that names a service account',
    break: [{ edit: SCHEDULER, from: /^spec:\n/m, to: 'spec:\n  serviceAccountName: kube-scheduler\n' }],
    settle: { down: ['kube-scheduler'] },
    expect: { ids: ['api-object'], component: 'kube-scheduler', file: SCHEDULER, line: 'serviceAccountName' },
  },
];

/** The directory as a whole. */
const DIRECTORY = { class: 'duplicate manifest or stray backup in the directory', on: 'both' } as const;
const UNREAD = { class: 'directory missing or wrong staticPodPath', on: 'both' } as const;

export const directory: readonly Case[] = [
  {
    ...DIRECTORY,
    id: 'B028',
    name: 'a second file for one pod, with another image',
    break: [{ copy: SCHEDULER, to: `${MANIFESTS}/scheduler-new.yaml` }, { edit: `${MANIFESTS}/scheduler-new.yaml`, from: '--leader-elect=true', to: '--leader-elected=true' }],
    settle: { restarts: 'kube-scheduler' },
    expect: { ids: ['duplicate-pod'], component: 'kube-scheduler', file: `${MANIFESTS}/scheduler-new.yaml` },
    repair: 'recover',
  },
  {
    ...DIRECTORY,
    id: 'B029b',
    name: "a copy beside the API server's manifest: the controllers are its victims",
    break: [{ copy: API, to: `${API}.bak` }],
    settle: { seconds: 40 },
    expect: { ids: ['duplicate-pod'], component: 'kube-apiserver', file: `${API}.bak` },
    repair: 'recover',
  },
  {
    ...DIRECTORY,
    id: 'B029',
    name: 'a leftover of an editor, which wins over the manifest',
    break: [{ copy: SCHEDULER, to: `${SCHEDULER}~` }, { edit: `${SCHEDULER}~`, from: '--leader-elect=true', to: '--leader-elected=true' }],
    settle: { restarts: 'kube-scheduler' },
    expect: { ids: ['duplicate-pod'], component: 'kube-scheduler', file: `${SCHEDULER}~` },
    repair: 'recover',
  },
  {
    ...DIRECTORY,
    id: 'B030',
    name: 'a link that leads nowhere in the place of a manifest',
    break: [{ remove: SCHEDULER }, { link: SCHEDULER, to: '/root/kube-scheduler.yaml' }],
    settle: { down: ['kube-scheduler'] },
    expect: { ids: ['broken-link'], component: 'kube-scheduler' },
    repair: 'recover',
  },
  {
    ...UNREAD,
    id: 'B031',
    name: 'staticPodPath leads elsewhere',
    break: [{ edit: '/var/lib/kubelet/config.yaml', from: 'staticPodPath: /etc/kubernetes/manifests', to: 'staticPodPath: /etc/kubernetes/manifest' }, { run: ['systemctl', 'restart', '--no-block', 'kubelet'] }],
    settle: { down: ['kube-scheduler', 'kube-apiserver'] },
    expect: { ids: ['static-pod-path'], component: 'kubelet', file: '/var/lib/kubelet/config.yaml', line: 'staticPodPath' },
    repair: 'recover',
  },
  {
    ...UNREAD,
    id: 'B033',
    name: 'a manifest moved away and forgotten',
    break: [{ move: SCHEDULER, to: '/root/kube-scheduler.yaml' }],
    settle: { down: ['kube-scheduler'] },
    expect: { ids: ['no-manifest'], component: 'kube-scheduler' },
    repair: 'recover',
  },
];
