/** The names in serving certificates: each client asks for the host that it dialled (Go crypto/x509 VerifyHostname). */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { canSign, commands, hostOf, made, NO_KEY, RESTART } from '../pki/mending.ts';
import { programOf, saying } from '../pki/programs.ts';
import { isOwnHost } from '../pki/servers.ts';
import { kubeconfigsInUse, leafOf, nameOf } from '../pki/uses.ts';

interface Wanted {
  host: string;
  /** Half a sentence: who dials it. */
  by: string;
  component: string;
  needed: boolean;
}

export const certificateNames: Rule = {
  about: 'serving certificates have the names that they are asked by',
  find: (evidence) => [...apiServer(evidence), ...etcd(evidence)],
};

function apiServer(evidence: Evidence): Cause[] {
  const program = programOf(evidence, 'kube-apiserver');
  const file = program?.flags.get('tls-cert-file');
  if (program === undefined || file === undefined) return [];
  const clients = kubeconfigsInUse(evidence).flatMap(({ component, file: config, needed }): Wanted[] => {
    const host = hostOf(evidence.kubeconfigs.find((one) => one.file === config)?.server);
    // a host that is neither this node's nor another kubeconfig's is the kubeconfig's fault (kubeconfig-server.ts)
    return host === undefined || !isDialled(evidence, config, host) ? [] : [{ host, by: config, component, needed }];
  });
  const others: Wanted[] = [
    { host: program.flags.get('advertise-address') ?? '', by: 'pods, by way of --advertise-address', component: 'kube-apiserver', needed: false },
    { host: firstAddress(program.flags.get('service-cluster-ip-range') ?? '') ?? '', by: 'pods, as the service kubernetes', component: 'kube-apiserver', needed: false },
  ];
  return judge(evidence, 'kube-apiserver', file, [...clients, ...others]);
}

function isDialled(evidence: Evidence, config: string, host: string): boolean {
  const others = kubeconfigsInUse(evidence).filter(({ file }) => file !== config);
  return isOwnHost(evidence, host) || others.some(({ file }) => hostOf(evidence.kubeconfigs.find((one) => one.file === file)?.server) === host);
}

function etcd(evidence: Evidence): Cause[] {
  const flags = programOf(evidence, 'etcd')?.flags;
  const [serving, peer] = [flags?.get('cert-file'), flags?.get('peer-cert-file')];
  const own = new Set((flags?.get('listen-client-urls') ?? '').split(',').map((url) => hostOf(url)));
  const servers = (programOf(evidence, 'kube-apiserver')?.flags.get('etcd-servers') ?? '').split(',').map((url) => hostOf(url) ?? '');
  // of several, some are other members', whose certificates are not here
  const dialled = servers.filter((host) => own.has(host)).map((host): Wanted => ({ host, by: 'the API server, by --etcd-servers', component: 'etcd', needed: true }));
  const several = (evidence.etcd?.members ?? 1) > 1 || (flags?.get('initial-cluster') ?? '').includes(',');
  const peers = (flags?.get('initial-advertise-peer-urls') ?? '').split(',').flatMap((url): Wanted[] => {
    const host = hostOf(url);
    return host === undefined ? [] : [{ host, by: 'the other members', component: 'etcd', needed: several }];
  });
  return [...(serving === undefined ? [] : judge(evidence, 'etcd', serving, dialled)), ...(peer === undefined ? [] : judge(evidence, 'etcd', peer, peers))];
}

function judge(evidence: Evidence, component: 'etcd' | 'kube-apiserver', file: string, wanted: readonly Wanted[]): Cause[] {
  const leaf = leafOf(evidence, { file });
  if (leaf === undefined || leaf.broken !== undefined) return [];
  const missing = wanted.filter(({ host }) => host !== '' && !leaf.names.some((name) => covers(name, host)));
  const [first] = missing.filter(({ needed }) => needed).concat(missing);
  if (first === undefined) return [];
  const hosts = [...new Set(missing.map(({ host }) => host))];
  const needed = missing.some((one) => one.needed);
  const lines = canSign(evidence, file) ? [...made(evidence, file), RESTART] : [];
  const message = `${nameOf({ file })} is not for ${hosts.join(', ')}`;
  return [
    {
      id: 'certificate-names',
      severity: needed ? 'error' : 'warning',
      message,
      where: [{ file, label: `it is for ${leaf.names.join(', ') || 'no name'}` }],
      notes: missing.map(({ host, by }) => `${by} asks for ${host}`).concat(lines.length === 0 ? [NO_KEY] : []),
      help: [],
      component,
      layer: component,
      verdict: `its certificate is not for ${first.host}, by which ${first.by} asks for it`,
      sure: 'certain',
      now: needed,
      evidence: [...new Set(missing.flatMap((one) => saying(evidence, one.component === 'etcd' ? 'kube-apiserver' : one.component, /certificate is (valid for|not valid for)|doesn't contain any IP SANs/, 1)))].slice(0, 2),
      ...commands(lines),
    },
  ];
}

function covers(name: string, host: string): boolean {
  if (name.toLowerCase() === host.toLowerCase() || sameV6(name, host)) return true;
  return name.startsWith('*.') && host.slice(host.indexOf('.') + 1).toLowerCase() === name.slice(2).toLowerCase() && host.includes('.');
}

/** Two spellings of one IPv6 address, as URL writes it. */
function sameV6(a: string, b: string): boolean {
  return a.includes(':') && b.includes(':') && hostOf(`https://[${a}]`) === hostOf(`https://[${b}]`);
}

/** The first of the range is the service kubernetes. IPv6: not judged. */
function firstAddress(ranges: string): string | undefined {
  const [address = '', bits = ''] = (ranges.split(',')[0] ?? '').split('/');
  const parts = address.split('.').map(Number);
  const length = Number(bits);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part < 256)) || bits === '' || !(length > 0 && length < 32)) return undefined;
  const number = parts.reduce((sum, part) => sum * 256 + part, 0);
  const size = 2 ** (32 - length);
  const first = Math.floor(number / size) * size + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}
