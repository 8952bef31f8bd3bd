/**
 * A probe that knocks at the right port, and gets no answer all the same: in plain HTTP where TLS is spoken, at a path that
 * nobody serves, at an address on which nothing listens. Any status from 400 on is a failure (kubelet probe/http/http.go).
 */
import type { FieldPath } from '../../kubelet/field-path.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { nearest } from '../../nearest.ts';
import { flagOf } from './arguments.ts';
import { type Case, type Container, containersOf, finding, isMap, itemsAt, programOf, textAt, valueAt } from './case.ts';
import { replaceValue } from './mend.ts';

/** First parts of paths that are answered without a right to more (apiserver server/healthz; etcd etcdhttp/health.go, metrics.go). */
const PATHS: Record<string, readonly string[]> = {
  'kube-apiserver': ['livez', 'readyz', 'healthz', 'version'],
  'kube-controller-manager': ['healthz', 'livez', 'readyz'],
  'kube-scheduler': ['healthz', 'livez', 'readyz'],
  etcd: ['health', 'livez', 'readyz', 'metrics', 'version', 'debug'],
};
const SECURE_PORT: Record<string, string> = { 'kube-apiserver': '6443', 'kube-controller-manager': '10257', 'kube-scheduler': '10259' };
const ANY = /^(0\.0\.0\.0|::|\[::\]|)$/;

interface Served {
  scheme: 'HTTP' | 'HTTPS';
  /** It listens on these; one that is any takes all. */
  hosts: string[];
}

export function probeAnswers(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) =>
    ['startupProbe', 'livenessProbe', 'readinessProbe'].flatMap((probe) => {
      const path = [...container.path, probe, 'httpGet'];
      return isMap(valueAt(subject.yaml.value, path)) && PATHS[programOf(container)] !== undefined ? judge(subject, container, path) : [];
    }),
  );
}

function judge(subject: Case, container: Container, path: FieldPath): Finding[] {
  const program = programOf(container);
  const probe = String(path.at(-2));
  const notes = [`${probe} never passes${probe === 'readinessProbe' ? ': the pod is never ready' : ', and the kubelet ends the container again and again'}`];
  const known = PATHS[program] ?? [];
  const found: Finding[] = [];
  const [, asked = ''] = /^\/*([^/?]*)/.exec(textAt(subject, [...path, 'path']) ?? '') ?? [];
  if (!known.includes(asked)) {
    const near = nearest(asked, known.slice(0, 3));
    const at = textAt(subject, [...path, 'path']) === undefined ? path : [...path, 'path'];
    found.push(finding(subject, { id: 'probe-path', path: at, message: `${program} answers nobody at /${asked}, where ${probe} asks`, ...(near === undefined ? {} : { label: `did you mean /${near}?` }), notes, edits: near === undefined ? undefined : replaceValue(subject.yaml, [...path, 'path'], `/${near}`) }));
  }
  const served = servedAt(container, portOf(subject, container, [...path, 'port']));
  if (served === undefined) return found;
  const scheme = valueAt(subject.yaml.value, [...path, 'scheme']) ?? 'HTTP';
  if ((scheme === 'HTTP' || scheme === 'HTTPS') && scheme !== served.scheme) {
    const at = textAt(subject, [...path, 'scheme']) === undefined ? path : [...path, 'scheme'];
    found.push(finding(subject, { id: 'probe-scheme', path: at, message: `${probe} asks in ${scheme}${at === path ? ', for it has no scheme' : ''}, and ${program} speaks ${served.scheme} there`, notes, edits: at === path ? undefined : replaceValue(subject.yaml, at, served.scheme) }));
  }
  const host = textAt(subject, [...path, 'host']);
  const loopback = (name: string): boolean => /^(127\.|localhost$|\[?::1)/.test(name);
  // without a host it is the node's address
  if (served.hosts.some((bound) => ANY.test(bound) || (host === undefined ? !loopback(bound) : bound === host || (loopback(bound) && host === 'localhost') || bound === 'localhost'))) return found;
  found.push(finding(subject, { id: 'probe-host', path: host === undefined ? path : [...path, 'host'], message: `${probe} asks ${host ?? 'the address of the node'}, and ${program} listens on ${served.hosts.join(' and ')} alone`, notes, help: host === undefined ? [`give it a host: ${served.hosts[0] ?? ''}`] : [], edits: host === undefined || served.hosts[0] === undefined ? undefined : replaceValue(subject.yaml, [...path, 'host'], served.hosts[0]) }));
  return found;
}

function portOf(subject: Case, container: Container, path: FieldPath): string {
  const port = valueAt(subject.yaml.value, path);
  const named = itemsAt(subject, [...container.path, 'ports']).find((each) => textAt(subject, [...each, 'name']) === port);
  return String(named === undefined ? port : valueAt(subject.yaml.value, [...named, 'containerPort']));
}

/** Undefined where nothing listens, which probe-port tells, or where who asks needs a certificate. */
function servedAt(container: Container, port: string): Served | undefined {
  const program = programOf(container);
  if (program !== 'etcd') {
    const own = flagOf(container, 'secure-port')?.value ?? SECURE_PORT[program];
    return port === own ? { scheme: 'HTTPS', hosts: [flagOf(container, 'bind-address')?.value ?? ''] } : undefined;
  }
  const urls = (flagOf(container, 'listen-metrics-urls')?.value ?? '').split(',').flatMap((url) => {
    const [, scheme = '', host = '', own = ''] = /^(https?):\/\/(\[[^\]]*\]|[^:/]*):(\d+)\/?$/.exec(url.trim()) ?? [];
    return own === port ? [{ scheme, host }] : [];
  });
  const [first] = urls;
  // a name is told by the flag's value
  return first === undefined ? undefined : { scheme: first.scheme === 'https' ? 'HTTPS' : 'HTTP', hosts: urls.map(({ host }) => (/^[\d.]+$|^\[/.test(host) ? host.replace(/^\[(.*)\]$/, '$1') : '')) };
}
