/**
 * Where our rules and a real kubelet say different things, and why that stays. Each has a sample, and the test asks the
 * kubelet again whether it still disagrees.
 */
import type { Compared } from './compare.ts';

export interface Exception {
  name: string;
  reason: string;
  /** Of these minors; absent: of all. */
  minors?: readonly string[];
  sample: { config: string; dropIn?: string; flags?: string[] };
  explains(compared: Compared): boolean;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    name: 'null as an item of a list, in a drop-in up to 1.31',
    reason:
      'that kubelet reads a drop-in into what the file made (server.go mergeKubeletConfigurations@1.30.14), and Go leaves an item where it is for null; to our rules null is an empty item, as it is from 1.32 on. Nobody writes it on purpose',
    minors: ['1.30'],
    sample: { config: '', dropIn: 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nenforceNodeAllocatable: [null]\n' },
    explains: ({ generated, said, findings }) => accepts(said) && findings.some(({ id }) => id === 'node-allocatable') && generated.dropIns.some((bytes) => Buffer.from(bytes).includes('[null]')),
  },
];

function accepts({ verdict }: Compared['said']): boolean {
  return verdict === 'accepted' || verdict === 'warned';
}

export function exceptionFor(compared: Compared): Exception | undefined {
  return EXCEPTIONS.find(({ explains }) => explains(compared));
}
