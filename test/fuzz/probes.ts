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

/** Nobody leads: who was killed holds its lease for 15 s more. */
export async function freeLease(node: FuzzNode, name: string): Promise<void> {
  const [certificate, key] = ['certificate', 'key'].map((part) => {
    const file = `${node.scratch}/admin.${part}`;
    const text = readFileSync(`${node.files}/etc/kubernetes/super-admin.conf`, 'utf8');
    if (!existsSync(file)) writeFileSync(file, Buffer.from(new RegExp(`client-${part}-data: (\\S+)`).exec(text)?.[1] ?? '', 'base64'), { mode: 0o600 });
    return file;
  });
  await curl(node.networks.cluster, ['--cert', certificate ?? '', '--key', key ?? '', '-X', 'DELETE', `https://${ADDRESS}:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`]);
}

function curl(namespace: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('ip', ['netns', 'exec', namespace, 'curl', '-sk', '--globoff', '--path-as-is', '--noproxy', '*', '--max-time', '5', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      said += data.toString();
    });
    child.once('error', () => resolve('')).once('close', () => resolve(said));
  });
}
