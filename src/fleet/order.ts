/**
 * Who goes first: one worker as the canary, then control planes one at a time, then the other workers. Within a role as the
 * inventory has them. Roles are read from the nodes, never from the names of groups.
 */
import type { FleetNode } from './fleet-plan.ts';

/** The nodes with their place; those that change first, in order, then the others as they came. */
export function inOrder(nodes: readonly FleetNode[]): FleetNode[] {
  const changing = nodes.filter(({ verdict }) => verdict === 'change');
  const controlPlanes = changing.filter(({ role }) => role === 'control plane');
  const [canary, ...workers] = changing.filter(({ role }) => role !== 'control plane');
  const order = [...(canary === undefined ? [] : [canary]), ...controlPlanes, ...workers];
  return [...order.map((node, index) => ({ ...node, order: index + 1 })), ...nodes.filter(({ verdict }) => verdict !== 'change')];
}

/** Stages that run one after another: names of nodes, and how many at a time. */
export interface Stage {
  nodes: string[];
  controlPlane: boolean;
}

/** From nodes in order: the canary, each control plane by itself, the workers. */
export function stages(nodes: readonly FleetNode[]): Stage[] {
  const changing = nodes.filter(({ verdict }) => verdict === 'change');
  const single = (node: FleetNode): Stage => ({ nodes: [node.name], controlPlane: node.role === 'control plane' });
  const first = changing[0];
  const canary = first !== undefined && first.role !== 'control plane' ? [first] : [];
  const rest = changing.slice(canary.length);
  const workers = rest.filter(({ role }) => role !== 'control plane');
  return [...canary.map(single), ...rest.filter(({ role }) => role === 'control plane').map(single), ...(workers.length === 0 ? [] : [{ nodes: workers.map(({ name }) => name), controlPlane: false }])];
}
