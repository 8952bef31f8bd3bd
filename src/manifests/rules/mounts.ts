/** From a path in a container to the path on the node, through its mounts. */
import type { FieldPath } from '../../kubelet/field-path.ts';
import { type Case, type Container, itemsAt, textAt, valueAt } from './case.ts';

export interface Mount {
  path: FieldPath;
  volume: string;
  mountPath: string;
  /** Where on the node, for a hostPath; absent for other volumes, and for volumes that there are not. */
  host?: string;
}

export function mountsOf(subject: Case, container: Container): Mount[] {
  return itemsAt(subject, [...container.path, 'volumeMounts']).flatMap((path) => {
    const [volume, mountPath] = [textAt(subject, [...path, 'name']), textAt(subject, [...path, 'mountPath'])];
    if (volume === undefined || mountPath === undefined) return [];
    const host = hostPathOf(subject, volume);
    const sub = textAt(subject, [...path, 'subPath']);
    return [{ path, volume, mountPath: trimmed(mountPath), ...(host === undefined ? {} : { host: trimmed(sub === undefined ? host : `${host}/${sub}`) }) }];
  });
}

export function volumePath(subject: Case, name: string): FieldPath | undefined {
  return itemsAt(subject, ['spec', 'volumes']).find((path) => textAt(subject, [...path, 'name']) === name);
}

function hostPathOf(subject: Case, volume: string): string | undefined {
  const path = volumePath(subject, volume);
  return path === undefined ? undefined : textAt(subject, [...path, 'hostPath', 'path']);
}

/** The mount that holds the path: of several the deepest. */
export function holderOf(mounts: readonly Mount[], path: string): Mount | undefined {
  const holders = mounts.filter(({ mountPath }) => path === mountPath || path.startsWith(mountPath === '/' ? '/' : `${mountPath}/`));
  return holders.sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
}

/** Undefined where the volume is none of the node. */
export function onHost({ mountPath, host }: Mount, path: string): string | undefined {
  if (host === undefined) return undefined;
  const rest = path.slice(mountPath === '/' ? 0 : mountPath.length);
  return host === '/' ? rest || '/' : `${host}${rest}`;
}

/** The type of a hostPath volume, '' where it asks for nothing. */
export function hostPathType(subject: Case, path: FieldPath): string {
  const type = valueAt(subject.yaml.value, [...path, 'hostPath', 'type']);
  return typeof type === 'string' ? type : '';
}

function trimmed(path: string): string {
  return path.replace(/(.)\/+$/, '$1').replaceAll(/\/{2,}/g, '/');
}
