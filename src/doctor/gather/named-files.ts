/** Files that manifests name by flags which are of certificates, keys and kubeconfigs: kubeadm's are elsewhere, as others put them. */
import { parseFlags } from '../../kubelet/flags.ts';
import type { EntryFacts } from '../evidence.ts';

const NAMES = /(cert|key|ca|kubeconfig|certificate|authority)(-file)?$/;
/** Named alike, and no files: --tls-cert-file is one, --cert-dir is none. */
const NONE = /^(etcd-prefix|.*-dir)$/;

export function namedFiles(entries: readonly Pick<EntryFacts, 'containers'>[]): string[] {
  const found = entries.flatMap(({ containers }) => containers.flatMap(({ command }) => [...parseFlags(command.slice(1))]));
  return [...new Set(found.flatMap(([name, value]) => (value.startsWith('/') && NAMES.test(name.replace(/cafile$/, 'ca-file').replace(/(cert|key)file$/, '$1-file')) && !NONE.test(name) ? [value] : [])))];
}

/** Of those, the ones that lead to an API server. */
export function namedKubeconfigs(entries: readonly Pick<EntryFacts, 'containers'>[]): string[] {
  return [...new Set(entries.flatMap(({ containers }) => containers.flatMap(({ command }) => parseFlags(command.slice(1)).get('kubeconfig') ?? [])))];
}
