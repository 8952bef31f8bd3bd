/**
 * What the CPU and memory managers wrote down for the policy they had: with another one in the configuration the
 * kubelet does not start before the file is gone (kubelet/cm/cpumanager/state/state_checkpoint.go restoreState,
 * cm/memorymanager/state/state_checkpoint.go, cm/cpumanager/policy_static.go validateState@1.37.2).
 */
import { posix } from 'node:path';
import { type Case, entries, type Rule, text } from './case.ts';
import { cpuSet } from './cpu-set.ts';
import type { Finding } from './finding.ts';
import { isMap } from '../merge.ts';
import { refuse } from './refuse.ts';

const KEEPERS: Record<string, { field: string; before: string; instead: string }> = {
  cpu_manager_state: { field: 'cpuManagerPolicy', before: '', instead: 'reservedSystemCPUs' },
  memory_manager_state: { field: 'memoryManagerPolicy', before: '[memorymanager] ', instead: 'reservedMemory' },
};

export const stateFiles: Rule = (c) => (c.facts.stateFiles ?? []).flatMap(({ file, bytes }) => judged(c, file, bytes));

function judged(c: Case, file: string, bytes: Uint8Array): Finding[] {
  const keeper = KEEPERS[posix.basename(file)];
  if (!keeper) return [];
  const { field, before } = keeper;
  const state = parsed(bytes);
  const policy = text(c, field);
  const help = ['drain the node, then take the file away:', `  rm ${file}`];
  const at = [field];
  if (!state) return [stale(c, file, { id: 'state-file', message: `${file} is damaged, and the kubelet stops at it`, at, help, when: 'start' })];
  const had = state['policyName'];
  if (typeof had === 'string' && had !== policy) {
    const kubelet = `${before}configured policy ${JSON.stringify(policy)} differs from state checkpoint policy ${JSON.stringify(had)}`;
    return [stale(c, file, { id: 'state-file', message: `${field} is ${policy}, and ${file} is of policy ${had}`, at, help, kubelet, when: 'start' })];
  }
  return field === 'cpuManagerPolicy' && policy === 'static' ? reserved(c, file, state, help) : [];
}

function reserved(c: Case, file: string, state: Record<string, unknown>, help: string[]): Finding[] {
  const written = text(c, 'reservedSystemCPUs');
  const shared = typeof state['defaultCpuSet'] === 'string' ? state['defaultCpuSet'] : '';
  const [held, pool] = [cpuSet(written), cpuSet(shared)];
  if (!held || held.length === 0 || !pool || pool.length === 0) return [];
  const strict = entries(c, 'cpuManagerPolicyOptions').some(([name, value]) => name === 'strict-cpu-reservation' && /^(1|t|true)$/i.test(value));
  const fits = strict ? held.every((cpu) => !pool.includes(cpu)) : held.every((cpu) => pool.includes(cpu));
  if (fits) return [];
  const kubelet = strict ? `some of strictly reserved cpus: ${JSON.stringify(written)} are present in defaultCpuSet: ${JSON.stringify(shared)}` : `not all reserved cpus: ${JSON.stringify(written)} are present in defaultCpuSet: ${JSON.stringify(shared)}`;
  return [stale(c, file, { id: 'state-file', message: `reservedSystemCPUs is ${written}, which does not go with the CPUs that are given out`, at: ['reservedSystemCPUs'], help, kubelet, when: 'start' })];
}

function stale(c: Case, file: string, says: Parameters<typeof refuse>[1]): Finding {
  const found = refuse(c, says);
  return { ...found, where: [...found.where.filter((place) => place.line !== undefined), { file, label: 'written by the kubelet' }] };
}

function parsed(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const state: unknown = JSON.parse(Buffer.from(bytes).toString());
    return isMap(state) ? state : undefined;
  } catch {
    return undefined;
  }
}
