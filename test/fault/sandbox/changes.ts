/** The changes that are broken: each begins on a node as `prepare` leaves it, and `back` brings it there again. */
import type { FaultArguments } from '../../../src/sandbox/faults.ts';

export interface Change {
  name: string;
  prepare: readonly string[][];
  argv: readonly string[];
  back: readonly string[];
  /** Makes the change fail once the kubelet restarts, and not its way back. */
  refused: FaultArguments['kubelet-refuses'];
}

export const HOME = '/etc/kubernetes/manifests';
export const AWAY = '/etc/kubernetes/static';

export const CHANGES: readonly Change[] = [
  { name: 'move', prepare: [], argv: ['set', 'staticPodPath', AWAY], back: ['rollback'], refused: { path: AWAY } },
  { name: 'home', prepare: [['set', 'staticPodPath', AWAY]], argv: ['set', 'staticPodPath', HOME], back: ['set', 'staticPodPath', AWAY], refused: { path: HOME } },
  { name: 'rollback', prepare: [['set', 'staticPodPath', AWAY]], argv: ['rollback'], back: ['set', 'staticPodPath', AWAY], refused: { path: HOME } },
  {
    name: 'settings',
    prepare: [],
    // a policy, so that a state file is set aside, and the kubelet stopped for it
    argv: ['set', 'cpuManagerPolicy=static', 'reservedSystemCPUs=0', 'maxPods=150', '--force', 'not-drained'],
    back: ['rollback', '--force', 'not-drained'],
    refused: { text: '"maxPods":150' },
  },
  { name: 'drop-in', prepare: [], argv: ['set', 'maxPods', '160', '--layer', 'drop-in'], back: ['rollback'], refused: { text: '"maxPods":160' } },
  { name: 'recreate', prepare: [], argv: ['set', 'staticPodPath', AWAY, '--strategy', 'recreate'], back: ['set', 'staticPodPath', HOME, '--strategy', 'recreate'], refused: { path: AWAY } },
];
