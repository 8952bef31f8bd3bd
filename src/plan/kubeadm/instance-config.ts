/**
 * What has to be done so that `kubeadm upgrade` does not undo a change. kubeadm writes config.yaml anew from the
 * cluster's ConfigMap, whose empty staticPodPath it fills with its own directory, and patches the result with
 * instance-config.yaml: from 1.34 on (kubeadm phases/kubelet/config.go:46-79; lab: `""` there stays).
 */
import { editDocument, readConfig } from '../../kubelet/document.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import { valueAt } from '../../kubelet/field-path.ts';
import type { Layered } from '../../kubelet/layered.ts';
import type { FileChange } from '../settings/place-settings.ts';
import type { SettingsInput } from '../settings/settings-input.ts';

export const INSTANCE_CONFIG = '/var/lib/kubelet/instance-config.yaml';
/** kubeadm's own directory, a constant in it (constants.go:38-40): a link there is kcfg's bridge, or stands for it. */
export const KUBEADM_DIRECTORY = '/etc/kubernetes/manifests';

/** From 1.34 on kubeadm patches with it unasked; 1.32 and 1.33 have it behind a gate that is off. */
export function readsInstanceConfig(layered: Layered): boolean {
  return minorOf(layered) >= 34;
}

export function minorOf({ fields }: Layered): number {
  return Number(fields.minor.split('.')[1]);
}

/** Of a change of settings: an empty staticPodPath, on a kubeadm node from 1.34 on; nothing elsewhere. */
export function kubeadmChange({ target, observed, layered, sources }: SettingsInput): FileChange[] {
  const wish = target.wishes.find((each) => each.path[0] === 'staticPodPath');
  if (wish === undefined || (wish.value ?? '') !== '' || target.layer === 'drop-in' || observed.node.flavour !== 'kubeadm' || !readsInstanceConfig(layered)) return [];
  return instanceConfigChange(sources, layered, '');
}

/** `value` undefined: the key goes, and kubeadm fills in its own directory. */
export function instanceConfigChange(sources: ReadonlyMap<string, Uint8Array>, layered: Layered, value: string | undefined): FileChange[] {
  const before = sources.get(INSTANCE_CONFIG);
  const fields = ['staticPodPath'];
  if (before === undefined) {
    if (value === undefined) return [];
    // kubeadm reads the runtime's endpoint from it as well: it must be there (kubeadm util/config/cluster.go:204-224)
    const endpoint = String(valueAt(layered.value, ['containerRuntimeEndpoint']) ?? '');
    const text = `apiVersion: kubelet.config.k8s.io/v1beta1\ncontainerRuntimeEndpoint: ${JSON.stringify(endpoint)}\nkind: KubeletConfiguration\nstaticPodPath: ${JSON.stringify(value)}\n`;
    return [{ path: INSTANCE_CONFIG, edits: [{ offset: 0, remove: 0, insert: text }], after: Buffer.from(text), fields }];
  }
  const document = readConfig(INSTANCE_CONFIG, before);
  if (value === undefined && document.get('staticPodPath') === undefined) return [];
  const edits = editDocument(document, [{ path: ['staticPodPath'], ...(value === undefined ? {} : { value }) }]);
  return edits.length === 0 ? [] : [{ path: INSTANCE_CONFIG, before, edits, after: applyEdits(before, edits), fields }];
}
