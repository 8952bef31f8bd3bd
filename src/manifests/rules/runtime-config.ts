/** --runtime-config names groups and versions of the API. One that the API server does not know ends it (apiserver resourceconfig/helpers.go). */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { distance } from '../../nearest.ts';
import { flagOf } from './arguments.ts';
import { type Case, containersOf, finding, programOf } from './case.ts';
import { removeItem, replaceIn } from './mend.ts';

/** All that any of 1.28 to 1.37 has (k8s.io/api, apiextensions-apiserver, kube-aggregator): a version's own list is shorter. */
const GROUPS: Record<string, string> = {
  'admission.k8s.io': 'v1 v1beta1', 'admissionregistration.k8s.io': 'v1 v1alpha1 v1beta1', 'apidiscovery.k8s.io': 'v2 v2beta1', 'apiextensions.k8s.io': 'v1 v1beta1', 'apiregistration.k8s.io': 'v1 v1beta1',
  apps: 'v1 v1beta1 v1beta2', 'authentication.k8s.io': 'v1 v1alpha1 v1beta1', 'authorization.k8s.io': 'v1 v1beta1', autoscaling: 'v1 v2 v2beta1 v2beta2', batch: 'v1 v1beta1',
  'certificates.k8s.io': 'v1 v1alpha1 v1beta1', 'coordination.k8s.io': 'v1 v1alpha1 v1alpha2 v1beta1', 'discovery.k8s.io': 'v1 v1beta1', 'events.k8s.io': 'v1 v1beta1', extensions: 'v1beta1',
  'flowcontrol.apiserver.k8s.io': 'v1 v1alpha1 v1beta1 v1beta2 v1beta3', 'imagepolicy.k8s.io': 'v1alpha1', 'internal.apiserver.k8s.io': 'v1alpha1', 'lifecycle.k8s.io': 'v1alpha1',
  'networking.k8s.io': 'v1 v1alpha1 v1beta1', 'node.k8s.io': 'v1 v1alpha1 v1beta1', policy: 'v1 v1beta1', 'rbac.authorization.k8s.io': 'v1 v1alpha1 v1beta1',
  'resource.k8s.io': 'v1 v1alpha1 v1alpha2 v1alpha3 v1beta1 v1beta2', 'scheduling.k8s.io': 'v1 v1alpha1 v1alpha2 v1alpha3 v1beta1', 'storage.k8s.io': 'v1 v1alpha1 v1beta1', 'storagemigration.k8s.io': 'v1 v1alpha1 v1beta1',
};
const OTHERS = /^(v1|api\/(all|ga|beta|alpha|legacy))$/;

export function runtimeConfig(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const flag = programOf(container) === 'kube-apiserver' ? flagOf(container, 'runtime-config') : undefined;
    const program = subject.facts.programs?.get(container.name);
    if (flag?.value === undefined || program?.exact === false) return [];
    const pairs = flag.value.split(',').filter((pair) => pair !== '');
    return pairs.flatMap((pair): Finding[] => {
      const key = pair.replace(/=.*$/s, '').trim();
      const [group = '', version = '', ...more] = key.split('/');
      const versions = (Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined)?.split(' ');
      if (OTHERS.test(key) || (versions?.includes(version) === true && more.length < 2)) return [];
      const near = versions === undefined ? Object.keys(GROUPS).find((known) => distance(known, group) <= 2) : undefined;
      const path = flag.valuePath ?? flag.path;
      const edits = near !== undefined ? replaceIn(subject.yaml, path, group, near) : pairs.length === 1 && flag.valuePath === undefined ? removeItem(subject.yaml, flag.path) : replaceIn(subject.yaml, path, pairs[0] === pair ? `${pair},` : `,${pair}`, '');
      return [
        finding(subject, {
          id: 'runtime-config',
          path,
          part: key,
          message: `${program === undefined ? 'kube-apiserver' : `kube-apiserver ${program.version}`} has no API ${key}`,
          ...(near === undefined ? {} : { label: `did you mean ${near}?` }),
          notes: [versions === undefined ? 'it ends at its start: unknown api groups' : `it ends at its start; of ${group} there are ${versions.join(', ')}`],
          edits,
        }),
      ];
    });
  });
}
