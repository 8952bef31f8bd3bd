/** CPUs of their own for containers: the CPUs held back, and the policy's options (kubelet/cm/cpumanager). */
import { type Case, duration, entries, type Rule, text } from './case.ts';
import { cpuSet } from './cpu-set.ts';
import type { Finding } from './finding.ts';
import { parseQuantity } from './go-quantity.ts';
import { MILLISECOND, SECOND, writeDuration } from './go-duration.ts';
import { optionFindings } from './policy-options.ts';
import { refuse } from './refuse.ts';

export const cpus: Rule = (c) => [...reserved(c), ...statics(c), ...quota(c)];

/** validation.go:347-356@1.37.2; getReservedCPUs, cmd/kubelet/app/server.go. */
function reserved(c: Case): Finding[] {
  const written = text(c, 'reservedSystemCPUs');
  if (written === '') return [];
  const findings: Finding[] = [];
  const groups = ['systemReservedCgroup', 'kubeReservedCgroup'].filter((field) => text(c, field) !== '');
  if (groups.length > 0) {
    findings.push(
      refuse(c, {
        ...{ id: 'reserved-cpus', message: `reservedSystemCPUs cannot stand with ${groups.join(' or ')}`, at: ['reservedSystemCPUs', ...groups] },
        kubelet: "invalid configuration: can't use reservedSystemCPUs (--reserved-cpus) with systemReservedCgroup (--system-reserved-cgroup) or kubeReservedCgroup (--kube-reserved-cgroup)",
      }),
    );
  }
  const set = cpuSet(written);
  if (!set) {
    const kubelet = `invalid configuration: unable to parse reservedSystemCPUs (--reserved-cpus) ${written}`;
    findings.push(refuse(c, { id: 'reserved-cpus', message: `reservedSystemCPUs is a list of CPUs, such as 0,4-7, here it is ${written}`, at: ['reservedSystemCPUs'], kubelet }));
  } else if (c.facts.cpus !== undefined && set.some((cpu) => cpu >= (c.facts.cpus ?? 0))) {
    const kubelet = `reserved-cpus: ${written} is not a subset of online-cpus`;
    findings.push(refuse(c, { id: 'reserved-cpus', message: `reservedSystemCPUs names CPUs that this node, with ${c.facts.cpus}, has not`, at: ['reservedSystemCPUs'], kubelet, when: 'start' }));
  }
  return findings;
}

function statics(c: Case): Finding[] {
  const options = entries(c, 'cpuManagerPolicyOptions');
  const policy = text(c, 'cpuManagerPolicy');
  if (options.length > 0 && !c.gate('CPUManagerPolicyOptions') && c.fields.gate('CPUManagerPolicyOptions')) {
    return [refuse(c, { id: 'needs-gate', message: 'cpuManagerPolicyOptions needs the feature gate CPUManagerPolicyOptions, which is off', at: ['cpuManagerPolicyOptions'], when: 'start' })];
  }
  if (policy === 'none' && options.length > 0) {
    const kubelet = 'None policy: received unsupported options';
    return [refuse(c, { id: 'cpu-options', message: 'cpuManagerPolicyOptions are for cpuManagerPolicy static, and it is none', at: ['cpuManagerPolicyOptions', 'cpuManagerPolicy'], kubelet, when: 'start' })];
  }
  if (policy !== 'static') return [];
  return [...reservation(c), ...optionFindings(c, 'cpuManagerPolicyOptions', options)];
}

function reservation(c: Case): Finding[] {
  const held = ['systemReserved', 'kubeReserved'].map((field) => parseQuantity(entries(c, field).find(([key]) => key === 'cpu')?.[1] ?? '0') ?? 0);
  const named = ['systemReserved', 'kubeReserved'].some((field) => entries(c, field).some(([key]) => key === 'cpu'));
  const listed = cpuSet(text(c, 'reservedSystemCPUs'))?.length ?? 0;
  const sum = listed > 0 ? listed : held.reduce((a, b) => a + b, 0);
  if (sum > 0 && (c.facts.cpus === undefined || Math.ceil(sum) <= c.facts.cpus)) return [];
  const message = sum > 0 ? `more CPUs are reserved (${sum}) than this node has (${c.facts.cpus})` : 'the static policy needs reserved CPU, and none is';
  return [
    refuse(c, {
      ...{ id: 'cpu-reservation', message, at: sum > 0 ? ['systemReserved', 'kubeReserved'] : ['cpuManagerPolicy', 'systemReserved', 'kubeReserved'] },
      help: sum > 0 ? [] : ['set with it, for example:', '  reservedSystemCPUs: "0"'],
      kubelet: named ? '[cpumanager] the static policy requires systemreserved.cpu + kubereserved.cpu to be greater than zero' : '[cpumanager] unable to determine reserved CPU resources for static policy',
      when: 'start',
    }),
  ];
}

/** validation.go:87-92@1.37.2 */
function quota(c: Case): Finding[] {
  const period = duration(c, 'cpuCFSQuotaPeriod');
  if (period === undefined) return [];
  const field = 'cpuCFSQuotaPeriod';
  if (!c.gate('CustomCPUCFSQuotaPeriod')) {
    if (period === 100 * MILLISECOND) return [];
    return [
      refuse(c, {
        ...{ id: 'needs-gate', message: `${field} other than 100ms needs the feature gate CustomCPUCFSQuotaPeriod, which is off`, at: [field] },
        kubelet: `invalid configuration: cpuCFSQuotaPeriod (--cpu-cfs-quota-period) {${writeDuration(period)}} requires feature gate CustomCPUCFSQuotaPeriod`,
      }),
    ];
  }
  if (period >= MILLISECOND && period <= SECOND) return [];
  const kubelet = `invalid configuration: cpuCFSQuotaPeriod (--cpu-cfs-quota-period) {${writeDuration(period)}} must be between 1ms and 1sec, inclusive`;
  return [refuse(c, { id: 'range', message: `${field} is from 1ms to 1s, here it is ${writeDuration(period)}`, at: [field], kubelet })];
}

