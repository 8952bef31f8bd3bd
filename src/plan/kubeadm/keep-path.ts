/**
 * A moved staticPodPath that the next `kubeadm upgrade` undoes is a trap: it writes config.yaml anew with its own directory,
 * reports success, and the next restart of the kubelet ends the control plane (kubelet.md §6). So a move also writes the path
 * where kubeadm leaves it alone: into instance-config.yaml, which it patches with from 1.34 on; before, into a drop-in of the
 * kubelet, which it never touches. What cannot be kept is said.
 */
import { KcfgError } from '../../errors.ts';
import { editDocument } from '../../kubelet/document.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import type { PlanInput } from '../make-plan.ts';
import { openDropIn } from '../settings/own-drop-in.ts';
import type { FileChange, Placed } from '../settings/place-settings.ts';
import { INSTANCE_CONFIG, instanceConfigChange, KUBEADM_DIRECTORY, readsInstanceConfig } from './instance-config.ts';
import { unbridged, unkept } from './warnings.ts';

export interface KeptPath extends Placed {
  warnings: Finding[];
}

export function keepPath(input: PlanInput): KeptPath {
  const { target, observed, layered, sources, live } = input;
  const going = target.undoes !== undefined;
  if (observed.node.flavour !== 'kubeadm' || target.value === '') return { files: [], warnings: [] };
  if (!target.bridge && !going) return { files: [], warnings: target.value === KUBEADM_DIRECTORY ? [] : [unbridged(input)] };
  const value = target.value === KUBEADM_DIRECTORY ? undefined : target.value;
  // of a tree nobody knows which kubeadm will work on it
  if (readsInstanceConfig(layered) && (live || sources.has(INSTANCE_CONFIG))) return { files: instanceConfigChange(sources, layered, value), warnings: [] };
  // what wins is edited by the move itself, and kubeadm writes neither drop-ins nor flags
  if (value === undefined || observed.staticPodPath.origin.layer !== 'file') return { files: [], warnings: [] };
  if (!live) return { files: [], warnings: [unkept(input)] };
  try {
    return { ...inDropIn(input, value), warnings: [] };
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    return { files: [], warnings: [unkept(input, error)] };
  }
}

function inDropIn(input: PlanInput, value: string): Placed {
  const { document, fresh, makes, enable } = openDropIn(input);
  const before = document.yaml.source.bytes;
  const edits = editDocument(document, [{ path: ['staticPodPath'], value }]);
  const after = applyEdits(before, edits);
  const fields = ['staticPodPath'];
  const file: FileChange = fresh
    ? { path: document.file, edits: [{ offset: 0, remove: 0, insert: after.toString('utf8') }], after, fields }
    : { path: document.file, before, edits, after, fields };
  return { files: [file, ...enable], ...(makes === undefined ? {} : { makes }) };
}
