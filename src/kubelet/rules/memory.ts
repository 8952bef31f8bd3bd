/** Memory: reserved on NUMA nodes, throttled, and the topology manager (validation_reserved_memory.go, validation.go:374-392@1.37.2). */
import { valueAt } from '../field-path.ts';
import { type Case, entries, flag, list, type Rule, text } from './case.ts';
import type { Finding } from './finding.ts';
import { parseQuantity } from './go-quantity.ts';
import { isMap } from '../merge.ts';
import { optionFindings } from './policy-options.ts';
import { refuse } from './refuse.ts';

export const memory: Rule = (c) => [...swap(c), ...reservedMemory(c), ...statics(c), ...throttling(c), ...topology(c)];

/** kubelet/cm/container_manager_linux.go NewContainerManager: on by default. */
function swap(c: Case): Finding[] {
  if (c.facts.swap !== true || !flag(c, 'failSwapOn')) return [];
  const help = ['turn swap off, or set:', '  failSwapOn: false'];
  const kubelet = 'running with swap on is not supported, please disable swap';
  return [refuse(c, { id: 'swap', message: 'swap is on, and failSwapOn ends a kubelet there', at: ['failSwapOn'], help, kubelet, when: 'start' })];
}

interface Reservation {
  path: (string | number)[];
  node: number;
  resource: string;
  amount: number;
}

function reservations(c: Case): Reservation[] {
  return list(c, 'reservedMemory').flatMap((item, i) => {
    if (!isMap(item) || !isMap(item['limits'])) return [];
    const node = typeof item['numaNode'] === 'number' ? item['numaNode'] : 0;
    return Object.entries(item['limits']).map(([resource, value]) => ({ path: ['reservedMemory', i, 'limits', resource], node, resource, amount: parseQuantity(String(value)) ?? 0 }));
  });
}

function reservedMemory(c: Case): Finding[] {
  const all = reservations(c);
  return all.flatMap(({ path, node, resource, amount }, i) => {
    const findings: Finding[] = [];
    const say = (message: string, kubelet: string): number => findings.push(refuse(c, { id: 'reserved-memory', message, at: [path], kubelet: `invalid configuration: ${kubelet}` }));
    if (resource !== 'memory' && !resource.startsWith('hugepages-')) {
      say(`reservedMemory holds memory and hugepages-SIZE, not ${resource}`, `the limit type ${JSON.stringify(resource)} for NUMA node ${node} is not supported, only [memory hugepages-<HugePageSize>] is accepted`);
    }
    if (amount === 0) say(`reservedMemory of ${resource} is 0`, `reserved memory may not be zero for NUMA node ${node} and resource ${JSON.stringify(resource)}`);
    if (all.slice(0, i).some((other) => other.node === node && other.resource === resource)) {
      say(`${resource} of NUMA node ${node} stands twice in reservedMemory`, `the reserved memory has a duplicate value for NUMA node ${node} and resource ${JSON.stringify(resource)}`);
    }
    return findings;
  });
}

/** kubelet/cm/memorymanager/memory_manager.go validateReservedMemory: the sum is what else is held back. */
function statics(c: Case): Finding[] {
  if (text(c, 'memoryManagerPolicy') !== 'Static') return [];
  const all = reservations(c);
  const listed = all.filter(({ resource }) => resource === 'memory').reduce((sum, { amount }) => sum + amount, 0);
  if (listed <= 0) {
    const kubelet = '[memorymanager] you should specify the system reserved memory';
    return [refuse(c, { id: 'memory-reservation', message: 'memoryManagerPolicy Static needs memory in reservedMemory, and there is none', at: ['memoryManagerPolicy', 'reservedMemory'], kubelet, when: 'start' })];
  }
  const nowhere = all.find(({ node }) => c.facts.numaNodes?.includes(node) === false);
  if (nowhere) {
    const kubelet = `the reserved memory configuration references a NUMA node ${nowhere.node} that does not exist on this machine`;
    return [refuse(c, { id: 'memory-reservation', message: `this node has no NUMA node ${nowhere.node}`, at: [[...nowhere.path.slice(0, 2), 'numaNode']], kubelet, when: 'start' })];
  }
  const hard = entries(c, 'evictionHard').find(([signal]) => signal === 'memory.available')?.[1] ?? '0';
  const evicted = hard.endsWith('%') ? percentage(c, hard) : parseQuantity(hard);
  if (evicted === undefined) return [];
  const reserved = ['systemReserved', 'kubeReserved'].map((field) => parseQuantity(entries(c, field).find(([key]) => key === 'memory')?.[1] ?? '0') ?? 0);
  const due = reserved.reduce((sum, amount) => sum + amount, evicted);
  if (Math.abs(due - listed) < 1) return [];
  return [
    refuse(c, {
      ...{ id: 'memory-reservation', message: `reservedMemory is ${mebi(listed)}, and must be what systemReserved, kubeReserved and evictionHard hold back, ${mebi(due)}` },
      ...{ at: ['reservedMemory', 'systemReserved', 'kubeReserved', 'evictionHard'], when: 'start' },
      kubelet: 'the total amount of type "memory" is not equal to the value determined by Node Allocatable feature',
    }),
  ];
}

function percentage(c: Case, written: string): number | undefined {
  if (written === '0%' || written === '100%') return 0;
  return c.facts.memoryBytes === undefined ? undefined : (Number.parseFloat(written) / 100) * c.facts.memoryBytes;
}

function mebi(bytes: number): string {
  const amount = bytes / 2 ** 20;
  return Number.isInteger(amount) ? `${amount}Mi` : `${bytes} bytes`;
}

function throttling(c: Case): Finding[] {
  const factor = valueAt(c.value, ['memoryThrottlingFactor']);
  if (typeof factor !== 'number' || (factor > 0 && factor <= 1)) return [];
  const kubelet = `invalid configuration: memoryThrottlingFactor ${factor} must be greater than 0 and less than or equal to 1.0`;
  return [refuse(c, { id: 'range', message: `memoryThrottlingFactor is above 0 and at most 1, here it is ${factor}`, at: ['memoryThrottlingFactor'], kubelet })];
}

function topology(c: Case): Finding[] {
  const options = entries(c, 'topologyManagerPolicyOptions');
  if (valueAt(c.value, ['topologyManagerPolicyOptions']) !== undefined && c.fields.gate('TopologyManagerPolicyOptions') && !c.gate('TopologyManagerPolicyOptions')) {
    return [refuse(c, { id: 'needs-gate', message: 'topologyManagerPolicyOptions needs the feature gate TopologyManagerPolicyOptions, which is off', at: ['topologyManagerPolicyOptions'], when: 'start' })];
  }
  return text(c, 'topologyManagerPolicy') === 'none' ? [] : optionFindings(c, 'topologyManagerPolicyOptions', options);
}
