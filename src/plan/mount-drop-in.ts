/**
 * The drop-in that makes the kubelet wait for the mount of its static pods: RequiresMountsFor= adds Requires= and After= for
 * the mounts of a path (systemd.unit(5)). Without it a mount that is late or missing means a kubelet without static pods,
 * and no word of it. It is written last, once all is proven: a change that goes back has never held up a kubelet.
 */
import type { Destination } from '../node/destination.ts';
import type { Basis } from '../node/basis.ts';
import { hash } from './copy-manifests.ts';
import type { StepOf } from './step.ts';

export function mountDropInOf(unit: string): string {
  return `/etc/systemd/system/${unit}.d/20-kcfg-static-pods.conf`;
}

export function mountDropIn(id: string, [path = '', ...links]: readonly string[]): string {
  return `# Written by kcfg, change ${id}: the static pods of this node are on a mount of its own.
# A directory that is missing when the kubelet starts means no static pods at all.
[Unit]
RequiresMountsFor=${[path, ...links].map(settingWord).join(' ')}
`;
}

/** One word of a setting that takes paths (systemd.syntax(7)): `%` is a specifier there, `$` is nothing special. */
export function settingWord(word: string): string {
  const escaped = word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%');
  return /[\s"'\\;]/.test(word) ? `"${escaped}"` : escaped;
}

/** Undefined: there is one as it should be, or none and none is needed. */
export function requireMount(id: string, present: Basis['mountDropIn'], destination: Pick<Destination, 'atBoot' | 'mount'> | undefined): StepOf<'require-mount'> | undefined {
  const { path, sha256, directory } = present;
  const before = sha256 === undefined ? {} : { sha256 };
  const atBoot = destination?.atBoot;
  if (destination === undefined || atBoot === undefined) return sha256 === undefined ? undefined : { kind: 'require-mount', path, ...before };
  const result = hash(Buffer.from(mountDropIn(id, atBoot.paths)));
  return { kind: 'require-mount', path, ...before, ...(directory ? {} : { makes: true as const }), needs: { mount: destination.mount.point, paths: atBoot.paths, result } };
}
