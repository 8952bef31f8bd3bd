/** A manifest without kcfg's pin: the pod that it was pinned to is another matter. */
import { KcfgError } from '../../errors.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import { readManifest } from '../../manifests/manifest.ts';
import { unpinEdits } from '../../manifests/pin.ts';

/** Undefined for what is no manifest, or one of another pod. */
export function unpinnedOf(path: string, bytes: Uint8Array, pod: string): Buffer | undefined {
  try {
    return readManifest(path, bytes).name === pod ? applyEdits(bytes, unpinEdits(path, bytes)) : undefined;
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}
