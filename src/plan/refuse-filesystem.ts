/**
 * Refusals of the filesystem that the wanted directory is on. The kubelet takes a directory that is missing or cannot be
 * read for an empty one (filepath.Glob ignores errors; kubelet config/file.go:161): what is not there at boot, or not at all
 * times, costs the static pods.
 */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Destination } from '../node/destination.ts';
import { shellWord } from './shell-word.ts';

/** Filesystems whose content is gone after a boot. */
const VOLATILE = new Set(['tmpfs', 'ramfs', 'devtmpfs', 'hugetlbfs']);
/** Block devices in memory: zram and brd (Documentation/admin-guide/blockdev). */
const IN_MEMORY = /^\/dev\/(zram|ram)\d+$/;
/** Under /run and /tmp nothing is promised to survive a boot either (hier(7), tmpfiles.d(5)). */
const VOLATILE_PATHS = ['/run', '/tmp', '/var/run', '/var/tmp', '/dev', '/proc', '/sys'];
/** A server or a process of its own stands behind these; systemd counts most of them as network mounts (fstype_is_network). */
const REMOTE = /^(nfs4?|cifs|smb3|smbfs|9p|afs|ceph|coda|glusterfs|gfs2?|gpfs|lustre|ncpfs|ncp|ocfs2|orangefs|pvfs2|davfs|virtiofs|fuse|fuse\..*)$/;

export function refuseFilesystem(destination: Destination): KcfgError | undefined {
  const { path, mount, freeBytes } = destination;
  if (mount.readOnly) {
    return new KcfgError('read-only', `${path} is on a read-only filesystem`, { where: [{ file: mount.point, label: `${mount.type}, read-only` }], help: ['choose another directory'] });
  }
  const gone = refuseVolatile(destination) ?? refuseRemote(destination);
  if (gone !== undefined) return gone;
  // Manifests are a few KiB each; below 1 MiB the node has other troubles, and a change could end half-way.
  if (freeBytes < 1024 * 1024) {
    return new KcfgError('no-space', `less than 1 MiB is free on ${mount.point}`, { where: [{ file: mount.point }], help: ['make room there first'] });
  }
  return undefined;
}

function refuseVolatile({ path, mount, upperMount, atBoot, parentReal }: Destination): KcfgError | undefined {
  const notes = ['a directory that is missing when the kubelet starts means no static pods at all'];
  const help = ['choose a directory on disk, for example /etc/kubernetes/static'];
  const real = `${parentReal ?? posix.dirname(path)}/`;
  const under = VOLATILE_PATHS.find((dir) => real.startsWith(`${dir}/`));
  if (under !== undefined) return new KcfgError('volatile-directory', `nothing is kept for good below ${under}`, { where: [{ file: under, label: mount.type }], notes, help });
  // An overlay as the root is fine, whatever is below it: images and containers have one, and what the kubelet itself needs lies there too.
  const upper = upperMount !== undefined && VOLATILE.has(upperMount.type) ? `overlay, written to ${upperMount.type}` : undefined;
  const memory = VOLATILE.has(mount.type) || upper !== undefined || IN_MEMORY.test(mount.source ?? '');
  if (memory) return new KcfgError('volatile-directory', `${path} does not survive a reboot`, { where: [{ file: mount.point, label: upper ?? (mount.source?.startsWith('/dev/') ? `${mount.type} on ${mount.source}` : mount.type) }], notes, help });
  if (atBoot === undefined || atBoot.by !== undefined) return undefined;
  return new KcfgError('volatile-directory', `${mount.point} is not mounted at boot`, {
    where: [{ file: mount.point, label: `${mount.type}${mount.source === undefined ? '' : ` on ${mount.source}`}, mounted by hand` }],
    notes: ['neither /etc/fstab nor a unit file mounts it', ...notes],
    help: ['write it into /etc/fstab, or choose a directory on the root filesystem; what it is now:', `  findmnt ${shellWord(mount.point)}`],
  });
}

/** As the root it carries the whole node: nothing is worse for this directory than for all the rest. */
function refuseRemote({ path, mount }: Destination): KcfgError | undefined {
  if (mount.point === '/' || !REMOTE.test(mount.type)) return undefined;
  const fuse = mount.type.startsWith('fuse');
  return new KcfgError('network-filesystem', `${path} is on a filesystem that ${fuse ? 'a process serves' : 'another machine serves'}`, {
    where: [{ file: mount.point, label: `${mount.type}${mount.source === undefined ? '' : ` on ${mount.source}`}` }],
    notes: [`the kubelet takes a directory that it cannot read for an empty one: when ${fuse ? 'that process' : 'the server or the network'} is away for 20 s, it stops every static pod`],
    help: ['choose a directory on a disk of this node, for example /etc/kubernetes/static'],
  });
}
