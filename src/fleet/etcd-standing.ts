/**
 * Whether a control plane may be touched: by the members that etcd itself knows, as each node's own member says, and never by
 * the number of hosts in an inventory.
 */
import type { StatusDocument } from './documents.ts';
import type { Answer } from './fleet-plan.ts';

export interface EtcdStanding {
  /** '3 of 3'; absent where no node has an etcd of its own. */
  words?: string;
  /** What is wrong, a sentence each with the node's name. */
  wrong: string[];
}

/** From the answers of all nodes. */
export function etcdStanding(answers: ReadonlyMap<string, Answer>): EtcdStanding {
  const wrong: string[] = [];
  const views: { name: string; members: number; up: number }[] = [];
  for (const [name, { result }] of answers) {
    const { role, etcd, pods = [] } = (result.status ?? {}) as StatusDocument;
    if (role !== 'control plane') continue;
    const own = pods.find((pod) => pod.name === 'etcd');
    if (etcd !== undefined) {
      views.push({ name, members: etcd.members, up: etcd.connected + 1 });
      if (!etcd.hasLeader) wrong.push(`etcd on ${name} has no leader`);
    } else if (own !== undefined && own.state !== 'running') wrong.push(`etcd on ${name} is down`);
  }
  const short = views.filter(({ members, up }) => up < members);
  // who is away is told by its own node where that is in the inventory
  if (short.length > 0 && wrong.length === 0) wrong.push(...short.map(({ name, members, up }) => `etcd on ${name} is connected with ${up - 1} of ${members - 1} other members`));
  const worst = [...views].sort((a, b) => a.up - b.up)[0];
  return { ...(worst === undefined ? {} : { words: `${worst.up} of ${worst.members}` }), wrong };
}
