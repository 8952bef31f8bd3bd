/** What the node says of itself, and where things lie: taints, sysctls, logs of containers and pods (validation.go@1.37.2). */
import { posix } from 'node:path';
import { valueAt } from '../field-path.ts';
import { type Case, duration, entries, list, type Rule, text, texts } from './case.ts';
import type { Finding } from './finding.ts';
import { SECOND } from './go-duration.ts';
import { wholeQuantity } from './go-quantity.ts';
import { isMap } from '../merge.ts';
import { labelKeyTrouble, labelValueTrouble } from './labels.ts';
import { refuse } from './refuse.ts';

export const node: Rule = (c) => [...taints(c), ...sysctls(c), ...allowed(c), ...containerLogs(c), ...podLogs(c), ...sync(c)];

/** :186-193, util/taints/taints.go CheckTaintValidation */
function taints(c: Case): Finding[] {
  return list(c, 'registerWithTaints').flatMap((taint, i) => {
    if (!isMap(taint)) return [];
    const part = (name: string): string => (typeof taint[name] === 'string' ? taint[name] : '');
    const at = ['registerWithTaints', i];
    const says = (name: string, message: string): Finding =>
      refuse(c, { id: 'taint', message: `the taint's ${name} ${message}`, at: [[...at, name]], kubelet: 'invalid taint' });
    const effect = part('effect');
    const key = labelKeyTrouble(part('key'));
    const value = labelValueTrouble(part('value'));
    return [
      ...(key === undefined ? [] : [says('key', key)]),
      ...(value === undefined ? [] : [says('value', value)]),
      ...(effect === '' || ['NoSchedule', 'PreferNoSchedule', 'NoExecute'].includes(effect) ? [] : [says('effect', `is NoSchedule, PreferNoSchedule or NoExecute, here it is ${effect}`)]),
      ...(taint['timeAdded'] === undefined ? [] : [refuse(c, { id: 'taint', message: 'timeAdded is for the API server to set', at: [[...at, 'timeAdded']], kubelet: 'invalid configuration: taint.TimeAdded is not nil' })]),
    ];
  });
}

/** :103-125, component-helpers node/util/sysctl */
function sysctls(c: Case): Finding[] {
  if (c.minor < 37 || !c.gate('DefaultPodSysctls')) return [];
  const seen = new Set<string>();
  return entries(c, 'defaultPodSysctls').flatMap(([name]) => {
    const at = [['defaultPodSysctls', name]];
    const says = (message: string, kubelet: string): Finding[] => [refuse(c, { id: 'sysctl', message, at, key: true, kubelet: `invalid configuration: ${kubelet}` })];
    if (name.length > 253 || !/^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(name)) {
      return says(`${name} is no name of a sysctl`, `${JSON.stringify(name)} is not a valid sysctl name for defaultPodSysctls`);
    }
    const dotted = normalized(name);
    const own = ofPods(dotted);
    if (!own) return says(`the sysctl ${name} is the whole node's, not a pod's own`, `${JSON.stringify(name)} is not known to be namespaced for defaultPodSysctls`);
    if (seen.has(dotted)) return says(`the sysctl ${dotted} stands twice`, `duplicate sysctl ${JSON.stringify(dotted)} found in defaultPodSysctls`);
    seen.add(dotted);
    return [];
  });
}

/** util/sysctl NormalizeName: a name whose first separator is / has the two exchanged. */
function normalized(name: string): string {
  return /^[^./]*\//.test(name) ? name.replace(/[./]/g, (each) => (each === '.' ? '/' : '.')) : name;
}

function ofPods(name: string): boolean {
  return /^(kernel\.(domainname|sem|shmall|shmmax|shmmni|shm_rmid_forced|shm|msgmax|msgmnb|msgmni|msg)$|net\.|fs\.mqueue\.|user\.)/.test(name);
}

