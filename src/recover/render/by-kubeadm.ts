/**
 * Manifests rendered by the node's own kubeadm, without network and without API server, in some 0.1 s: `init phase … --dry-run`
 * writes them below KUBEADM_INIT_DRYRUN_DIR (cmd/init.go of 1.30, constants.go GetDryRunDir of 1.34 and later) and nothing else.
 * Nothing below /etc/kubernetes is written; the scratch directory goes afterwards.
 */
import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import { ownedBy } from '../../transaction/store.ts';
import { kubeadmConfig } from './kubeadm-config.ts';
import { COMPONENTS, type Parameters } from './parameters.ts';

const SCRATCH = '/run/kcfg/render';
const PLACES = ['/usr/bin/kubeadm', '/usr/local/bin/kubeadm', '/opt/bin/kubeadm'] as const;
const TIMEOUT_MS = 20_000;
const PRIVATE = { mode: 0o700, uid: 0, gid: 0 };

/** By file name; or why kubeadm did not render them. */
export async function byKubeadm(host: Host, parameters: Parameters): Promise<Map<string, Buffer> | string> {
  if (!host.live) return 'no program runs from a tree';
  const program = await findKubeadm(host);
  if (program === undefined) return 'there is no kubeadm on this node';
  const version = await host.run([program, 'version', '-o', 'short'], { timeout: TIMEOUT_MS });
  if (version.exitCode !== 0) return `kubeadm does not run: ${lastLine(version.stderr)}`;
  const scratch = `${SCRATCH}/${randomUUID()}`;
  try {
    for (const path of [posix.dirname(SCRATCH), SCRATCH, scratch, `${scratch}/out`]) await host.files.mkdir(path, ownedBy(host, PRIVATE));
    const config = `${scratch}/kubeadm.yaml`;
    await host.files.write(config, kubeadmConfig(parameters, version.stdout.trim()), ownedBy(host, { ...PRIVATE, mode: 0o600 }));
    for (const phase of [['control-plane', 'all'], ['etcd', 'local']]) {
      const { exitCode, stderr } = await host.run([program, 'init', 'phase', ...phase, '--config', config, '--dry-run'], { timeout: TIMEOUT_MS, cwd: '/', env: { KUBEADM_INIT_DRYRUN_DIR: `${scratch}/out` } });
      if (exitCode !== 0) return `kubeadm refuses: ${lastLine(stderr)}`;
    }
    const found = await manifestsBelow(host, `${scratch}/out`);
    const missing = COMPONENTS.filter((name) => !found.has(`${name}.yaml`));
    return missing.length === 0 ? found : `kubeadm rendered no ${missing.join(', ')}`;
  } finally {
    await clear(host, scratch).catch(() => undefined);
  }
}

async function findKubeadm(host: Host): Promise<string | undefined> {
  for (const path of PLACES) if ((await host.files.target(path).catch(() => undefined))?.kind === 'file') return path;
  return undefined;
}

/** kubeadm 1.30 makes tmp/kubeadm-init-dryrunN for each phase there, 1.34 and later take the directory itself. */
async function manifestsBelow(host: Host, directory: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const name of (await host.files.list(directory)) ?? []) {
    const path = `${directory}/${name}`;
    if ((await host.files.info(path))?.kind === 'directory') for (const [file, bytes] of await manifestsBelow(host, path)) found.set(file, bytes);
    else if (name.endsWith('.yaml')) found.set(name, (await host.files.read(path)) ?? Buffer.alloc(0));
  }
  return found;
}

async function clear(host: Host, path: string): Promise<void> {
  if ((await host.files.info(path))?.kind === 'directory') for (const name of (await host.files.list(path)) ?? []) await clear(host, `${path}/${name}`);
  await host.files.remove(path);
}

function lastLine(text: string): string {
  return text.trim().split('\n').filter((line) => !line.startsWith('To see the stack trace')).at(-1)?.trim() ?? '';
}
