/** A mirror pod becomes the manifest that it was made from. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { manifestOf } from '../../../../src/recover/candidates/mirror-pod.ts';

const written = parse(readFileSync(new URL('../../../fixtures/kubeadm-manifests/1.37.2/first/kube-apiserver.yaml', import.meta.url), 'utf8')) as { metadata: Record<string, unknown>; spec: Record<string, unknown> & { containers: Record<string, unknown>[] }; status: unknown };

/** What kubelet and API server add (seen with kubectl get pod -o yaml on 1.37.2). */
function mirrored(): unknown {
  const { metadata, spec } = structuredClone(written);
  const [container = {}] = spec.containers;
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) Object.assign(container[name] as object, { successThreshold: 1 });
  Object.assign(container, { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      annotations: { ...(metadata.annotations as object), 'kubernetes.io/config.hash': 'a', 'kubernetes.io/config.mirror': 'a', 'kubernetes.io/config.seen': '2026-11-01', 'kubernetes.io/config.source': 'file' },
      name: 'kube-apiserver-cp1',
      creationTimestamp: '2026-11-01T00:00:00Z',
      uid: 'b',
      resourceVersion: '7',
      ownerReferences: [{ kind: 'Node' }],
    },
    spec: {
      ...spec,
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      nodeName: 'cp1',
      preemptionPolicy: 'PreemptLowerPriority',
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      terminationGracePeriodSeconds: 30,
      tolerations: [{ effect: 'NoExecute', operator: 'Exists' }],
    },
    status: { phase: 'Running' },
  };
}

test('what kubelet and API server added goes, and nothing else', () => {
  const { status: _, ...manifest } = written;
  assert.deepEqual(manifestOf(mirrored(), 'kube-apiserver'), manifest);
});

test('what a manifest sets otherwise than the default stays', () => {
  const pod = mirrored() as { spec: Record<string, unknown> };
  Object.assign(pod.spec, { terminationGracePeriodSeconds: 90, tolerations: [{ effect: 'NoExecute', operator: 'Exists' }, { key: 'x', operator: 'Exists' }] });
  const { spec } = manifestOf(pod, 'kube-apiserver') as { spec: Record<string, unknown> };
  assert.deepEqual([spec.terminationGracePeriodSeconds, spec.tolerations], [90, [{ key: 'x', operator: 'Exists' }]]);
});
