/** What the kubelet cannot get out of by itself, and a directory that is gone whole. */
import { API, type Case, ETCD, MANIFESTS, RESTART } from '../case.ts';

const WEDGE = { class: 'wedged kubelet', on: 'lab', repair: 'recover' } as const;
const GONE = { class: 'directory missing or wrong staticPodPath', on: 'both', repair: 'recover' } as const;
const BACKUP = '/etc/kubernetes/tmp/kubeadm-backup-manifests-2026-10-13-09-00-00';

export const wedges: readonly Case[] = [
  {
    ...WEDGE,
    id: 'W1',
    name: 'an orphan holds the port: etcd was mended while the kubelet was stopped (kubernetes/kubernetes#112814)',
    break: [{ edit: ETCD, from: /--listen-client-urls=\S+/, to: '--listen-client-urls=https://127.0.0.1:2378' }, { wait: { restarts: 'kube-apiserver' } }, { run: ['systemctl', 'stop', 'kubelet'] }, { edit: ETCD, from: '--listen-client-urls=https://127.0.0.1:2378', to: '--listen-client-urls=https://127.0.0.1:2379,https://10.231.0.11:2379' }, { run: ['systemctl', 'start', 'kubelet'] }],
    settle: { seconds: 25 },
    expect: { ids: ['orphan'], component: 'etcd' },
  },
  {
    ...WEDGE,
    id: 'W2',
    name: 'a mended manifest waits behind a UID that this kubelet may not delete',
    break: [{ edit: API, from: '--allow-privileged=', to: '--allow-privileges=' }, { wait: { restarts: 'kube-apiserver' } }, RESTART, { wait: { seconds: 15 } }, { edit: API, from: '--allow-privileges=', to: '--allow-privileged=' }],
    settle: { seconds: 25 },
    expect: { ids: ['waiting-pod'], component: 'kube-apiserver' },
  },
];

export const gone: readonly Case[] = [
  { ...GONE, id: 'M1', name: "all manifests are gone, and kubeadm's backup is there", break: [{ run: ['sh', '-ec', `mkdir -p ${BACKUP}; cp ${MANIFESTS}/*.yaml ${BACKUP}; rm -r ${MANIFESTS}`] }], on: 'lab', settle: { down: ['etcd', 'kube-apiserver', 'kube-scheduler'] }, expect: { ids: ['missing-directory', 'no-manifest'] } },
  { ...GONE, id: 'M2', name: 'all manifests are gone, and there is no copy', break: [{ run: ['rm', '-r', MANIFESTS] }], on: 'lab', settle: { down: ['etcd', 'kube-apiserver', 'kube-scheduler'] }, expect: { ids: ['missing-directory', 'no-manifest'] } },
];
