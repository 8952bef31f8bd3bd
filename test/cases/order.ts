/**
 * What is nearer to the root, for two faults at once: disk, clock and address, unit, runtime, the kubelet's configuration and
 * kubeconfig, manifests that are no pod, etcd, API server, controllers. By what a case breaks; the doctor's own order is not asked.
 */
import type { Case } from './case.ts';
import { FLAGS } from './case.ts';

const ORDER: readonly [layer: string, breaks: (of: Case['expect']) => boolean][] = [
  ['host', ({ component }) => component === 'host'],
  // its flags in the environment file are the unit's
  ['unit', ({ component, ids, file }) => component === 'kubelet' && (file === FLAGS || ids.some((id) => UNIT.has(id)))],
  ['runtime', ({ component }) => component === 'runtime'],
  ['kubelet', ({ component }) => component === 'kubelet'],
  // no pod comes of the file, or none of this file
  ['manifests', ({ ids }) => ids.some((id) => MANIFESTS.has(id))],
  ['etcd', ({ component }) => component === 'etcd'],
  ['API server', ({ component }) => component === 'kube-apiserver'],
  ['controllers', ({ component }) => component === 'kube-controller-manager' || component === 'kube-scheduler'],
];
const UNIT: ReadonlySet<string> = new Set(['stopped', 'masked', 'no-program', 'daemon-reload', 'start-limit']);
const MANIFESTS: ReadonlySet<string> = new Set(['invalid-yaml', 'several-documents', 'kind', 'type', 'duplicate-pod', 'broken-link', 'no-manifest', 'missing-directory']);

/** Smaller is nearer to the root; equal: either may be told first. */
export function nearness({ id, expect }: Case): number {
  const at = ORDER.findIndex(([, breaks]) => breaks(expect));
  if (at < 0) throw new Error(`${id} is in no layer`);
  return at;
}
