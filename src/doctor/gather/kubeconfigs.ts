/** The kubeconfigs of a node: where each leads, as whom, and what it names. Its certificates are certificates.ts's. */
import { posix } from 'node:path';
import { KcfgError } from '../../errors.ts';
import type { Host } from '../../host/host.ts';
import type { Kubeconfig } from '../pki/evidence.ts';
import { type KubeconfigText, readKubeconfigText } from './kubeconfig-text.ts';

/** kubeadm's, and kubectl's of root. */
export const KUBECONFIGS: readonly string[] = [
  ...['admin', 'super-admin', 'controller-manager', 'scheduler', 'kubelet'].map((name) => `/etc/kubernetes/${name}.conf`),
  '/root/.kube/config',
];
const LARGEST = 1024 * 1024;

/** Those that are there, and those of `files` that are not. */
export async function gatherKubeconfigs(host: Host, files: readonly string[]): Promise<Kubeconfig[]> {
  const wanted = new Set(files);
  const all = await Promise.all([...new Set([...KUBECONFIGS, ...files])].map(async (file) => (await openKubeconfig(host, file)).facts));
  return all.filter(({ file, there }) => there || wanted.has(file));
}

export async function openKubeconfig(host: Host, file: string): Promise<KubeconfigText> {
  try {
    const info = await host.files.target(file);
    if (info === undefined) {
      const link = await host.files.info(file);
      return { facts: { file, there: false, ...(link?.target === undefined ? {} : { problem: `it is a link to ${link.target}, which is not there` }) }, values: {} };
    }
    const changedAt = new Date(Number(BigInt(info.mtimeNs) / 1_000_000n)).toISOString();
    const problem = info.kind === 'file' ? (info.size > LARGEST ? 'it is larger than 1 MiB' : undefined) : `it is a ${info.kind === 'directory' ? 'directory' : 'device or socket'}`;
    if (problem !== undefined) return { facts: { file, there: true, changedAt, problem }, values: {} };
    const read = readKubeconfigText(file, (await host.files.read(file)) ?? Buffer.alloc(0));
    const { clientCertificate, clientKey, authority } = read.facts;
    // a file that is named without a leading slash is beside the kubeconfig (client-go clientcmd/loader.go, ResolveLocalPaths)
    const near = (path: string | undefined): string | undefined => path && posix.resolve(posix.dirname(file), path);
    return {
      values: read.values,
      facts: {
        ...read.facts,
        changedAt,
        ...(clientCertificate === undefined ? {} : { clientCertificate: near(clientCertificate) ?? '' }),
        ...(clientKey === undefined ? {} : { clientKey: near(clientKey) ?? '' }),
        ...(authority === undefined ? {} : { authority: near(authority) ?? '' }),
      },
    };
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    return { facts: { file, there: true, problem: error.message }, values: {} };
  }
}
