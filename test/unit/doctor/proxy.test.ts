/** A proxy in the environment of a component: what its log says, and NO_PROXY behind it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxiesOf } from '../../../src/doctor/gather/proxies.ts';
import { diagnose } from '../../../src/doctor/diagnose.ts';
import type { Evidence } from '../../../src/doctor/evidence.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { readManifestText } from '../../../src/manifests/rules/judge-manifest.ts';
import { DIRECTORY, healthy } from './healthy.ts';

const MANAGER = `${DIRECTORY}/kube-controller-manager.yaml`;
const TEXT = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: kube-controller-manager\nspec:\n  containers:\n  - name: kube-controller-manager\n    env:\n    - name: HTTPS_PROXY\n      value: http://user:secret@10.0.0.9:3128\n    image: manager\n';
/** As a real controller manager of 1.37.2 says it. */
const REFUSED = 'E1128 06:06:41.206100       1 leaderelection.go:473] "Error retrieving lease lock" err="Get \\"https://10.0.0.1:6443/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-controller-manager?timeout=5s\\": proxyconnect tcp: dial tcp 10.0.0.9:3128: connect: no route to host" lock="kube-system/kube-controller-manager"';

function behind(log: string[], text = TEXT): Evidence {
  const evidence = healthy();
  evidence.unit?.argv.push('--kubeconfig=/etc/kubernetes/kubelet.conf');
  const yaml = readManifestText(MANAGER, Buffer.from(text));
  if ('id' in yaml) assert.fail(yaml.message);
  const entry = evidence.directory.entries.find(({ path }) => path === MANAGER) ?? assert.fail('no manager');
  Object.assign(entry, proxiesOf(yaml));
  entry.containers = [{ name: 'kube-controller-manager', image: 'manager', command: ['kube-controller-manager', '--cluster-cidr=10.244.0.0/16', '--service-cluster-ip-range=10.96.0.0/12'] }];
  evidence.kubeconfigs = [{ file: '/etc/kubernetes/kubelet.conf', there: true, server: 'https://cluster.example:6443' }];
  for (const { name, containers } of evidence.pods) if (name === 'kube-controller-manager' && containers[0] !== undefined) containers[0].log = log;
  return evidence;
}

test('it runs and answers, and its log says that the proxy does not: NO_PROXY is written behind the proxy', () => {
  const [found] = diagnose(behind([REFUSED])).causes;
  assert.deepEqual([found?.id, found?.component, found?.sure, found?.where[0]?.line], ['proxy', 'kube-controller-manager', 'certain', 9]);
  const edits = found?.fix?.kind === 'edit' ? found.fix.edits : assert.fail('no edit');
  assert.equal(
    applyEdits(Buffer.from(TEXT), edits).toString(),
    TEXT.replace('    image:', '    - name: NO_PROXY\n      value: 127.0.0.1,localhost,10.0.0.1,cluster.example,10.244.0.0/16,10.96.0.0/12,.svc,.cluster.local\n    image:'),
  );
  assert.doesNotMatch(JSON.stringify(behind([])), /secret/);
});

test('nothing in its log: a warning; NO_PROXY is there: nothing', () => {
  const { causes, warnings } = diagnose(behind(['I1128 05:54:00.000000       1 serving.go:386] "Generated self-signed cert"']));
  assert.deepEqual([causes, warnings.map(({ id }) => id)], [[], ['proxy']]);
  const named = diagnose(behind([REFUSED], TEXT.replace('    image:', '    - name: no_proxy\n      value: 10.0.0.1\n    image:')));
  assert.deepEqual([named.causes, named.warnings], [[], []]);
});
