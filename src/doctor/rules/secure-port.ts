/**
 * --secure-port was changed and nothing else: probes and every kubeconfig still ask the old port. The flag goes back, for what
 * else would have to be changed is on every node that has a kubeconfig, and in the ConfigMaps of the cluster.
 */
import type { Cause, Fix, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import type { Kubeconfig } from '../pki/evidence.ts';
import { hostOf, urlOf } from '../pki/mending.ts';
import { programOf, saying } from '../pki/programs.ts';
import { kubeconfigsInUse } from '../pki/uses.ts';

export const HTTPS_PORT = '443';
export const SAID = /dial tcp|invalid port|no such host|connection refused|i\/o timeout|no route to host|missing port|HTTP response to HTTPS|server gave HTTP/i;

export interface Config {
  component: string;
  file: string;
  needed: boolean;
  config: Kubeconfig;
  server: string;
}

/** Told only once a program failed to get there; where a probe asks the old port, too, it is told with the manifest. */
export const securePortMoved: Rule = {
  about: 'the API server listens where every kubeconfig leads',
  find(evidence): Cause[] {
    const port = movedFrom(evidence);
    const all = configsOf(evidence);
    const first = all.find((one) => failures(evidence, one, hostOf(one.server) ?? '').length > 0);
    const program = programOf(evidence, 'kube-apiserver');
    if (port === undefined || first === undefined || program === undefined || isListened(evidence, Number(port)) || program.entry.findings.some(({ severity }) => severity === 'error')) return [];
    const message = `--secure-port is ${securePort(evidence)}, and every kubeconfig leads to ${port}`;
    return [{ id: 'secure-port', severity: 'error', message, where: [{ file: program.entry.path }, ...all.map(({ config }) => ({ file: config.file, ...(config.line === undefined ? {} : { line: config.line }) }))], notes: [`nothing on this machine listens on ${port}`], help: ['give --secure-port and its probes the old port:', '  kcfg edit kube-apiserver'], component: 'kube-apiserver', layer: 'kube-apiserver', verdict: message, sure: 'likely', now: true, evidence: failures(evidence, first, hostOf(first.server) ?? '').slice(-1) }];
  },
};

/** Of a probe that asks the old port: the flag, with the port that probes and kubeconfigs ask. */
export function portFix(evidence: Evidence, { id, message }: Finding): Fix | undefined {
  const port = movedFrom(evidence);
  const entry = programOf(evidence, 'kube-apiserver')?.entry;
  const place = entry?.mends?.securePort;
  if (port === undefined || id !== 'probe-port' || !message.startsWith(`nothing listens on ${port}:`) || place === undefined || entry?.sha256 === undefined || isListened(evidence, Number(port))) return undefined;
  return { kind: 'edit', file: entry.path, sha256: entry.sha256, edits: [{ offset: place.offset, remove: place.length, insert: port }] };
}

/** All of several lead to one port, and it is not the one of the manifest: that one was changed, or a balancer of this machine is down. */
export function movedFrom(evidence: Evidence): string | undefined {
  const all = configsOf(evidence);
  const local = securePort(evidence);
  const [port, ...others] = new Set(all.map(({ server }) => urlOf(server)).map((url) => (url === undefined ? '' : url.port || HTTPS_PORT)));
  return local !== undefined && all.length > 2 && others.length === 0 && port !== local && port !== '' ? port : undefined;
}

export function configsOf(evidence: Evidence): Config[] {
  return kubeconfigsInUse(evidence).flatMap((one): Config[] => {
    const config = evidence.kubeconfigs.find(({ file }) => file === one.file);
    return config?.server === undefined ? [] : [{ ...one, config, server: config.server }];
  });
}

export function securePort(evidence: Evidence): string | undefined {
  const program = programOf(evidence, 'kube-apiserver');
  return program === undefined ? undefined : (program.flags.get('secure-port') ?? '6443');
}

/** A balancer on this machine. Where the ports are not known, none is. */
export function isListened({ host }: Evidence, port: number): boolean {
  return host.listening.some((listener) => listener.port === port);
}

/** Lines of the program, or of the kubelet's journal, that name the host and say that it was not reached. */
export function failures(evidence: Evidence, { component }: Config, host: string): string[] {
  return saying(evidence, component, SAID, 20).filter((line) => line.includes(host));
}
