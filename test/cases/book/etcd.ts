/** etcd's data and its member. Nothing of its data is ever mended by kcfg: a person is told what to run. */
import { API, type Case, ETCD } from '../case.ts';

const DATA = { class: 'etcd data dir, etcd member', on: 'lab', repair: 'recover' } as const;

export const etcdData: readonly Case[] = [
  { ...DATA, id: 'B140', name: 'only --data-dir was changed: the data would be in the container', break: [{ edit: ETCD, from: '--data-dir=/var/lib/etcd', to: '--data-dir=/var/lib/etcd-restored' }], settle: { seconds: 45 }, expect: { ids: ['etcd-data-unmounted'], component: 'etcd', file: ETCD, line: '--data-dir' } },
  { ...DATA, id: 'B140h', name: 'only the volume was changed: etcd begins an empty cluster', break: [{ edit: ETCD, from: '      path: /var/lib/etcd\n', to: '      path: /var/lib/etcd-restored\n' }], settle: { seconds: 45 }, expect: { ids: ['etcd-empty'], component: 'etcd', file: ETCD } },
  { ...DATA, id: 'B142', name: 'data is damaged, after a power cut', break: [{ run: ['sh', '-ec', 'systemctl stop kubelet; pkill -KILL -x etcd; sleep 1; dd if=/dev/zero of=/var/lib/etcd/member/snap/db bs=4096 count=4 conv=notrunc; systemctl start kubelet'] }], settle: { restarts: 'etcd' }, expect: { ids: ['etcd-corrupt'], component: 'etcd' }, repair: 'person', says: /etcdutl|snapshot/ },
  { ...DATA, id: 'B145', name: '--initial-cluster names another member: nothing is down', break: [{ edit: ETCD, from: '--initial-cluster=cp1=', to: '--initial-cluster=cp9=' }], settle: { seconds: 40 }, expect: { ids: [] }, repair: 'nothing', seen: 'etcd 3.7 that has data does not read it; the new container is healthy' },
  { ...DATA, class: 'permissions', id: 'B147', name: "the data is root's, and etcd is to run as another user", break: [{ edit: ETCD, from: /^ {2}securityContext:\n/m, to: '  securityContext:\n    runAsUser: 1000\n    runAsGroup: 1000\n' }], settle: { restarts: 'etcd' }, expect: { ids: ['etcd-owner'], component: 'etcd' } },
  { ...DATA, class: 'IP change', id: 'B156', name: "etcd is to listen on an address that is not this node's", break: [{ edit: ETCD, from: '--listen-peer-urls=https://10.231.0.11', to: '--listen-peer-urls=https://10.231.0.99' }], settle: { restarts: 'etcd' }, expect: { ids: ['etcd-address', 'address'], component: 'etcd', file: ETCD, line: '--listen-peer-urls' } },
  { ...DATA, class: 'IP change', id: 'B156a', name: "the API server's --advertise-address is of another node: nothing is down here", break: [{ edit: API, from: '--advertise-address=10.231.0.11', to: '--advertise-address=10.231.0.99' }], settle: { seconds: 75 }, expect: { ids: [] }, repair: 'nothing' },
];
