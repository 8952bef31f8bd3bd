/** The ground of a plan: all that it was made from and does not make itself. What it edits is added by each kind of plan. */
import type { Observed } from '../node/observed.ts';
import type { Ground } from './plan.ts';

export function planGround(observed: Observed, edited: Ground['files'], directories: Ground['directories']): Ground {
  const { basis, directory, kubelet, runtime } = observed;
  const manifests = directory.entries.flatMap((entry): [string, string][] => (entry.sha256 === undefined ? [] : [[entry.path, entry.sha256]]));
  return {
    ...(kubelet.version === undefined ? {} : { kubeletVersion: kubelet.version }),
    ...(basis.program === undefined ? {} : { program: basis.program }),
    ...(runtime === undefined ? {} : { runtime }),
    unit: kubelet.unit,
    ...(basis.unitFiles === undefined ? {} : { unitFiles: basis.unitFiles }),
    files: { ...basis.files, ...Object.fromEntries(manifests), ...edited },
    directories: {
      ...basis.directories,
      ...(directory.info === undefined ? {} : { [directory.path]: directory.entries.map((entry) => entry.name) }),
      ...directories,
    },
  };
}
