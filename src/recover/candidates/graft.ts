/**
 * What a container was started with, put into a manifest's text: image, command, arguments, and directories of the node that the
 * text does not mount. No other byte changes. Variables stay the text's: the kubelet adds its own to those of the container.
 */
import { isDeepStrictEqual } from 'node:util';
import { KcfgError } from '../../errors.ts';
import type { ContainerConfig } from '../../host/host.ts';
import { editDocument, readConfig } from '../../kubelet/document.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import type { FieldPath } from '../../kubelet/field-path.ts';
import { isMap, valueAt } from '../../manifests/rules/case.ts';

export interface Grafted {
  bytes: Buffer;
  /** 'it had /srv/audit at /audit, and this text has /tmp'. */
  doubts: string[];
}
type Mount = ContainerConfig['mounts'][number];

/** Undefined where the text has no such container, or cannot be edited for certain. */
export function graft(file: string, bytes: Uint8Array, container: string, ran: ContainerConfig, image: string): Grafted | undefined {
  try {
    const document = readConfig(file, bytes);
    const list = valueAt(document.value, ['spec', 'containers']);
    const index = Array.isArray(list) ? list.findIndex((each) => isMap(each) && each.name === container) : -1;
    if (index < 0) return undefined;
    const path: FieldPath = ['spec', 'containers', index];
    const wanted = { command: ran.command, args: ran.args, ...(image === '' ? {} : { image }) };
    const changes = Object.entries(wanted).map(([field, value]) => ({ path: [...path, field], ...(value.length === 0 ? {} : { value }) }));
    const said = editDocument(document, changes.filter((change) => 'value' in change || valueAt(document.value, change.path) !== undefined));
    const { missing, doubts } = compare(document.value, path, ran);
    const withWords = applyEdits(bytes, said.map((edit) => ({ ...edit, insert: plainFlags(edit.insert) })));
    if (!isDeepStrictEqual(readConfig(file, withWords).value, readConfig(file, applyEdits(bytes, said)).value)) return undefined;
    return { bytes: missing.length === 0 ? withWords : mounted(file, withWords, path, missing), doubts };
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}

/** Flags stand in manifests without quotes, as kubeadm writes them. */
function plainFlags(insert: string): string {
  return insert.replace(/"(--[\w./=,:@*-]*[\w/*])"/g, '$1');
}

/** Mounts that the kubelet makes for every container (kubelet_pods.go makeMounts, kuberuntime_container.go), and where it keeps volumes of its own. */
const KUBELETS = new Set(['/etc/hosts', '/dev/termination-log', '/var/run/secrets/kubernetes.io/serviceaccount']);
const OWN_VOLUME = /\/pods\/[^/]+\/(volumes|volume-subpaths|containers|etc-hosts)/;

function compare(pod: unknown, path: FieldPath, ran: ContainerConfig): { missing: Mount[]; doubts: string[] } {
  const volumes = valueAt(pod, ['spec', 'volumes']);
  const hostPath = (name: unknown): unknown => (Array.isArray(volumes) ? volumes : []).filter((each) => isMap(each) && each.name === name).map((each) => valueAt(each, ['hostPath', 'path']))[0];
  const mounts = valueAt(pod, [...path, 'volumeMounts']);
  const written = new Map((Array.isArray(mounts) ? mounts : []).map((mount: unknown) => [valueAt(mount, ['mountPath']), hostPath(valueAt(mount, ['name']))]));
  const had = ran.mounts.filter(({ containerPath, hostPath: from }) => !KUBELETS.has(containerPath) && !OWN_VOLUME.test(from));
  return {
    missing: had.filter(({ containerPath }) => !written.has(containerPath)),
    doubts: had
      .filter(({ containerPath, hostPath: from }) => written.get(containerPath) !== undefined && written.get(containerPath) !== from)
      .map(({ containerPath, hostPath: from }) => `it had ${from} at ${containerPath}, and this text has ${String(written.get(containerPath))}`),
  };
}

/** One after the other: a list may have to be begun. */
function mounted(file: string, bytes: Buffer, path: FieldPath, missing: readonly Mount[]): Buffer {
  return missing.reduce((text, { hostPath, containerPath, readOnly }) => {
    const document = readConfig(file, text);
    const name = `${hostPath.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '').toLowerCase().slice(0, 58) || 'root'}`;
    const end = (list: FieldPath): FieldPath => [...list, lengthOf(valueAt(document.value, list))];
    return applyEdits(text, editDocument(document, [
      { path: end([...path, 'volumeMounts']), value: { mountPath: containerPath, name, ...(readOnly ? { readOnly } : {}) } },
      { path: end(['spec', 'volumes']), value: { hostPath: { path: hostPath }, name } },
    ]));
  }, bytes);
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