/** kubelet/sysctl/allowlist.go NewAllowlist, when the kubelet starts: the same names, and a * at the end. */
function allowed(c: Case): Finding[] {
  return texts(c, 'allowedUnsafeSysctls').flatMap((pattern, i) => {
    const name = normalized(pattern).replace(/\*.*$/, '');
    const shaped = pattern.length <= 253 && /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*([a-z0-9][-_a-z0-9]*)?[a-z0-9*]$/.test(pattern);
    if (shaped && ofPods(name)) return [];
    const [message, kubelet] = shaped ? [`the sysctl ${pattern} is the whole node's, not a pod's own`, `the sysctls ${JSON.stringify(name)} are not known to be namespaced`] : [`${JSON.stringify(pattern)} is no name of a sysctl`, `sysctl ${JSON.stringify(pattern)} must have at most 253 characters and match regex`];
    return [refuse(c, { id: 'sysctl', message, at: [['allowedUnsafeSysctls', i]], kubelet, when: 'start' })];
  });
}

/** :406-412; kubelet/logs/container_log_manager.go parseMaxSize */
function containerLogs(c: Case): Finding[] {
  const findings: Finding[] = [];
  const interval = duration(c, 'containerLogMonitorInterval');
  if (c.minor >= 30 && interval !== undefined && interval < 3 * SECOND) {
    const kubelet = 'invalid configuration: containerLogMonitorInterval must be a positive time duration greater than or equal to 3s';
    findings.push(refuse(c, { id: 'range', message: 'containerLogMonitorInterval is 3s or more', at: ['containerLogMonitorInterval'], kubelet }));
  }
  const size = text(c, 'containerLogMaxSize');
  if (wholeQuantity(size) === undefined) {
    const message = `containerLogMaxSize is a quantity of whole bytes, such as 10Mi, here it is ${size === '' ? 'empty' : size}`;
    findings.push(refuse(c, { id: 'container-logs', message, at: ['containerLogMaxSize'], kubelet: `failed to parse container log max size "${size}"`, when: 'start' }));
  }
  return findings;
}

/** NAME_MAX, linux/limits.h */
const LONGEST_NAME = 255;

/** :414-431 */
function podLogs(c: Case): Finding[] {
  const path = valueAt(c.value, ['podLogsDir']);
  if (c.minor < 30 || typeof path !== 'string') return [];
  // a relative path of the file itself is made absolute before anyone looks
  const layer = c.layers.findLast(({ value }) => value['podLogsDir'] !== undefined);
  const full = path !== '' && !path.startsWith('/') && layer?.kind === 'file' && !c.flags.some(({ name }) => name === 'pod-logs-dir') ? '/' : path;
  const trouble = !full.startsWith('/') ? 'must be absolute path' : clean(full) !== full ? 'must be normalized' : /[^\0-\x7f]/.test(path) ? 'mut contains ASCII characters only' : undefined;
  if (trouble === undefined && path.split('/').some((part) => part.length > LONGEST_NAME)) {
    return [refuse(c, { id: 'path', message: `a name in podLogsDir is longer than ${LONGEST_NAME} characters`, at: ['podLogsDir'], kubelet: 'file name too long', when: 'start' })];
  }
  if (trouble === undefined) return [];
  const message = `podLogsDir is an absolute path without .. or a / at its end, in ASCII, here it is ${path === '' ? 'empty' : path}`;
  return [refuse(c, { id: 'path', message, at: ['podLogsDir'], kubelet: `invalid configuration: pod logs path ${JSON.stringify(path)} ${trouble}` })];
}

/** filepath.Clean */
function clean(path: string): string {
  return posix.normalize(path).replace(/(.)\/$/, '$1');
}

/** kubelet/kubelet.go NewMainKubelet */
function sync(c: Case): Finding[] {
  const period = duration(c, 'syncFrequency');
  if (period === undefined || period > 0) return [];
  return [refuse(c, { id: 'range', message: 'syncFrequency is above 0', at: ['syncFrequency'], kubelet: `invalid sync frequency ${period}`, when: 'start' })];
}
