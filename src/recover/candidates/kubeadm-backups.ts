/**
 * What kubeadm's upgrades left below /etc/kubernetes/tmp: the manifests that they replaced, and of upgrades that were cut off, those
 * that they would have installed (cmd/kubeadm/app/phases/upgrade/staticpods.go). Of etcd's data there is a copy too; that is nobody's manifest.
 */
import type { Host } from '../../host/host.ts';
import type { Found } from './candidate.ts';
import { unpinnedOf } from './unpinned.ts';

const TMP = '/etc/kubernetes/tmp';
/** kubeadm-backup-manifests-2026-11-27-21-40-03: local time (constants.go CreateTimestampDir). */
const BACKUP = /^kubeadm-backup-manifests-?(?:(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d))?/;
const UPGRADED = /^kubeadm-upgraded-manifests/;

export async function fromKubeadmBackups(host: Host, pod: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const directory of (await host.files.list(TMP).catch(() => undefined)) ?? []) {
    const backup = BACKUP.exec(directory);
    if (backup === null && !UPGRADED.test(directory)) continue;
    for (const name of (await host.files.list(`${TMP}/${directory}`).catch(() => undefined)) ?? []) {
      const path = `${TMP}/${directory}/${name}`;
      const info = await host.files.target(path).catch(() => undefined);
      const bytes = info?.kind === 'file' ? await host.files.read(path).catch(() => undefined) : undefined;
      const text = bytes === undefined ? undefined : unpinnedOf(path, bytes, pod);
      if (text === undefined || info === undefined) continue;
      const changed = new Date(Number(BigInt(info.mtimeNs) / 1_000_000n)).toISOString();
      found.push({
        source: 'kubeadm-backup',
        title: backup === null ? 'of a kubeadm upgrade that was cut off' : 'before the kubeadm upgrade',
        from: path,
        at: timeOf(backup) ?? changed,
        bytes: text,
        doubts: backup === null ? ['it was never installed'] : [],
      });
    }
  }
  return found.sort((a, b) => (a.at < b.at ? 1 : -1));
}

function timeOf(backup: RegExpExecArray | null): string | undefined {
  const [, date, hour, minute, second] = backup ?? [];
  if (date === undefined) return undefined;
  const at = new Date(`${date}T${hour}:${minute}:${second}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
