/** The name under which a change keeps something beside its place, until it is decided. */
import { posix } from 'node:path';

/** On the same filesystem, and out of the kubelet's sight, as all names with a leading dot (kubelet file.go:161). */
export function hiddenName(path: string, id: string): string {
  return `${posix.dirname(path)}/.${posix.basename(path)}.kcfg-${id}`;
}
