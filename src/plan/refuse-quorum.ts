/** May this node's etcd be away for a moment? Only while the others are a quorum by themselves; a single member has none to spare. */
import { KcfgError } from '../errors.ts';
import { quorum } from '../node/etcd.ts';
import type { Observed } from '../node/observed.ts';

export function refuseQuorum({ etcd, node }: Observed, pods: readonly { name: string }[]): KcfgError | undefined {
  if (etcd === undefined || etcd.members < 2 || !pods.some((pod) => pod.name === 'etcd')) return undefined;
  const needed = quorum(etcd.members);
  if (etcd.hasLeader && etcd.connected >= needed) return undefined;
  const others = etcd.members - 1;
  return new KcfgError('no-quorum', `etcd of ${node.name} cannot be spared: ${etcd.connected} of ${others} other ${others === 1 ? 'member is' : 'members are'} connected`, {
    notes: [
      ...(etcd.hasLeader ? [] : ['etcd has no leader now']),
      `of ${etcd.members} members ${needed} must be up; without them the API servers of all control planes answer nothing`,
    ],
    help: [
      ...(others < needed ? ['with two members none can be spared: do it when the cluster may be away for about 15 s'] : ['bring the other members up first; this shows which are missing:', '  kubectl -n kube-system get pods -l component=etcd -o wide']),
      'go ahead all the same: --force no-quorum',
    ],
  });
}
