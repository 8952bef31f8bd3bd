/**
 * Where kubeconfigs lead: to a port that the API server listens on, to an address that is somewhere. A wrong one leaves the
 * kubelet running and its node NotReady, and ends controller-manager and scheduler, which cannot renew their lease.
 */
import type { Cause, Fix, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Kubeconfig } from '../pki/evidence.ts';
import { hostOf, urlOf } from '../pki/mending.ts';
import { LAYER_OF, programOf, saying } from '../pki/programs.ts';
import { inHosts, isAddress, isOwnHost } from '../pki/servers.ts';
import { type Config, configsOf, failures, HTTPS_PORT, isListened, movedFrom, SAID, securePort } from './secure-port.ts';

export const kubeconfigServer: Rule = {
  about: 'each kubeconfig leads to an API server',
  find(evidence) {
    const all = configsOf(evidence);
    return all.flatMap((one) => judge(evidence, one, all));
  },
};

function judge(evidence: Evidence, one: Config, all: readonly Config[]): Cause[] {
  const { server } = one;
  const right = rightServer(evidence, one, all);
  const written = /^([a-z][\w+.-]*):\/\/(\[[^\]]*\]|[^:/]*)(?::([^/]*))?/i.exec(server);
  const port = written?.[3];
  if (written === null || written[2] === '') return [told(evidence, one, 'it is no URL', right)];
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) > 0 && Number(port) < 65_536)) return [told(evidence, one, `${port || '""'} is no port`, right ?? withPort(server, securePort(evidence)))];
  if (written[1]?.toLowerCase() === 'http') return [told(evidence, one, 'the API server speaks https alone', server.replace(/^http:/i, 'https:'))];
  if (written[1]?.toLowerCase() !== 'https') return [told(evidence, one, `${written[1]} is no protocol of an API server`, right)];
  const host = hostOf(server) ?? '';
  const local = securePort(evidence);
  if (movedFrom(evidence) === undefined && isOwnHost(evidence, host) && local !== undefined && (port ?? HTTPS_PORT) !== local && !isListened(evidence, Number(port ?? HTTPS_PORT))) return [told(evidence, one, `the API server of this node listens on ${local}`, withPort(server, local))];
  return away(evidence, one, all, host, right);
}

function withPort(server: string, port: string | undefined): string | undefined {
  return port === undefined ? undefined : server.replace(/^(https?:\/\/(?:\[[^\]]*\]|[^:/]*)).*$/i, `$1:${port}`);
}

/** What most others say; kubeadm gives the kubelet what it gives admin.conf, and the others this node's own address. */
function rightServer(evidence: Evidence, { file, server }: Config, all: readonly Config[]): string | undefined {
  const others = all.filter((one) => one.file !== file && one.server !== server && urlOf(one.server)?.protocol === 'https:').map((one) => one.server);
  const [most] = [...new Set(others)].sort((a, b) => others.filter((each) => each === b).length - others.filter((each) => each === a).length);
  const flags = programOf(evidence, 'kube-apiserver')?.flags;
  const address = flags?.get('advertise-address');
  return most ?? (address === undefined ? undefined : `https://${address.includes(':') ? `[${address}]` : address}:${flags?.get('secure-port') ?? '6443'}`);
}

/** Not on this machine: a name that nobody knows, or an address that nothing answers at. Only what was seen is told as an error. */
function away(evidence: Evidence, one: Config, all: readonly Config[], host: string, right: string | undefined): Cause[] {
  if (isOwnHost(evidence, host)) return [];
  const failed = failures(evidence, one, host);
  const unknown = failed.filter((line) => /no such host|server misbehaving|Temporary failure in name resolution/.test(line));
  const resolved = evidence.host.names?.[host];
  if (!isAddress(host) && (unknown.length > 0 || resolved?.length === 0) && inHosts(evidence, host).length === 0) {
    const only = all.length > 1 && !all.some((other) => other.file !== one.file && hostOf(other.server) === host);
    if (only && right !== undefined) return [{ ...told(evidence, one, `nothing here knows the name ${host}, and the other kubeconfigs lead elsewhere`, right), evidence: unknown.slice(-1) }];
    // what the resolver was asked for is told by resolving.ts
    return resolved === undefined ? [unresolved(evidence, one, host, unknown)] : [];
  }
  const alone = !all.some((other) => other.file !== one.file && other.needed && hostOf(other.server) === host);
  if (!alone || failed.length === 0 || right === undefined || all.length < 2) return [];
  return [{ ...told(evidence, one, 'nothing answers there, and the other kubeconfigs lead elsewhere', right), sure: 'likely', evidence: failed.slice(-2) }];
}

function unresolved(evidence: Evidence, one: Config, host: string, lines: string[]): Cause {
  const address = programOf(evidence, 'kube-apiserver')?.flags.get('advertise-address');
  return {
    ...told(evidence, one, `no one knows the address of ${host}`, undefined),
    id: 'host-unknown',
    message: `${host}, where ${one.file} leads, has no address`,
    verdict: `${host}, by which it is to reach the API server, has no address`,
    notes: ['it is neither in /etc/hosts nor known to DNS'],
    evidence: lines.slice(-1),
    ...(address === undefined ? { help: [`put the name back into DNS, or into /etc/hosts`] } : { fix: { kind: 'commands', commands: [`echo '${address} ${host}' >> /etc/hosts`] } }),
  };
}

function told(evidence: Evidence, { component, config, needed, server }: Config, why: string, right: string | undefined): Cause {
  const who = component === 'kubelet' ? 'the kubelet does not reach the API server: its node is NotReady' : component === 'kubectl' ? 'kubectl does not reach the API server' : `${component} does not reach the API server and ends`;
  const fix = right === undefined ? undefined : serverEdit(config, right);
  return {
    id: 'kubeconfig-server',
    severity: needed ? 'error' : 'warning',
    message: `${config.file} leads to ${server}: ${why}`,
    where: [{ file: config.file, ...placeOf(config, server), ...(right === undefined ? {} : { label: right }) }],
    notes: [who],
    help: [],
    component: needed ? component : 'others',
    layer: LAYER_OF[component] ?? 'others',
    verdict: `${config.file} leads to ${server}`,
    sure: 'certain',
    now: needed,
    evidence: saying(evidence, component, SAID, 1),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** Its line as it is written, but for what stands before `server:`. */
function placeOf({ places }: Kubeconfig, server: string): Partial<Cause['where'][number]> {
  const place = places?.server;
  return place === undefined ? {} : { line: place.line, column: place.column + 'server: '.length, text: `${' '.repeat(place.column - 1)}server: ${server}`, length: server.length };
}

export function serverEdit({ file, sha256, places }: Kubeconfig, server: string): Fix | undefined {
  const place = places?.server;
  return place === undefined || sha256 === undefined ? undefined : { kind: 'edit', file, sha256, edits: [{ offset: place.offset, remove: place.length, insert: `server: ${server}` }] };
}
