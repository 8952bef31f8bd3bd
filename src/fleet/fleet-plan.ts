/** A plan for many nodes: what was asked for, what each node would do, and in which order. Versioned plain JSON, 0600. */
import { createHash } from 'node:crypto';
import { KcfgError } from '../errors.ts';
import { ansibleWords } from './ansible-words.ts';
import type { PlanDocument, Refusal, StatusDocument } from './documents.ts';
import type { TaskResult } from './events.ts';

export interface FleetTarget {
  /** Inventories as absolute paths, and options for ansible-playbook itself. */
  inventories: string[];
  options: string[];
  /** Values as they were typed. */
  settings: Record<string, string>;
  reason?: string;
}
export type Verdict = 'change' | 'there' | 'refused' | 'unreachable';
export interface FleetNode {
  /** As the inventory has it. */
  name: string;
  verdict: Verdict;
  role?: 'control plane' | 'worker';
  kubelet?: string;
  /** Of the change as this node planned it. */
  digest?: string;
  /** What happens to its pods, or why it is refused. */
  what: string;
  refusal?: Refusal;
  /** From 1; of nodes that change. */
  order?: number;
}
export interface FleetPlan {
  format: 1;
  kcfg: string;
  /** Eight hex digits: stands in the reason of each node's change. */
  id: string;
  madeAt: string;
  target: FleetTarget;
  nodes: FleetNode[];
}

/** One node's answer to `kcfg.node.info`. `unreachable`: Ansible's own words. */
export interface Answer {
  state: 'ok' | 'failed' | 'unreachable';
  result: TaskResult;
}

/** By this a module tells that it found no program (module_utils/kcfg.py). */
export const NO_KCFG = 'no-kcfg';

/** What a node's answer means for a plan, without its place in the order. */
export function fleetNode(name: string, { state, result }: Answer): FleetNode {
  if (result.code === NO_KCFG) return { name, verdict: 'refused', what: 'refused: kcfg is not there', refusal: { code: NO_KCFG, message: result.msg ?? '' } };
  if (state !== 'ok') return { name, verdict: state === 'unreachable' ? 'unreachable' : 'refused', what: ansibleWords(result.msg ?? 'it did not answer') };
  const status = (result.status ?? {}) as StatusDocument;
  const { plan, error } = (result.plan ?? {}) as PlanDocument;
  const known = { name, ...(status.role === undefined ? {} : { role: status.role }), ...(status.kubelet?.version === undefined ? {} : { kubelet: status.kubelet.version }) };
  const refusal = error ?? (status.role === undefined ? status.error : undefined);
  if (refusal !== undefined) return { ...known, verdict: 'refused', what: `refused: ${refusal.message}`, refusal };
  // `set` of what is there already has no plan, and says `unchanged`
  if (plan === undefined || plan === null) return { ...known, verdict: 'there', what: 'nothing to do' };
  return { ...known, verdict: 'change', digest: digestOf(plan), what: whatHappens(plan) };
}

/** What a person agreed to: two plans of one digest do the same to the node. */
export function digestOf({ field, from, to, strategy, settings, disturbs }: NonNullable<PlanDocument['plan']>): string {
  const { class: kind, kept = [], recreated = [], pinned = [] } = disturbs ?? {};
  return createHash('sha256').update(JSON.stringify([field, from, to, strategy, settings ?? null, kind ?? null, kept, recreated, pinned])).digest('hex').slice(0, 16);
}

function whatHappens({ disturbs = {} }: NonNullable<PlanDocument['plan']>): string {
  const { kubeletRestart = false, kept = [], recreated = [], apiAwaySeconds, pinned = [] } = disturbs;
  const pods = recreated.length > 0 ? `${recreated.length} pods re-created${apiAwaySeconds === undefined ? '' : `, API away about ${Math.round(apiAwaySeconds)} s`}` : kept.length > 0 ? `${kept.length} pods kept${pinned.length > 0 ? ', pinned' : ''}` : 'no static pods';
  return `${kubeletRestart ? 'kubelet restarts' : 'no restart'}; ${pods}`;
}

/** Reads a plan file. Throws `bad-plan`. */
export function parseFleetPlan(file: string, text: string): FleetPlan {
  const bad = (message: string): never => {
    throw new KcfgError('bad-plan', message, { where: [{ file }], help: ['make one: kcfg fleet plan set FIELD=VALUE -i INVENTORY --out FILE'] });
  };
  let plan: Partial<FleetPlan>;
  try {
    plan = JSON.parse(text) as Partial<FleetPlan>;
  } catch {
    return bad('this is no plan: it is not JSON');
  }
  const { format, id, nodes, target } = plan ?? {};
  if (format !== 1 || typeof id !== 'string' || !Array.isArray(nodes) || typeof target?.settings !== 'object' || !Array.isArray(target.inventories)) return bad('this is no plan of a fleet');
  return plan as FleetPlan;
}
