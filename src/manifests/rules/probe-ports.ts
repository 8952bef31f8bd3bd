/** Each probe must knock where something listens: else the pod is never ready, and the kubelet ends it again and again. */
import type { Where } from '../../errors.ts';
import type { FieldPath } from '../../kubelet/field-path.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { placeOf } from '../../kubelet/rules/place.ts';
import { nearest } from '../../nearest.ts';
import { flagOf } from './arguments.ts';
import { replaceValue } from './mend.ts';
import { type Case, type Container, containersOf, finding, itemsAt, programOf, textAt, valueAt } from './case.ts';

/** Defaults of --secure-port (cmd/kube-apiserver, kube-controller-manager, kube-scheduler). */
const SECURE_PORT: Record<string, number> = { 'kube-apiserver': 6443, 'kube-controller-manager': 10257, 'kube-scheduler': 10259 };
/** Where etcd serves /health, /livez and /readyz (etcd server/embed). */
const ETCD_URLS = ['listen-metrics-urls', 'listen-client-urls', 'listen-client-http-urls'];

interface Listening {
  ports: number[];
  /** 'kube-apiserver has --secure-port=6443' */
  words: string;
  where?: Where;
}

export function probePorts(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const named = new Map(itemsAt(subject, [...container.path, 'ports']).flatMap((path): [string, number][] => {
      const [name, port] = [textAt(subject, [...path, 'name']), valueAt(subject.yaml.value, [...path, 'containerPort'])];
      return name === undefined || typeof port !== 'number' ? [] : [[name, port]];
    }));
    const listening = listeningOf(subject, container);
    return ['startupProbe', 'livenessProbe', 'readinessProbe'].flatMap((probe) => ['httpGet', 'tcpSocket', 'grpc'].flatMap((way) => judge(subject, [...container.path, probe, way, 'port'], named, listening)));
  });
}

function judge(subject: Case, path: FieldPath, named: ReadonlyMap<string, number>, listening: Listening | undefined): Finding[] {
  const port = valueAt(subject.yaml.value, path);
  if (typeof port !== 'number' && typeof port !== 'string') return [];
  const probe = String(path.at(-3));
  const number = typeof port === 'number' || /^\d+$/.test(port) ? Number(port) : named.get(port);
  if (number === undefined) {
    const near = nearest(String(port), [...named.keys()]);
    return [finding(subject, { id: 'probe-port', path, message: `${probe} asks the port ${port}, and no port of the container has that name`, ...(near === undefined ? {} : { label: `did you mean ${near}?` }), notes: ['a probe without a port never passes'], edits: near === undefined ? undefined : replaceValue(subject.yaml, path, near) })];
  }
  if (listening === undefined || listening.ports.includes(number)) return [];
  // the port that is named, where the probe names one
  const written = typeof port === 'number' ? path : itemsAt(subject, [...path.slice(0, -3), 'ports']).filter((each) => textAt(subject, [...each, 'name']) === port).map((each) => [...each, 'containerPort'])[0];
  const [only, ...others] = listening.ports;
  const line = listening.where?.line === undefined ? '' : ` (line ${listening.where.line})`;
  return [
    finding(subject, {
      id: 'probe-port',
      path,
      message: `nothing listens on ${number}: ${listening.words}${line}`,
      also: listening.where === undefined ? [] : [listening.where],
      notes: [`${probe} never passes: the pod is never ready${probe === 'readinessProbe' ? '' : ', and the kubelet ends its container again and again'}`],
      edits: written === undefined || only === undefined || !Number.isInteger(only) || others.length > 0 ? undefined : replaceValue(subject.yaml, written, String(only)),
    }),
  ];
}

/** Undefined for a program of which that is not known. */
function listeningOf(subject: Case, container: Container): Listening | undefined {
  const program = programOf(container);
  if (program === 'etcd') {
    const given = ETCD_URLS.flatMap((name) => flagOf(container, name) ?? []);
    const ports = given.flatMap(({ value = '' }) => value.split(',').map((url) => Number(/:(\d+)\/?$/.exec(url.trim())?.[1])));
    if (given.every(({ name }) => name !== 'listen-client-urls')) ports.push(2379);
    const metrics = given[0];
    return { ports, words: metrics === undefined ? 'etcd listens on 2379 by default' : `etcd has --${metrics.name}=${metrics.value ?? ''}`, ...(metrics && { where: placeOf(subject.yaml, metrics.path) }) };
  }
  const standard = SECURE_PORT[program];
  if (standard === undefined) return undefined;
  const flag = flagOf(container, 'secure-port');
  const port = flag?.value === undefined ? standard : Number(flag.value);
  // told as a wrong value
  if (!(port >= 1 && port <= 65535)) return undefined;
  const words = flag === undefined ? `${program} listens on ${standard} by default` : `${program} has --secure-port=${flag.value ?? ''}`;
  return { ports: [port], words, ...(flag && { where: placeOf(subject.yaml, flag.path) }) };
}
