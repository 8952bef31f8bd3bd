/**
 * The part of a kubeconfig that kcfg needs to ask an API server: address, CA, client certificate.
 * Read at each use: the kubelet rotates its client certificate (kubelet-client-current.pem holds both parts).
 */
import { parse } from 'yaml';
import type { Host } from '../host/host.ts';

export interface Credentials {
  server: string;
  ca: string[];
  cert?: string;
  key?: string;
}

type Named<K extends string, T> = { name: string } & Record<K, T>;
interface KubeconfigFile {
  'current-context'?: string;
  contexts?: Named<'context', { cluster: string; user: string }>[];
  clusters?: Named<'cluster', { server: string; 'certificate-authority'?: string; 'certificate-authority-data'?: string }>[];
  users?: Named<
    'user',
    { 'client-certificate'?: string; 'client-certificate-data'?: string; 'client-key'?: string; 'client-key-data'?: string }
  >[];
}

/** Undefined where the file is missing or names no cluster. */
export async function readKubeconfig(host: Host, path: string): Promise<Credentials | undefined> {
  const bytes = await host.files.read(path);
  if (bytes === undefined) return undefined;
  let file: KubeconfigFile | null;
  try {
    file = parse(bytes.toString('utf8')) as KubeconfigFile | null;
  } catch {
    return undefined;
  }
  const context = file?.contexts?.find((c) => c.name === file?.['current-context'])?.context ?? file?.contexts?.[0]?.context;
  const cluster = (file?.clusters?.find((c) => c.name === context?.cluster) ?? file?.clusters?.[0])?.cluster;
  if (cluster === undefined) return undefined;
  const user = (file?.users?.find((u) => u.name === context?.user) ?? file?.users?.[0])?.user ?? {};
  const pem = async (data: string | undefined, from: string | undefined): Promise<string | undefined> =>
    data !== undefined
      ? Buffer.from(data, 'base64').toString('utf8')
      : from !== undefined
        ? (await host.files.read(from))?.toString('utf8')
        : undefined;
  const ca = await pem(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const cert = await pem(user['client-certificate-data'], user['client-certificate']);
  const key = await pem(user['client-key-data'], user['client-key']);
  return {
    server: cluster.server,
    ca: ca === undefined ? [] : [ca],
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
