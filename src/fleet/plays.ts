/**
 * The plays that ansible-playbook gets, as JSON, which is YAML. What people typed is marked as unsafe, which Ansible never
 * expands as a template (ansible parsing/ajson.py, `__ansible_unsafe`).
 */
import type { FleetTarget } from './fleet-plan.ts';
import type { Stage } from './order.ts';

type Unsafe = { __ansible_unsafe: string };
const unsafe = (text: string): Unsafe => ({ __ansible_unsafe: text });
const unsafeValues = (settings: Readonly<Record<string, string>>): Record<string, Unsafe> => Object.fromEntries(Object.entries(settings).map(([field, value]) => [field, unsafe(value)]));

/** `kcfg_command` of the inventory: where kcfg is not in the path of a node. */
const COMMAND = "{{ kcfg_command | default(['kcfg']) }}";
const BASIS = { gather_facts: false, become: true };

export type Look = 'doctor' | 'verify' | 'history' | 'stig';

/** Every node of these is asked at once; nothing is changed. */
export function askPlays({ settings, looks = [], hosts }: { settings?: Readonly<Record<string, string>>; looks?: readonly Look[]; hosts?: readonly string[] }): unknown {
  return [{ name: 'kcfg: ask', hosts: hosts ?? 'all', ...BASIS, tasks: [{ name: 'ask', 'kcfg.node.info': { command: COMMAND, look: looks, ...(settings === undefined ? {} : { settings: unsafeValues(settings) }) } }] }];
}

/** The package on each node, or away from it: the role looks first. What was typed is no template. */
export function installPlays(vars: Readonly<Record<string, string | boolean>>): unknown {
  const given = Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, typeof value === 'string' ? unsafe(value) : value]));
  return [{ name: 'kcfg: package', hosts: 'all', ...BASIS, tasks: [{ name: 'package', 'ansible.builtin.import_role': { name: 'kcfg.node.kcfg' }, vars: given }] }];
}

export interface Pace {
  /** As Ansible's `serial`: a number or a percentage of the workers. */
  batch: string;
  /** As Ansible's `max_fail_percentage`. */
  maxFail: number;
  within?: string;
}

/** One play for each stage: a failed one ends the run before the next begins (any_errors_fatal, max_fail_percentage). */
export function changePlays(stages: readonly Stage[], { settings, reason }: FleetTarget, id: string, pace: Pace): unknown {
  const change = {
    command: COMMAND,
    settings: unsafeValues(settings),
    reason: unsafe([reason, planWords(id)].filter((part) => part !== undefined).join(', ')),
    ...(pace.within === undefined ? {} : { confirm_within: pace.within }),
  };
  return staged(stages, pace, ({ controlPlane }) => ({ 'kcfg.node.setting': { ...change, whole_etcd: controlPlane } }));
}

/** By these words in its reason a node's history knows the change of a fleet. */
export const planWords = (id: string): string => `fleet plan ${id}`;

/** Each node goes back from the change of that number. */
export function rollbackPlays(stages: readonly Stage[], changes: ReadonlyMap<string, string>, pace: Pace): unknown {
  return staged(stages, pace, ({ controlPlane }) => ({ 'kcfg.node.rollback': { command: COMMAND, id: '{{ kcfg_changes[inventory_hostname] }}', whole_etcd: controlPlane } }), { kcfg_changes: Object.fromEntries(changes) });
}

/** Every node keeps the change of that number that is on trial there; nothing restarts, so all at once. */
export function confirmPlays(changes: ReadonlyMap<string, string>): unknown {
  return [{ name: 'kcfg: confirm', hosts: [...changes.keys()], ...BASIS, vars: { kcfg_changes: Object.fromEntries(changes) }, tasks: [{ name: 'change', 'kcfg.node.confirm': { command: COMMAND, id: '{{ kcfg_changes[inventory_hostname] }}' } }] }];
}

function staged(stages: readonly Stage[], { batch, maxFail }: Pace, task: (stage: Stage) => object, vars: object = {}): unknown {
  return stages.map((stage) => ({
    name: `kcfg: ${stage.nodes.length === 1 ? stage.nodes[0] : `${stage.nodes.length} workers`}`,
    hosts: stage.nodes,
    ...BASIS,
    ...(stage.nodes.length === 1 ? { any_errors_fatal: true } : { serial: batch, max_fail_percentage: maxFail }),
    vars,
    tasks: [{ name: 'change', ...task(stage) }],
  }));
}
