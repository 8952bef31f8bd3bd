/** The directory that is wanted: what is there now, where it lies, and whether it is the present one by another name. */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { FileInfo, Host, Mount } from '../host/host.ts';
import { observeDirectory } from './directory.ts';
import { observeMountAtBoot, type MountAtBoot } from './mount-at-boot.ts';
import type { Directory } from './observed.ts';

export interface Destination {
  path: string;
  /** lstat of the path; absent when nothing is there. */
  info?: FileInfo;
  /** stat of the path, links followed; absent when nothing is there. */
  target?: FileInfo;
  /** The link goes round in circles. */
  loop: boolean;
  /** An earlier change of kcfg left a link here. */
  bridge?: true;
  /** What it holds, as the kubelet would read it. */
  directory: Directory;
  /** lstat of every existing directory above it, nearest first. */
  above: FileInfo[];
  /** Its parent with every link resolved. Absent when the parent is missing. */
  parentReal?: string;
  mount: Mount;
  /** Of an overlay: the mount that takes what is written. */
  upperMount?: Mount;
  /** Absent: it is on the root filesystem, or on one without which the kubelet does not start anyway. */
  atBoot?: MountAtBoot;
  freeBytes: number;
  /** The mount that holds the present directory: a mount point of its own cannot make way for a link. */
  presentMount?: Mount;
  presentTarget?: FileInfo;
}

/** No static pods are wanted: there is no directory to look at. */
const NOWHERE: Destination = { path: '', loop: false, directory: { path: '', entries: [] }, above: [], mount: { point: '', type: '', readOnly: false, dev: '' }, freeBytes: 0 };

/** `configFile` of the kubelet: without its mount there is no kubelet either. */
export async function observeDestination(host: Host, path: string, present: string, configFile: string): Promise<Destination> {
  const { files } = host;
  if (path === '') return NOWHERE;
  const info = await files.info(path);
  let loop = false;
  let target: FileInfo | undefined;
  try {
    target = info === undefined ? undefined : await files.target(path);
  } catch (error) {
    if (!(error instanceof KcfgError) || error.code !== 'link-loop') throw error;
    loop = true;
  }
  const above: FileInfo[] = [];
  for (let dir = posix.dirname(path); ; dir = posix.dirname(dir)) {
    const found = await files.info(dir);
    if (found !== undefined) above.push(found);
    if (dir === '/') break;
  }
  const parentReal = await files.resolve(posix.dirname(path)).catch(() => undefined);
  const presentTarget = present === '' ? undefined : await files.target(present).catch(() => undefined);
  // A link makes way, or is refused: what counts is where it stands.
  const place = info?.kind === 'link' ? posix.dirname(path) : path;
  const mount = await files.mount(place);
  const own = host.live && mount.point !== '/' && mount.point !== (await files.mount(configFile)).point;
  return {
    path,
    ...(info === undefined ? {} : { info }),
    ...(target === undefined ? {} : { target }),
    loop,
    directory: loop ? { path, entries: [] } : await observeDirectory(host, path),
    above,
    ...(parentReal === undefined ? {} : { parentReal }),
    mount,
    ...(own ? { atBoot: await observeMountAtBoot(host, mount.point, path, parentReal) } : {}),
    ...(own && mount.upper !== undefined ? { upperMount: await files.mount(mount.upper) } : {}),
    freeBytes: await files.free(place),
    ...(presentTarget === undefined ? {} : { presentTarget, presentMount: await files.mount(present) }),
  };
}
