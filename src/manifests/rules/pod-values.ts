/**
 * Values that the kubelet's own validation refuses in a Pod (core/validation, ValidatePodCreate): names, labels, words of a list,
 * numbers. It then takes no pod from the file, and stops the one from before.
 */
import type { FieldPath } from '../../kubelet/field-path.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { nearest } from '../../nearest.ts';
import { type Case, containersOf, fieldName, finding, isMap, itemsAt, textAt, valueAt } from './case.ts';
import { replaceValue } from './mend.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** validation.IsQualifiedName, IsValidLabelValue. */
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/;

const WORDS: readonly { field: FieldPath; words: readonly string[] }[] = [
  { field: ['restartPolicy'], words: ['Always', 'OnFailure', 'Never'] },
  { field: ['dnsPolicy'], words: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'] },
  { field: ['securityContext', 'seccompProfile', 'type'], words: ['RuntimeDefault', 'Unconfined', 'Localhost'] },
  { field: ['preemptionPolicy'], words: ['PreemptLowerPriority', 'Never'] },
];
const OF_CONTAINERS: typeof WORDS = [
  { field: ['imagePullPolicy'], words: ['Always', 'IfNotPresent', 'Never'] },
  { field: ['terminationMessagePolicy'], words: ['File', 'FallbackToLogsOnError'] },
  { field: ['securityContext', 'seccompProfile', 'type'], words: ['RuntimeDefault', 'Unconfined', 'Localhost'] },
];
const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'];
const HANDLERS = ['httpGet', 'tcpSocket', 'exec', 'grpc'];

export function podValues(subject: Case): Finding[] {
  const found: Finding[] = [];
  const say = (path: FieldPath, message: string, edits?: Finding['edits'], label?: string): void => void found.push(finding(subject, { id: 'pod-value', path, message, notes: ['the kubelet takes no pod from the file'], edits, ...(label === undefined ? {} : { label }) }));
  const named = (path: FieldPath, form: RegExp, what: string): void => {
    const text = textAt(subject, path);
    if (text !== undefined && text !== '' && !form.test(text)) say(path, `${text} is no name of ${what}: small letters, digits and dashes`);
  };
  const words = (base: FieldPath, all: typeof WORDS): void => {
    for (const { field, words: known } of all) {
      const path = [...base, ...field];
      const text = textAt(subject, path);
      if (text === undefined || text === '' || known.includes(text)) continue;
      const near = known.find((word) => word.toLowerCase() === text.toLowerCase()) ?? nearest(text, known);
      say(path, `${fieldName(path)} is one of ${known.join(', ')}, not ${text}`, near === undefined ? undefined : replaceValue(subject.yaml, path, near), near === undefined ? undefined : `did you mean ${near}?`);
    }
  };
  const numbers = (base: FieldPath, fields: readonly [name: string, least: number, most: number][]): void => {
    for (const [name, least, most] of fields) {
      const path = [...base, name];
      const value = valueAt(subject.yaml.value, path);
      // 0 is absent to the kubelet, where it fills in its default
      if (typeof value === 'number' && value !== 0 && (value < least || value > most)) say(path, `${fieldName(path)} is ${least}${most === Number.MAX_SAFE_INTEGER ? ' or more' : ` to ${most}`}, not ${value}`);
    }
  };

  named(['metadata', 'name'], SUBDOMAIN, 'a pod');
  named(['metadata', 'namespace'], LABEL, 'a namespace');
  for (const map of ['labels', 'annotations']) found.push(...keys(subject, ['metadata', map], map === 'labels'));
  words(['spec'], WORDS);
  named(['spec', 'priorityClassName'], SUBDOMAIN, 'a priority class');
  named(['spec', 'nodeName'], SUBDOMAIN, 'a node');
  numbers(['spec'], [['terminationGracePeriodSeconds', 0, Number.MAX_SAFE_INTEGER], ['activeDeadlineSeconds', 1, 2 ** 31 - 1]]);
  twice(subject, ['spec', 'volumes'], 'name', say);
  twice(subject, ['spec', 'containers'], 'name', say);
  hostPortsTwice(subject, say);
  for (const path of itemsAt(subject, ['spec', 'volumes'])) {
    volume(subject, path, say);
    named([...path, 'name'], LABEL, 'a volume');
  }
  for (const { path } of containersOf(subject)) {
    named([...path, 'name'], LABEL, 'a container');
    words(path, OF_CONTAINERS);
    found.push(...resources(subject, path));
    twice(subject, [...path, 'volumeMounts'], 'mountPath', say);
    twice(subject, [...path, 'ports'], 'name', say);
    for (const mount of itemsAt(subject, [...path, 'volumeMounts'])) for (const field of ['name', 'mountPath']) if ((textAt(subject, [...mount, field]) ?? '') === '') say([...mount, field], `a mount has no ${field}`);
    for (const port of itemsAt(subject, [...path, 'ports'])) {
      named([...port, 'name'], PORT_NAME, 'a port');
      words(port, [{ field: ['protocol'], words: ['TCP', 'UDP', 'SCTP'] }]);
      if (!valueAt(subject.yaml.value, [...port, 'containerPort'])) say([...port, 'containerPort'], 'a port has no containerPort');
      numbers(port, [['containerPort', 1, 65535], ['hostPort', 1, 65535]]);
      const [one, other] = ['containerPort', 'hostPort'].map((name) => valueAt(subject.yaml.value, [...port, name]));
      if (valueAt(subject.yaml.value, ['spec', 'hostNetwork']) === true && other !== undefined && one !== other) say([...port, 'hostPort'], `on the node's network hostPort is ${String(one)}, as containerPort`);
    }
    for (const probe of PROBES) {
      const at = [...path, probe];
      const value = valueAt(subject.yaml.value, at);
      if (!isMap(value)) continue;
      const handlers = HANDLERS.filter((name) => value[name] !== undefined && value[name] !== null);
      if (handlers.length !== 1) say(at, handlers.length === 0 ? `${probe} asks nothing: it has none of ${HANDLERS.join(', ')}` : `${probe} has ${handlers.join(' and ')}, and takes one of them`);
      words([...at, 'httpGet'], [{ field: ['scheme'], words: ['HTTP', 'HTTPS'] }]);
      numbers(at, [['initialDelaySeconds', 0, 2 ** 31 - 1], ['timeoutSeconds', 0, 2 ** 31 - 1], ['periodSeconds', 0, 2 ** 31 - 1], ['failureThreshold', 0, 2 ** 31 - 1], ['successThreshold', 0, probe === 'readinessProbe' ? 2 ** 31 - 1 : 1]]);
      for (const way of ['httpGet', 'tcpSocket', 'grpc']) {
        const port = [...at, way, 'port'];
        if (!isMap(valueAt(subject.yaml.value, [...at, way]))) continue;
        const number = valueAt(subject.yaml.value, port);
        if (number === undefined || number === 0 || number === '') say(port, `${probe} has no port`);
        else if (typeof number === 'string' ? !PORT_NAME.test(number) : typeof number === 'number' && (number < 1 || number > 65535)) say(port, `${probe} asks the port ${String(number)}, and that is none`);
      }
    }
  }
  return found;
}

type Say = (path: FieldPath, message: string) => void;

function keys(subject: Case, path: FieldPath, labels: boolean): Finding[] {
  const map = valueAt(subject.yaml.value, path);
  return Object.entries(isMap(map) ? map : {}).flatMap(([key, value]): Finding[] => {
    const slash = key.lastIndexOf('/');
    const name = labels ? key.slice(slash + 1) : key.slice(slash + 1).toLowerCase();
    const wrongKey = !QUALIFIED.test(name) || (slash >= 0 && !SUBDOMAIN.test(labels ? key.slice(0, slash) : key.slice(0, slash).toLowerCase()));
    const wrongValue = labels && typeof value === 'string' && value !== '' && !QUALIFIED.test(value);
    if (!wrongKey && !wrongValue) return [];
    return [finding(subject, { id: 'pod-value', path: [...path, key], what: wrongKey ? 'key' : 'value', message: wrongKey ? `${key} is no key of ${labels ? 'a label' : 'an annotation'}` : `${String(value)} is no value of a label: letters, digits, dashes, dots`, notes: ['the kubelet takes no pod from the file'] })];
  });
}

function volume(subject: Case, path: FieldPath, say: Say): void {
  const value = valueAt(subject.yaml.value, path);
  if (!isMap(value)) return;
  if ((value['name'] ?? '') === '') say([...path, 'name'], 'a volume has no name');
  const kinds = Object.keys(value).filter((key) => isMap(value[key]));
  if (kinds.length > 1) say(path, `a volume is of one kind, and this one has ${kinds.join(' and ')}`);
  const host = textAt(subject, [...path, 'hostPath', 'path']);
  if (isMap(value['hostPath']) && (host ?? '') === '') say([...path, 'hostPath', 'path'], 'a hostPath has no path');
  if (host?.split('/').includes('..')) say([...path, 'hostPath', 'path'], 'a hostPath has no .. in its path');
}

function twice(subject: Case, list: FieldPath, field: string, say: Say): void {
  const seen = new Set<string>();
  for (const path of itemsAt(subject, list)) {
    const text = textAt(subject, [...path, field]);
    if (text !== undefined && text !== '' && seen.has(text)) say([...path, field], `${text} stands twice in ${fieldName(list)}`);
    if (text !== undefined) seen.add(text);
  }
}

/** Of all containers of the pod; on the node's network a port is the node's own (apis/core/validation AccumulateUniqueHostPorts, v1/defaults.go SetDefaults_Pod). */
function hostPortsTwice(subject: Case, say: Say): void {
  const seen = new Set<string>();
  const onHost = valueAt(subject.yaml.value, ['spec', 'hostNetwork']) === true;
  for (const port of containersOf(subject).flatMap(({ path }) => itemsAt(subject, [...path, 'ports']))) {
    const [own, host, protocol = 'TCP', address = ''] = ['containerPort', 'hostPort', 'protocol', 'hostIP'].map((field) => valueAt(subject.yaml.value, [...port, field]) ?? undefined);
    const number = host ?? (onHost ? own : undefined);
    if (number === undefined) continue;
    const place = `${String(protocol)} ${address === '' ? '' : `${String(address)} `}${String(number)}`;
    if (seen.has(place)) say([...port, host === undefined ? 'containerPort' : 'hostPort'], `two ports of the pod are ${place} of the node`);
    seen.add(place);
  }
}

/** Names of resources without a domain are those of Kubernetes. */
function resources(subject: Case, path: FieldPath): Finding[] {
  return ['requests', 'limits'].flatMap((part) => {
    const map = valueAt(subject.yaml.value, [...path, 'resources', part]);
    return Object.keys(isMap(map) ? map : {}).filter((name) => !name.includes('/') && !/^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(name)).map((name) => {
      const at = [...path, 'resources', part, name];
      const near = nearest(name, ['cpu', 'memory', 'ephemeral-storage']);
      return finding(subject, { id: 'pod-value', path: at, what: 'key', message: `there is no resource ${name}`, ...(near === undefined ? {} : { label: `did you mean ${near}?` }), notes: ['the kubelet takes no pod from the file'] });
    });
  });
}
