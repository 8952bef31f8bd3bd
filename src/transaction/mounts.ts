/**
 * Mounts that a change has to do with: the drop-in that makes the kubelet wait for one, and recovery's own need of them.
 * At boot recovery starts them itself, before it touches a file. One that does not come does not keep it from putting
 * the configuration back, which is elsewhere; what lies on the mount is left for a person, and never done below its empty
 * mount point.
 */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { sha256 } from '../node/directory.ts';
import { liesOn, mountUnit } from '../node/mount-at-boot.ts';
import { mountDropIn } from '../plan/mount-drop-in.ts';
import type { Plan } from '../plan/plan.ts';
import type { Executors } from './execute.ts';
import { changedMeanwhile } from './ground.ts';
import { savedPath, setAside } from './saved.ts';
import { ownedBy } from './store.ts';

/** All mounts together: kcfg-recover.service has 60 s for everything (units.ts). */
const START_TIMEOUT_MS = 30_000;

export const REQUIRE_MOUNT: Executors['require-mount'] = {
  async do({ host, plan }, { path, sha256: before, makes, needs }) {
    const bytes = await host.files.read(path);
    const now = bytes === undefined ? undefined : sha256(bytes);
    // done already, by a change that was cut off right after
    if (now === needs?.result) return;
    if (now !== before) throw changedMeanwhile(path);
    if (needs === undefined) return await host.files.remove(path);
    if (makes) await host.files.mkdir(posix.dirname(path), ownedBy(host, { mode: 0o755, uid: 0, gid: 0 }));
    await host.files.write(path, mountDropIn(plan.id, needs.paths), ownedBy(host, { mode: 0o644, uid: 0, gid: 0 }));
  },
  async undo({ host, folder }, { path, sha256: before, makes, needs }) {
    const bytes = await host.files.read(path);
    const now = bytes === undefined ? undefined : sha256(bytes);
    if (now !== undefined && now !== before && now !== needs?.result) await setAside(host, folder, path);
    if (before !== undefined) {
      if (now !== before) await host.files.copy(savedPath(folder, path), path);
      return;
    }
    await host.files.remove(path);
    const directory = posix.dirname(path);
    if (makes && (await host.files.list(directory))?.length === 0) await host.files.remove(directory);
  },
};

/** At boot: each mount of the change, as `systemctl start` would. What does not come is told where it is missed. */
export async function startMounts(host: Host, plan: Plan | undefined): Promise<void> {
  const points = new Set(Object.values(plan?.ground.mounts ?? {}));
  await Promise.all([...points].map((point) => host.systemd.job('start', mountUnit(point), { timeout: START_TIMEOUT_MS }).catch(() => undefined)));
}

/** Throws where the mount that had the directory is gone. */
export async function needMounted(host: Host, { ground }: Plan, directory: string): Promise<void> {
  const point = ground.mounts?.[directory];
  if (point === undefined || (await liesOn(host, directory, point))) return;
  throw new KcfgError('io', `${point} is not mounted`, { where: [{ file: directory }], help: ['mount it, and see why it was not there:', `  systemctl status '${mountUnit(point)}'`] });
}
