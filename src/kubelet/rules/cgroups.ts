/** What is held back for the system, and in which cgroups (validation.go:72-78,258-314,346-356@1.37.2; validation_linux.go). */
import { nearest } from '../../nearest.ts';
import { type Case, entries, flag, type Rule, text, texts } from './case.ts';
import { orList } from './choices.ts';
import { cpuSet } from './cpu-set.ts';
import type { Finding } from './finding.ts';
import { parseQuantity } from './go-quantity.ts';
import { refuse } from './refuse.ts';

const FIELD = 'enforceNodeAllocatable';

export const cgroups: Rule = (c) => [...roots(c), ...enforced(c), ...reserved(c), ...capacity(c), ...version(c)];

function roots(c: Case): Finding[] {
  if (text(c, 'systemCgroups') === '' || text(c, 'cgroupRoot') !== '') return [];
  return [
    refuse(c, {
      ...{ id: 'cgroup-root', message: 'systemCgroups needs cgroupRoot, which is empty', at: ['systemCgroups', 'cgroupRoot'] },
      kubelet: 'invalid configuration: systemCgroups (--system-cgroups) was specified and cgroupRoot (--cgroup-root) was not specified',
    }),
  ];
}

function enforced(c: Case): Finding[] {
  const words = texts(c, FIELD);
  const allowed = ['pods', 'system-reserved', 'kube-reserved', 'none', ...(c.minor >= 32 ? ['system-reserved-compressible', 'kube-reserved-compressible'] : [])];
  const findings: Finding[] = [];
  const say = (i: number, message: string, kubelet: string, label?: string, other?: string): number =>
    findings.push(refuse(c, { id: 'node-allocatable', message, at: [[FIELD, i], ...(other === undefined ? [] : [other])], labels: [label], kubelet: `invalid configuration: ${kubelet}` }));
  words.forEach((word, i) => {
    if (c.minor >= 31 && words.indexOf(word) < i) return say(i, `${word} stands twice in ${FIELD}`, `duplicated enforcements ${JSON.stringify(word)} in ${FIELD} (--enforce-node-allocatable)`);
    if (!allowed.includes(word)) {
      const near = nearest(word, allowed);
      return say(i, `${FIELD} knows ${orList(allowed)}, not ${word}`, `option ${JSON.stringify(word)} specified for ${FIELD} (--enforce-node-allocatable)`, near === undefined ? undefined : `did you mean ${near}?`);
    }
    if (word === 'none') {
      if (words.length > 1) say(i, `none stands alone in ${FIELD}, or not at all`, `${FIELD} (--enforce-node-allocatable) may not contain additional enforcements when "none" is specified`);
      return undefined;
    }
    const group = word.startsWith('system') ? 'systemReservedCgroup' : word.startsWith('kube') ? 'kubeReservedCgroup' : undefined;
    if (group !== undefined && text(c, group) === '') say(i, `${word} in ${FIELD} needs ${group}, which is empty`, `${group} (--${dashed(group)}) must be specified when ${c.minor >= 32 ? included(word) : `${JSON.stringify(word)} contained`} in ${FIELD} (--enforce-node-allocatable)`, `set ${group}`, group);
    if (c.minor >= 31 && !flag(c, 'cgroupsPerQOS')) say(i, `${word} in ${FIELD} needs cgroupsPerQOS, which is off`, `cgroupsPerQOS (--cgroups-per-qos) must be set to true when ${JSON.stringify(word)} contained in ${FIELD} (--enforce-node-allocatable)`, undefined, 'cgroupsPerQOS');
    const both = words.indexOf(`${word}-compressible`);
    if (both >= 0 && c.minor >= 32) say(i, `${word} and ${word}-compressible exclude one another`, `both ${JSON.stringify(word)} and ${JSON.stringify(`${word}-compressible`)} cannot be specified together in ${FIELD} (--enforce-node-allocatable)`);
    return undefined;
  });
  if (c.minor <= 30 && !flag(c, 'cgroupsPerQOS') && words.length > 0) {
    findings.push(
      refuse(c, {
        ...{ id: 'node-allocatable', message: `cgroupsPerQOS is off, and ${FIELD} ([${words.join(', ')}]) needs it`, at: ['cgroupsPerQOS', FIELD] },
        help: ['set with it:', `  ${FIELD}: []`],
        kubelet: `invalid configuration: ${FIELD} (--enforce-node-allocatable) is not supported unless cgroupsPerQOS (--cgroups-per-qos) is set to true`,
      }),
    );
  }
  return findings;
}

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** From 1.32 on it names both words that would need it. */
function included(word: string): string {
  const [first = ''] = /^(system|kube)-reserved/.exec(word) ?? [];
  return `"${first}" or "${first}-compressible" included`;
}

