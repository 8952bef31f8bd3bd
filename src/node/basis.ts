/**
 * What a change relies on without editing it: the kubelet's unit with its drop-ins and environment files, every drop-in of
 * its configuration, kubeadm's patch, and the kubelet's own program. A plan keeps all of it by hash, so that a writer or
 * an upgrade between plan and restart is noticed (transaction/ground.ts).
 */
import type { Host } from '../host/host.ts';
import { INSTANCE_CONFIG } from '../plan/kubeadm/instance-config.ts';
import { mountDropInOf } from '../plan/mount-drop-in.ts';
import { sha256 } from './directory.ts';
import { listDropIns } from './drop-ins.ts';
import { KUBELET_UNIT, type Service } from './service.ts';
import type { Settings } from './settings.ts';

export interface Basis {
  /** Hash of each file, or null where nothing is. */
  files: Record<string, string | null>;
  /** The names in each directory of drop-ins. */
  directories: Record<string, string[] | null>;
  /** The unit and its drop-ins, as systemd has them loaded. */
  unitFiles?: string[];
  program?: Program;
  /** kcfg's own drop-in that makes the kubelet wait for a mount. */
  mountDropIn: { path: string; sha256?: string; directory: boolean };
}
/** A file is another one when size or mtime differ: inodes change with a boot on an overlay, and hashing 70 MB takes 0.2 s. */
export interface Program {
  path: string;
  size: number;
  mtimeNs: string;
}

export async function observeBasis(host: Host, service: Service, { configFile, configDir }: Settings, binary: string | undefined): Promise<Basis> {
  const dropIns = configDir === undefined ? [] : (await listDropIns(host, configDir)).files;
  const directories = new Set(configDir === undefined ? [] : [configDir, ...dropIns.map((path) => path.slice(0, path.lastIndexOf('/')))]);
  const files: Basis['files'] = {};
  for (const path of new Set([configFile, ...dropIns, ...service.sources.map(({ file }) => file), INSTANCE_CONFIG])) {
    // wildcards stand as they are in EnvironmentFile=: no such file, then or later
    const bytes = await host.files.read(path);
    files[path] = bytes === undefined ? null : sha256(bytes);
  }
  const names: Basis['directories'] = {};
  for (const path of directories) names[path] = (await host.files.list(path)) ?? null;
  const program = binary === undefined ? undefined : await observeProgram(host, binary);
  const path = mountDropInOf(KUBELET_UNIT);
  const bytes = await host.files.read(path);
  const directory = (await host.files.info(path.slice(0, path.lastIndexOf('/')))) !== undefined;
  const mountDropIn = { path, ...(bytes === undefined ? {} : { sha256: sha256(bytes) }), directory };
  return { files, directories: names, mountDropIn, ...(host.live ? { unitFiles: [...service.unitFiles] } : {}), ...(program === undefined ? {} : { program }) };
}

/** Undefined where there is none. */
export async function observeProgram(host: Host, path: string): Promise<Program | undefined> {
  const info = await host.files.target(path);
  return info === undefined ? undefined : { path, size: info.size, mtimeNs: info.mtimeNs };
}
