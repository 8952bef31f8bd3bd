/** What one version of a program of a control plane knows: flags, and the names that some of them take. */
import type { KnownFlags } from '../rules/case.ts';

export interface Program {
  /** 'kube-apiserver' */
  name: string;
  /** As the image's tag has it: '1.37.2'. */
  version: string;
  /**
   * False beyond the versions that are known: what is not in here may have been added since, and is no error. What two
   * neighbours of a version between them disagree on is in here, and takes every value.
   */
  exact: boolean;
  flags: KnownFlags;
  /** Flags that other versions have, and this one has not. */
  others: ReadonlySet<string>;
  /** Names of admission plugins. Absent where the program has none, or they are not known for certain. */
  plugins?: ReadonlySet<string>;
  /** Names of controllers, without the old ones. */
  controllers?: ReadonlySet<string>;
  /** Absent for an etcd that has none. */
  gates?: ReadonlyMap<string, Gate>;
  /** Gates that it no longer has → the minor that took them out. */
  gone: ReadonlyMap<string, string>;
}
export interface Gate {
  /** It can only be set to this. */
  locked?: boolean;
}

export const PROGRAMS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export function isProgram(name: string): name is ProgramName {
  return (PROGRAMS as readonly string[]).includes(name);
}

/** Program and version by an image of its own: registry.k8s.io/kube-apiserver:v1.37.2, …/etcd:3.6.8-0, …-amd64:v1.30.4. */
export function programOfImage(image: string): { name: string; version?: string } | undefined {
  const [, name, tag] = /(?:^|\/)([^/:@]+?)(?:-(?:amd64|arm|arm64|ppc64le|s390x))?(?::([^/@]+))?(?:@[^/]+)?$/.exec(image) ?? [];
  if (name === undefined) return undefined;
  const version = /^v?(\d+\.\d+\.\d+)/.exec(tag ?? '')?.[1];
  return { name, ...(version === undefined ? {} : { version }) };
}
