/** What kubeadm will find on this node: its own directory, and what patches the config.yaml that it writes. Read only. */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { readConfig } from '../kubelet/document.ts';
import { INSTANCE_CONFIG, KUBEADM_DIRECTORY } from '../plan/kubeadm/instance-config.ts';

export interface KubeadmFiles {
  /** At /etc/kubernetes/manifests. */
  directory: {
    kind: 'missing' | 'link' | 'directory' | 'other';
    /** Where the link says that it leads. */
    target?: string;
    /** The directory in force lies behind it. */
    inForce: boolean;
    /** Names of what it holds, hidden ones left out. */
    names: string[];
  };
  /** instance-config.yaml, where it is there and can be read. */
  instanceConfig?: { path?: string; line?: number; endpoint: boolean };
  /** ISO time at which the last kubeadm upgrade began to replace manifests here, by the copies that it leaves of those before: also of one that failed. */
  upgradedAt?: string;
}

/** `present`: the directory in force; '' for none. */
export async function observeKubeadm(host: Host, present: string): Promise<KubeadmFiles> {
  const { files } = host;
  const info = await files.info(KUBEADM_DIRECTORY);
  const [own, inForce] = [await stat(host, KUBEADM_DIRECTORY), present === '' ? undefined : await stat(host, present)];
  const names = own?.kind === 'directory' ? ((await files.list(KUBEADM_DIRECTORY)) ?? []) : [];
  const kind = info === undefined ? 'missing' : info.kind === 'link' || info.kind === 'directory' ? info.kind : 'other';
  const upgradedAt = await lastUpgrade(host);
  const instanceConfig = await readInstanceConfig(host);
  return {
    directory: {
      kind,
      ...(info?.target === undefined ? {} : { target: info.target }),
      inForce: own !== undefined && inForce !== undefined && own.dev === inForce.dev && own.ino === inForce.ino,
      names: names.filter((name) => !name.startsWith('.')),
    },
    ...(instanceConfig === undefined ? {} : { instanceConfig }),
    ...(upgradedAt === undefined ? {} : { upgradedAt }),
  };
}

/** Links followed; undefined for nothing, and for links in a circle. */
function stat(host: Host, path: string): ReturnType<Host['files']['target']> {
  return host.files.target(path).catch(() => undefined);
}

/** kubeadm-backup-manifests-2026-11-27-21-40-03, local time (kubeadm constants.go, CreateTimestampDirForKubeadm). */
async function lastUpgrade(host: Host): Promise<string | undefined> {
  const names = (await host.files.list('/etc/kubernetes/tmp').catch(() => undefined)) ?? [];
  const times = names.flatMap((name) => {
    const [, date, hour, minute, second] = /^kubeadm-backup-manifests-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)$/.exec(name) ?? [];
    const at = new Date(`${date}T${hour}:${minute}:${second}`);
    return Number.isNaN(at.getTime()) ? [] : [at.toISOString()];
  });
  return times.sort().at(-1);
}

async function readInstanceConfig(host: Host): Promise<KubeadmFiles['instanceConfig']> {
  const bytes = await host.files.read(INSTANCE_CONFIG);
  if (bytes === undefined) return undefined;
  try {
    const document = readConfig(INSTANCE_CONFIG, bytes);
    const field = document.get('staticPodPath');
    const endpoint = document.get('containerRuntimeEndpoint')?.value;
    return { ...(typeof field?.value === 'string' ? { path: field.value, line: field.line } : {}), endpoint: typeof endpoint === 'string' && endpoint !== '' };
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}
