/** Lines for etcd's own tools. kcfg edits none of its data: a copy comes first, and a person types the rest. */
import type { Evidence } from '../evidence.ts';
import { programOf } from './programs.ts';

const DIRECTORY = '/var/lib/etcd';

export function dataDirectory({ etcd }: Evidence): string {
  return etcd?.hostDirectory ?? DIRECTORY;
}

/** `cp -a` follows no link and keeps owners, modes and times. */
export function copyFirst(evidence: Evidence): string {
  const directory = dataDirectory(evidence);
  return `cp -a ${directory} ${directory}.before`;
}

/** With the certificates that kubeadm gives the health check, else the server's own. */
export function etcdctl(evidence: Evidence, words: string): string {
  const flags = programOf(evidence, 'etcd')?.flags;
  const endpoint = (flags?.get('listen-client-urls') ?? '').split(',')[0] || 'https://127.0.0.1:2379';
  const pki = '/etc/kubernetes/pki/etcd';
  const tls = [['cacert', flags?.get('trusted-ca-file') ?? `${pki}/ca.crt`], ['cert', flags?.get('cert-file') ?? `${pki}/server.crt`], ['key', flags?.get('key-file') ?? `${pki}/server.key`]];
  return `etcdctl --endpoints=${endpoint} ${tls.map(([name, file]) => `--${name}=${file}`).join(' ')} ${words}`;
}

/** A snapshot into a directory beside the data, with the identity that the manifest gives this member. */
export function restore(evidence: Evidence): string {
  const flags = programOf(evidence, 'etcd')?.flags;
  const own = ['name', 'initial-cluster', 'initial-advertise-peer-urls'].flatMap((name) => (flags?.get(name) === undefined ? [] : [` --${name}=${flags.get(name)}`]));
  return `etcdutl snapshot restore SNAPSHOT --data-dir=${dataDirectory(evidence)}.restored${own.join('')}`;
}

export function severalMembers(evidence: Evidence): boolean {
  return (evidence.etcd?.members ?? 1) > 1 || (programOf(evidence, 'etcd')?.flags.get('initial-cluster') ?? '').includes(',');
}
