/** Which directory a staticPodPath is meant to be, where none of the control plane is in the one that it names. Pure. */
import { nearest } from '../nearest.ts';
import { KUBEADM_DIRECTORY } from '../plan/kubeadm/instance-config.ts';
import { CONTROL_PLANE } from './components.ts';
import type { DirectoryFacts, Evidence } from './evidence.ts';

export function holdsControlPlane({ entries }: Pick<DirectoryFacts, 'entries'>): boolean {
  return entries.some(({ pod, name }) => CONTROL_PLANE.some((each) => pod?.name === each || name === `${each}.yaml`));
}

/** kubeadm's own, or a slip away from it. Elsewhere files were moved, and the path is right. */
export function meantDirectory({ directory, kubelet }: Pick<Evidence, 'directory' | 'kubelet'>): NonNullable<DirectoryFacts['others']>[number] | undefined {
  if (kubelet.staticPodPath === KUBEADM_DIRECTORY) return undefined;
  const others = directory.others ?? [];
  const near = nearest(kubelet.staticPodPath, others.map(({ path }) => path));
  return others.find(({ path }) => path === KUBEADM_DIRECTORY) ?? others.find(({ path }) => path === near);
}

/** As the node is once the path is mended; itself where there is nothing to mend. */
export function asMeant(evidence: Evidence): Evidence {
  const { meant } = evidence.directory;
  return meant === undefined ? evidence : { ...evidence, directory: meant };
}
