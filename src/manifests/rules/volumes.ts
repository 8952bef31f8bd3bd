/** Volumes and their mounts: what the kubelet asks of a hostPath before it starts a container (hostpath.go, checkType), and names. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { type Case, containersOf, type FileKind, finding, itemsAt, textAt } from './case.ts';
import { replaceValue } from './mend.ts';
import { hostPathType, mountsOf } from './mounts.ts';
import { nearest } from '../../nearest.ts';

/** The type → what must be there; `OrCreate` makes it where nothing is. */
const WANTED: Record<string, { kind: FileKind; makes: boolean }> = {
  Directory: { kind: 'directory', makes: false },
  DirectoryOrCreate: { kind: 'directory', makes: true },
  File: { kind: 'file', makes: false },
  FileOrCreate: { kind: 'file', makes: true },
  Socket: { kind: 'socket or device', makes: false },
  CharDevice: { kind: 'socket or device', makes: false },
  BlockDevice: { kind: 'socket or device', makes: false },
};

export function hostPaths(subject: Case): string[] {
  return itemsAt(subject, ['spec', 'volumes']).flatMap((path) => textAt(subject, [...path, 'hostPath', 'path'])?.replace(/(.)\/+$/, '$1') ?? []);
}

export function volumes(subject: Case): Finding[] {
  const paths = itemsAt(subject, ['spec', 'volumes']);
  const names = paths.map((path) => textAt(subject, [...path, 'name']) ?? '');
  const containers = containersOf(subject);
  const used = new Set<string>();
  const found: Finding[] = [];
  for (const container of containers) {
    for (const { path, volume } of mountsOf(subject, container)) {
      used.add(volume);
      if (names.includes(volume)) continue;
      // one that this container does not mount yet is meant
      const others = new Set(mountsOf(subject, container).map((mount) => mount.volume));
      const near = nearest(volume, names.filter((name) => !others.has(name))) ?? nearest(volume, names);
      found.push(finding(subject, { id: 'mount', path: [...path, 'name'], message: `there is no volume ${volume}`, ...(near === undefined ? {} : { label: `did you mean ${near}?` }), notes: ['the kubelet takes no pod from the file'], edits: near === undefined ? undefined : replaceValue(subject.yaml, [...path, 'name'], near) }));
    }
    for (const device of itemsAt(subject, [...container.path, 'volumeDevices'])) used.add(textAt(subject, [...device, 'name']) ?? '');
  }
  for (const [index, path] of paths.entries()) {
    const name = names[index] ?? '';
    if (name !== '' && !used.has(name)) found.push(finding(subject, { id: 'unused-volume', severity: 'warning', path: [...path, 'name'], message: `no container mounts the volume ${name}` }));
    found.push(...hostPath(subject, path));
  }
  return found;
}

function hostPath(subject: Case, path: ReturnType<typeof itemsAt>[number]): Finding[] {
  const host = textAt(subject, [...path, 'hostPath', 'path'])?.replace(/(.)\/+$/, '$1');
  const type = hostPathType(subject, path);
  if (host === undefined || type === '') return [];
  const wanted = WANTED[type];
  const place = [...path, 'hostPath', 'type'];
  const near = nearest(type, Object.keys(WANTED));
  if (wanted === undefined) return [finding(subject, { id: 'host-path', path: place, message: `there is no type ${type} of a hostPath`, notes: ['the kubelet takes no pod from the file'], help: [`there are: ${Object.keys(WANTED).join(', ')}`], edits: near === undefined ? undefined : replaceValue(subject.yaml, place, near) })];
  const there = subject.facts.files?.get(host);
  if (there === undefined || there === wanted.kind || (there === null && wanted.makes)) return [];
  const message = there === null ? `there is no ${host} on this node, and type ${type} asks for one` : `${host} is a ${there} on this node, and type ${type} asks for a ${wanted.kind}`;
  return [finding(subject, { id: 'host-path', path: [...path, 'hostPath', 'path'], message, notes: ['the kubelet starts no container of the pod'] })];
}
