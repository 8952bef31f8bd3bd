/** The probes of a manifest, asked in a network as the kubelet asks them: any status from 200 up to 399 is an answer (probe/http/http.go). */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ADDRESS, type FuzzNode } from './node.ts';
import type { Probe } from './parser.ts';

/** The first that is not answered, in words. */
export async function answers(namespace: string, probes: readonly Probe[]): Promise<string | undefined> {
  for (const { scheme, host, port, path } of probes) {
    if (port === 0) return 'its port has a name that no port of the container has';
    const url = `${scheme}://${host === '' ? ADDRESS : host.includes(':') ? `[${host}]` : host}:${port}${path.startsWith('/') ? '' : '/'}${path}`;
    const status = Number(await curl(namespace, ['-o', '/dev/null', '-w', '%{http_code}', url]));
    if (!(status >= 200 && status < 400)) return `${url}: ${status || 'no answer'}`;
  }
  return undefined;
}

/**
 * What stands on it is served: the API server's look at etcd with its own certificate, and the controller manager's at the
 * API server, without which it ends (the configmap of requestheader authentication).
 */
export async function serves(node: FuzzNode, namespace: string, program: string): Promise<string | undefined> {
  const pki = `${node.files}/etc/kubernetes/pki`;
  if (program === 'etcd') {
    const status = await curl(namespace, ['-o', '/dev/null', '-w', '%{http_code}', '--cacert', `${pki}/etcd/ca.crt`, '--cert', `${pki}/apiserver-etcd-client.crt`, '--key', `${pki}/apiserver-etcd-client.key`, 'https://127.0.0.1:2379/health'], false);
    return status === '200' ? undefined : `the API server gets no answer of it: ${status}`;
  }
  if (program !== 'kube-apiserver') return undefined;
  const { certificate, key } = clientOf(node, 'controller-manager');
  const status = await curl(namespace, ['-o', '/dev/null', '-w', '%{http_code}', '--cacert', `${pki}/ca.crt`, '--cert', certificate, '--key', key, `https://${ADDRESS}:6443/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication`], false);
  return status === '200' ? undefined : `the controller manager gets no answer of it: ${status}`;
}

/** Of a kubeconfig, as files. */
function clientOf(node: FuzzNode, name: string): { certificate: string; key: string } {
  const text = readFileSync(`${node.files}/etc/kubernetes/${name}.conf`, 'utf8');
  const part = (what: string): string => {
    const file = `${node.scratch}/${name}.${what}`;
    if (!existsSync(file)) writeFileSync(file, Buffer.from(new RegExp(`client-${what}-data: (\\S+)`).exec(text)?.[1] ?? '', 'base64'), { mode: 0o600 });
    return file;
  };
  return { certificate: part('certificate'), key: part('key') };
}

/** Nobody leads: who was killed holds its lease for 15 s more. */
export async function freeLease(node: FuzzNode, name: string): Promise<void> {
  const { certificate, key } = clientOf(node, 'super-admin');
  await curl(node.networks.cluster, ['--cert', certificate, '--key', key, '-X', 'DELETE', `https://${ADDRESS}:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`]);
}

function curl(namespace: string, args: readonly string[], trusting = true): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('ip', ['netns', 'exec', namespace, 'curl', trusting ? '-sk' : '-s', '--globoff', '--path-as-is', '--noproxy', '*', '--max-time', '5', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString();
    });
    child.once('error', () => resolve('')).once('close', () => resolve(said));
  });
}
