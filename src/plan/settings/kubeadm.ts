/**
 * What has to be done so that `kubeadm upgrade` does not undo a change. kubeadm writes config.yaml anew from the
 * cluster's ConfigMap, whose empty staticPodPath it fills with its own directory, and patches the result with
 * instance-config.yaml: from 1.34 on (kubeadm phases/kubelet/config.go:46-79; lab: `""` there stays).
 */
import { editDocument, readConfig } from '../../kubelet/document.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import { valueAt } from '../../kubelet/field-path.ts';
import type { FileChange } from './place-settings.ts';
import type { SettingsInput } from './settings-input.ts';

export const INSTANCE_CONFIG = '/var/lib/kubelet/instance-config.yaml';

/** An empty staticPodPath in instance-config.yaml, on a kubeadm node from 1.34 on; nothing elsewhere. */
export function kubeadmChange(input: SettingsInput): FileChange[] {
  const { target, observed, layered, sources } = input;
  const wish = target.wishes.find((each) => each.path[0] === 'staticPodPath');
  const minor = Number(layered.fields.minor.split('.')[1]);
  if (wish === undefined || (wish.value ?? '') !== '' || target.layer === 'drop-in' || observed.node.flavour !== 'kubeadm' || minor < 34) return [];
  const before = sources.get(INSTANCE_CONFIG);
  if (before === undefined) {
    // kubeadm reads the runtime's endpoint from it as well: it must be there (kubeadm util/config/cluster.go:204-224)
    const endpoint = String(valueAt(layered.value, ['containerRuntimeEndpoint']) ?? '');
    const text = `apiVersion: kubelet.config.k8s.io/v1beta1\ncontainerRuntimeEndpoint: ${JSON.stringify(endpoint)}\nkind: KubeletConfiguration\nstaticPodPath: ""\n`;
    return [{ path: INSTANCE_CONFIG, edits: [{ offset: 0, remove: 0, insert: text }], after: Buffer.from(text), fields: ['staticPodPath'] }];
  }
  const document = readConfig(INSTANCE_CONFIG, before);
  const edits = editDocument(document, [{ path: ['staticPodPath'], value: '' }]);
  return edits.length === 0 ? [] : [{ path: INSTANCE_CONFIG, before, edits, after: applyEdits(before, edits), fields: ['staticPodPath'] }];
}
