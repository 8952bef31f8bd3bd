/** Where programs listen, and whom they call: --etcd-servers of the API server, and what etcd's own flags say of one another. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { placeOf } from '../../kubelet/rules/place.ts';
import { distance } from '../../nearest.ts';
import { type Flag, flagsOf } from './arguments.ts';
import { type Case, type Container, containersOf, finding, programOf } from './case.ts';
import { replaceIn } from './mend.ts';
import { urlParts } from './urls.ts';

/** etcd's own port for clients, and that for its members. */
const CLIENTS = '2379';
const PEERS = '2380';

export function servers(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const last = new Map(flagsOf(container).map((flag) => [flag.name, flag]));
    if (programOf(container) === 'kube-apiserver') return etcdServers(subject, last);
    if (programOf(container) === 'etcd') return [...secured(subject, last), ...clients(subject, last), ...cluster(subject, container, last), ...bound(subject, last), ...shared(subject, last)];
    return [];
  });
}

function etcdServers(subject: Case, last: ReadonlyMap<string, Flag>): Finding[] {
  const flag = last.get('etcd-servers');
  if (flag?.value === undefined) return [];
  const path = flag.valuePath ?? flag.path;
  const secure = last.get('etcd-cafile') ?? last.get('etcd-certfile');
  return flag.value.split(',').flatMap((text): Finding[] => {
    if (text === '') return [];
    const url = urlParts(text);
    // an etcd elsewhere may have a certificate that every machine trusts
    if (url?.scheme === 'https' && isHere(subject, url.host) && (last.get('etcd-cafile')?.value ?? '') === '') return [finding(subject, { id: 'etcd-servers', path, part: text, message: `${text} is an etcd of this node, and there is no --etcd-cafile to know it by`, notes: ['the API server reaches no etcd, and ends after about 20 s: certificate signed by unknown authority'], help: ['kubeadm has /etc/kubernetes/pki/etcd/ca.crt there'] })];
    const said = (message: string, from = '', to = ''): Finding => finding(subject, { id: 'etcd-servers', path, part: text, message, notes: ['the API server reaches no etcd, and ends after about 20 s'], edits: from === '' ? undefined : replaceIn(subject.yaml, path, from, to, flag.valuePath === undefined ? `${flag.written}=` : '') });
    if (url?.scheme === 'unix' || url?.scheme === 'unixs') return [];
    const scheme = secure === undefined ? 'http' : 'https';
    const [head = ''] = /^[^:/]*(:\/*)?/.exec(text) ?? [];
    if (url === undefined || !/^https?$/.test(url.scheme)) {
      const mend = head.length > 2 && head.includes(':') && distance(head, `${scheme}://`) <= 3;
      return [said(`${text} is no address of an etcd: it begins with https:// or http://`, mend ? head : '', mend ? `${scheme}://` : '')];
    }
    if (url.host === '') return [said(`${text} has no host`)];
    if (secure !== undefined && url.scheme === 'http') return [said(`${text} is without TLS, and --${secure.name} is for https://`, 'http://', 'https://')];
    if (url.port === PEERS) return [said(`${text} is the port of etcd's members, and clients use ${CLIENTS}`, `:${PEERS}`, `:${CLIENTS}`)];
    if (url.port !== undefined && Number(url.port) > 65535) return [said(`there is no port ${url.port}`)];
    return [];
  });
}

function isHere({ facts }: Case, host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || facts.addresses?.includes(host) === true;
}

/** Certificates are asked of clients, and known by the machine's own authorities alone (client/pkg/transport/listener.go). */
function clients(subject: Case, last: ReadonlyMap<string, Flag>): Finding[] {
  return ([['client-cert-auth', 'trusted-ca-file'], ['peer-client-cert-auth', 'peer-trusted-ca-file']] as const).flatMap(([name, authority]): Finding[] => {
    const flag = last.get(name);
    const told = name === 'client-cert-auth' ? 'the API server is turned away' : 'other members are turned away';
    if (flag === undefined || /^(0|f|false)$/i.test(flag.value ?? '') || (last.get(authority)?.value ?? '') !== '' || last.has('config-file')) return [];
    return [finding(subject, { id: 'etcd-clients', severity: name === 'client-cert-auth' ? 'error' : 'warning', path: flag.path, message: `--${name} asks for certificates, and there is no --${authority} to know them by`, notes: [`etcd starts, and ${told}`] })];
  });
}

/** https:// needs a certificate (etcd client/pkg/transport/listener.go). */
function secured(subject: Case, last: ReadonlyMap<string, Flag>): Finding[] {
  return ([['listen-client-urls', 'cert-file', 'auto-tls'], ['listen-peer-urls', 'peer-cert-file', 'peer-auto-tls'], ['listen-metrics-urls', 'cert-file', 'auto-tls']] as const).flatMap(([name, certificate, auto]): Finding[] => {
    const flag = last.get(name);
    if (flag?.value === undefined || !flag.value.includes('https://') || last.has(certificate) || last.has(auto) || last.has('config-file')) return [];
    return [finding(subject, { id: 'etcd-urls', path: flag.valuePath ?? flag.path, part: 'https', message: `--${name} has https://, and there is no --${certificate}`, notes: ['etcd ends at its start: KeyFile and CertFile are not presented'] })];
  });
}

/** An etcd with data reads neither its name nor the cluster from flags: it counts on the day that it has none. */
function cluster(subject: Case, _container: Container, last: ReadonlyMap<string, Flag>): Finding[] {
  const [flag, name, peers] = [last.get('initial-cluster'), last.get('name'), last.get('initial-advertise-peer-urls')];
  if (flag?.value === undefined || name?.value === undefined) return [];
  const path = flag.valuePath ?? flag.path;
  const members = flag.value.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()] as const);
  const own = members.filter(([member]) => member === name.value).map(([, url]) => url);
  const said = (message: string): Finding => finding(subject, { id: 'initial-cluster', severity: 'warning', path, message, also: [placeOf(subject.yaml, name.path)], notes: ['an etcd without data ends over it; one that has data does not read it'] });
  if (own.length === 0) return [said(`--initial-cluster has no member ${name.value}, which is --name`)];
  const advertised = peers?.value?.split(',').map((url) => url.trim()) ?? [];
  const odd = advertised.find((url) => !own.includes(url));
  return odd === undefined ? [] : [said(`--initial-cluster has ${own.join(', ')} for ${name.value}, and --initial-advertise-peer-urls ${odd}`)];
}

/** One address and port in two flags: the second one cannot be listened on. */
function shared(subject: Case, last: ReadonlyMap<string, Flag>): Finding[] {
  const taken = new Map<string, Flag>();
  return ['listen-client-urls', 'listen-peer-urls', 'listen-metrics-urls', 'listen-client-http-urls'].flatMap((name) => {
    const flag = last.get(name);
    return [...new Set((flag?.value ?? '').split(',').map((text) => text.trim()))].flatMap((text): Finding[] => {
      const url = urlParts(text);
      if (flag === undefined || url?.port === undefined || url.port === '0') return [];
      const place = `${url.host}:${url.port}`;
      const other = taken.get(place);
      taken.set(place, flag);
      return other === undefined || other === flag ? [] : [finding(subject, { id: 'etcd-urls', path: flag.valuePath ?? flag.path, part: text, message: `--${other.name} and --${name} both have ${place}`, also: [placeOf(subject.yaml, other.path)], notes: ['etcd ends at its start: address already in use'] })];
    });
  });
}

/** Only where the addresses of the node are known. */
function bound(subject: Case, last: ReadonlyMap<string, Flag>): Finding[] {
  const { addresses } = subject.facts;
  if (addresses === undefined) return [];
  return ['listen-client-urls', 'listen-peer-urls', 'listen-metrics-urls'].flatMap((name) => {
    const flag = last.get(name);
    return (flag?.value ?? '').split(',').flatMap((text): Finding[] => {
      const host = urlParts(text.trim())?.host ?? '';
      if (flag === undefined || host === '' || host === 'localhost' || /^(0\.0\.0\.0|::|127\..*)$/.test(host) || addresses.includes(host) || !/^[\d.]+$|:/.test(host)) return [];
      return [finding(subject, { id: 'etcd-address', path: flag.valuePath ?? flag.path, part: host, message: `${host} is no address of this node, and --${name} has etcd listen there`, notes: ['it ends at its start: cannot assign requested address'] })];
    });
  });
}