/** cmd/kubelet/app/server.go parseResourceList, kubelet/cm/qos_container_manager_linux.go ParseQOSReserved. */
function reserved(c: Case): Finding[] {
  const known = ['cpu', 'memory', 'ephemeral-storage', 'pid'];
  // CPUs that are named take the place of what stands here of cpu (server.go:727-737@1.37.2)
  const listed = (cpuSet(text(c, 'reservedSystemCPUs'))?.length ?? 0) > 0;
  const lists = ['systemReserved', 'kubeReserved'].flatMap((field) =>
    entries(c, field).flatMap(([key, value]) => {
      if (key === 'cpu' && listed) return [];
      const amount = parseQuantity(value);
      const trouble = !known.includes(key) ? `cannot reserve ${key}, only ${orList(known)}` : amount === undefined ? `of ${key} is a quantity, such as 200Mi or 0.5, here it is ${JSON.stringify(value)}` : amount < 0 ? `of ${key} is negative` : undefined;
      if (trouble === undefined) return [];
      const near = known.includes(key) ? undefined : nearest(key, known);
      const kubelet = !known.includes(key) ? `cannot reserve "${key}" resource` : amount === undefined ? `failed to parse quantity "${value}" for "${key}" resource` : `resource quantity for "${key}" cannot be negative: ${value}`;
      return [refuse(c, { id: 'reserved', message: `${field} ${trouble}`, at: [[field, key]], labels: [near && `did you mean ${near}?`], key: !known.includes(key), kubelet, when: 'start' })];
    }),
  );
  const qos = entries(c, 'qosReserved').flatMap(([key, value]) => {
    const percent = /^([+-]?\d+)%+$/.exec(value)?.[1];
    const fine = key === 'memory' && percent !== undefined && Number(percent) >= 0 && Number(percent) <= 100;
    const kubelet = key !== 'memory' ? `cannot reserve "${key}" resource` : `failed to parse percentage "${value}" for "${key}" resource`;
    return fine ? [] : [refuse(c, { id: 'reserved', message: 'qosReserved takes memory alone, from 0% to 100%', at: [['qosReserved', key]], kubelet, when: 'start' })];
  });
  return [...lists, ...qos];
}

/** kubelet/cm/node_container_manager_linux.go validateNodeAllocatable: no more is held back than there is. */
function capacity(c: Case): Finding[] {
  const listed = cpuSet(text(c, 'reservedSystemCPUs'))?.length ?? 0;
  return ([['cpu', c.facts.cpus], ['memory', c.facts.memoryBytes]] as const).flatMap(([resource, there]) => {
    if (there === undefined || (resource === 'cpu' && listed > 0)) return [];
    const held = ['systemReserved', 'kubeReserved'].map((field) => Math.max(0, parseQuantity(entries(c, field).find(([key]) => key === resource)?.[1] ?? '0') ?? 0));
    const hard = resource === 'memory' ? (entries(c, 'evictionHard').find(([signal]) => signal === 'memory.available')?.[1] ?? '0') : '0';
    const evicted = hard.endsWith('%') ? (there * (Number.parseFloat(hard) || 0)) / 100 : (parseQuantity(hard) ?? 0);
    const sum = held.reduce((a, b) => a + b, hard === '100%' ? 0 : evicted);
    if (sum <= there) return [];
    const at = ['systemReserved', 'kubeReserved', ...(resource === 'memory' ? ['evictionHard'] : [])].filter((field) => entries(c, field).length > 0);
    const kubelet = `invalid Node Allocatable configuration. Resource ${JSON.stringify(resource)} has a reservation of`;
    return [refuse(c, { id: 'reserved', message: `more ${resource} is held back (${sum}) than this node has (${there})`, at, kubelet, when: 'start' })];
  });
}

function version(c: Case): Finding[] {
  if (c.facts.cgroup !== 1) return [];
  if (c.minor >= 31 && flag(c, 'failCgroupV1')) {
    return [
      refuse(c, {
        ...{ id: 'cgroup-v1', message: 'this node has cgroup v1, and failCgroupV1 is on', at: ['failCgroupV1'] },
        notes: c.minor >= 35 ? ['it is on by default from 1.35'] : [],
        help: ['to run here for now:', '  failCgroupV1: false'],
        kubelet: 'kubelet is configured to not run on a host using cgroup v1',
      }),
    ];
  }
  if (c.minor >= 32 && c.value['singleProcessOOMKill'] === false) {
    const kubelet = 'invalid configuration: singleProcessOOMKill must not be explicitly set to false when using cgroup v1';
    return [refuse(c, { id: 'cgroup-v1', message: 'with cgroup v1, which this node has, singleProcessOOMKill cannot be false', at: ['singleProcessOOMKill'], kubelet })];
  }
  if (text(c, 'memorySwap.swapBehavior') !== 'LimitedSwap' || !c.gate('NodeSwap') || c.minor < 30) return [];
  const kubelet = 'swap feature is enabled and LimitedSwap but it is only supported with cgroupv2';
  return [refuse(c, { id: 'cgroup-v1', message: 'LimitedSwap needs cgroup v2, and this node has v1', at: ['memorySwap.swapBehavior'], kubelet, when: 'start' })];
}
