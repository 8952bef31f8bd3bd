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
  const controlPlanes = [...answers].flatMap(([name, { result }]) => {
    const status = (result.status ?? {}) as StatusDocument;
    return status.role === 'control plane' ? [{ name, etcd: status.etcd, own: status.pods?.find((pod) => pod.name === 'etcd') }] : [];
  });
  const views = controlPlanes.flatMap(({ name, etcd }) => (etcd === undefined ? [] : [{ name, ...etcd }]));
  const silent = controlPlanes.filter(({ etcd }) => etcd === undefined).map(({ name }) => name);
  const names = new Map(views.flatMap(({ name, id }) => (id === undefined ? [] : [[id, name] as const])));
  const away = new Map<string, string[]>();
  for (const { name, away: ids = [] } of views) for (const id of ids) away.set(id, [...(away.get(id) ?? []), name]);
  const wrong = [
    ...views.filter(({ hasLeader }) => !hasLeader).map(({ name }) => `etcd on ${name} has no leader`),
    ...controlPlanes.filter(({ etcd, own }) => etcd === undefined && own !== undefined && own.state !== 'running').map(({ name }) => `etcd on ${name} is down`),
    ...[...away].map(([id, by]) => `${by.join(' and ')} ${by.length === 1 ? 'is' : 'are'} not connected with etcd member ${id}${whose(names.get(id), silent)}`),
  ];
  const worst = [...views].sort((a, b) => a.connected - b.connected)[0];
  return { ...(worst === undefined ? {} : { words: `${worst.connected + 1} of ${worst.members}` }), wrong };
}

/** A member that is down can not say its number: it is one of those that say nothing. */
function whose(name: string | undefined, silent: readonly string[]): string {
  if (name !== undefined) return `, ${name}`;
  return silent.length === 0 ? ', which is no node of this inventory' : `, ${silent.join(' or ')}`;
}
