/**
 * The API server looks for etcd where this node's own etcd does not listen: the address of before a migration, another node's
 * port. What is wrong in the URL itself is told with the manifest (manifests/rules/servers.ts).
 */
import type { Cause, Fix, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { hostOf, urlOf } from '../pki/mending.ts';
import { isDown, programOf, saying } from '../pki/programs.ts';
import { isOwnHost } from '../pki/servers.ts';
import { cause } from './said.ts';

/** embed/config.go, DefaultListenClientURLs. */
const DEFAULT = 'http://localhost:2379';
const SAID = /addrConn\.createTransport failed|connection refused|i\/o timeout|no route to host|context deadline exceeded|transport: Error/;

export const etcdEndpoint: Rule = {
  about: 'the API server looks for etcd where etcd listens',
  find(evidence) {
    const [api, etcd] = [programOf(evidence, 'kube-apiserver'), programOf(evidence, 'etcd')];
    const [written, set] = [api?.flags.get('etcd-servers'), etcd?.flags.get('listen-client-urls')];
    if (api === undefined || etcd === undefined || written === undefined || etcd.flags.has('config-file')) return [];
    // to etcd one dash does as well (Go's package flag), and no other rule reads that
    if (set === undefined && etcd.entry.containers.some(({ command }) => command.some((word) => word.startsWith('-listen-client-urls')))) return [];
    const listens = set === undefined || set === '' ? DEFAULT : set;
    if (api.entry.findings.some(({ id, severity }) => id === 'etcd-servers' && severity === 'error')) return [];
    const servers = written.split(',').filter((url) => url !== '');
    const urls = listens.split(',').filter((url) => url !== '');
    if (servers.length === 0 || urls.length === 0 || servers.some((server) => urls.some((url) => isThere(evidence, server, url)))) return [];
    // it works: an etcd of other nodes, and the one here is not used
    if (evidence.node.live && !isAway(evidence)) return [];
    return [listens === DEFAULT ? unset(evidence, etcd.entry.path, written) : told(evidence, api.entry.path, written, nearestOf(urls))];
  },
};

/** While it looks for etcd it runs for 20 s and longer, and does not answer. */
function isAway(evidence: Evidence): boolean {
  return isDown(evidence, 'kube-apiserver') || (evidence.api !== undefined && evidence.api.status !== 200);
}

/** The one server that the API server has, as this node's etcd listens: whatever is wrong in its URL. */
export function endpointFix(evidence: Evidence): Fix | undefined {
  const listens = programOf(evidence, 'etcd')?.flags.get('listen-client-urls')?.split(',').filter((url) => url !== '') ?? [];
  const written = programOf(evidence, 'kube-apiserver')?.flags.get('etcd-servers') ?? '';
  return listens.length === 0 || written === '' || written.includes(',') ? undefined : fixOf(evidence, nearestOf(listens));
}

function nearestOf(urls: readonly string[]): string {
  return urls.find((url) => ['127.0.0.1', 'localhost', '::1'].includes(hostOf(url) ?? '')) ?? urls[0] ?? '';
}

function fixOf({ etcd }: Evidence, local: string): Fix | undefined {
  if (etcd?.servers === undefined) return undefined;
  const { file, sha256, place } = etcd.servers;
  return { kind: 'edit', file, sha256, edits: [{ offset: place.offset, remove: place.length, insert: `--etcd-servers=${local}` }] };
}

/** Of the same port, and an address that the listener has. */
function isThere(evidence: Evidence, server: string, url: string): boolean {
  const [asked, heard] = [urlOf(server), urlOf(url)];
  if (asked === undefined || heard === undefined || asked.port !== heard.port || asked.protocol !== heard.protocol) return false;
  if (asked.hostname === heard.hostname) return true;
  const [host, own] = [hostOf(server) ?? '', hostOf(url) ?? ''];
  return /^(0\.0\.0\.0|::)$/.test(own) ? isOwnHost(evidence, host) : host === 'localhost' && own === '127.0.0.1';
}

/** etcd itself starts, and without TLS. */
function unset(evidence: Evidence, file: string, written: string): Cause {
  return cause({
    ...{ id: 'etcd-endpoint', component: 'etcd', layer: 'etcd', now: isAway(evidence) },
    message: `etcd has no --listen-client-urls, and listens on ${DEFAULT} alone`,
    verdict: `it listens on ${DEFAULT}, and the API server looks for it at ${written}`,
    where: [{ file }],
    notes: ['the API server ends about 20 s after its start: it does not reach etcd'],
    evidence: saying(evidence, 'kube-apiserver', SAID, 1),
    fix: { kind: 'restore', pod: 'etcd' },
  });
}

function told(evidence: Evidence, file: string, written: string, local: string): Cause {
  const place = evidence.etcd?.servers?.place;
  const fix = fixOf(evidence, local);
  return {
    id: 'etcd-endpoint',
    severity: 'error',
    message: `etcd of this node listens on ${local}`,
    where: [{ file, ...(place === undefined ? {} : { line: place.line, column: place.column, text: `${'- '.padStart(place.column - 1)}--etcd-servers=${written}`, length: place.length }) }],
    notes: ['the API server ends about 20 s after its start: it does not reach etcd'],
    help: [],
    component: 'kube-apiserver',
    layer: 'kube-apiserver',
    verdict: `it looks for etcd at ${written}, where none is`,
    sure: 'certain',
    now: isAway(evidence),
    evidence: saying(evidence, 'kube-apiserver', SAID, 1),
    ...(fix === undefined ? {} : { fix }),
  };
}
