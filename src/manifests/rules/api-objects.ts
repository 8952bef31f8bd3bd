/**
 * References to objects of the API. From 1.34 on the kubelet refuses a static pod that has one (config/common.go:157-164,
 * pkg/api/pod/util.go:1989-2059): it must start without an API server.
 */
import type { FieldPath } from '../../kubelet/field-path.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { type Case, containersOf, fieldName, finding, isMap, itemsAt, valueAt } from './case.ts';
import { removeField } from './mend.ts';

const FIRST_MINOR = 34;
const OF_VOLUMES: Record<string, string> = {
  configMap: 'a ConfigMap',
  secret: 'a Secret',
  csi: 'a CSIDriver',
  glusterfs: 'Endpoints',
  persistentVolumeClaim: 'a PersistentVolumeClaim',
  ephemeral: 'a PersistentVolumeClaim',
  azureFile: 'a Secret',
};
const OF_SOURCES: Record<string, string> = { configMap: 'a ConfigMap', secret: 'a Secret', serviceAccountToken: 'a ServiceAccount', clusterTrustBundle: 'a ClusterTrustBundle', podCertificate: 'a PodCertificateRequest' };

export function apiObjects(subject: Case): Finding[] {
  const minor = Number(/^v?1\.(\d+)/.exec(subject.facts.kubeletVersion ?? '')?.[1] ?? FIRST_MINOR);
  const value = (path: FieldPath): unknown => valueAt(subject.yaml.value, path);
  const named = (path: FieldPath, names: Record<string, string>): [FieldPath, string][] => {
    const map = value(path);
    return isMap(map) ? Object.entries(names).flatMap(([key, what]): [FieldPath, string][] => (map[key] === undefined || map[key] === null ? [] : [[[...path, key], what]])) : [];
  };
  const found: [FieldPath, string][] = [
    ...named(['spec'], { serviceAccountName: 'a ServiceAccount', serviceAccount: 'a ServiceAccount' }),
    ...(['imagePullSecrets', 'resourceClaims'] as const).flatMap((key): [FieldPath, string][] => (itemsAt(subject, ['spec', key]).length > 0 ? [[['spec', key], key === 'imagePullSecrets' ? 'a Secret' : 'a ResourceClaim']] : [])),
    ...itemsAt(subject, ['spec', 'volumes']).flatMap((path) => [
      ...named(path, OF_VOLUMES),
      ...itemsAt(subject, [...path, 'projected', 'sources']).flatMap((source) => named(source, OF_SOURCES)),
    ]),
    ...containersOf(subject).flatMap(({ path }) => [
      ...itemsAt(subject, [...path, 'env']).flatMap((env) => named([...env, 'valueFrom'], { secretKeyRef: 'a Secret', configMapKeyRef: 'a ConfigMap' })),
      ...itemsAt(subject, [...path, 'envFrom']).flatMap((from) => named(from, { secretRef: 'a Secret', configMapRef: 'a ConfigMap' })),
    ]),
  ].filter(([path]) => value(path) !== '');
  return found.map(([path, what]) =>
    finding(subject, {
      id: 'api-object',
      path,
      what: 'key',
      severity: minor >= FIRST_MINOR ? 'error' : 'warning',
      message: `${fieldName(path)} refers to ${what}, and a static pod may not refer to objects of the API`,
      notes: [minor >= FIRST_MINOR ? 'the kubelet takes no pod from such a file: it must start without an API server' : 'kubelets from 1.34 on take no pod from such a file'],
      help: path.length === 2 ? [] : ['use a file of the node, by a hostPath volume'],
      // a static pod has no token of it either way
      edits: path.at(-1) === 'serviceAccountName' || path.at(-1) === 'serviceAccount' ? removeField(subject.yaml, path) : undefined,
    }),
  );
}
