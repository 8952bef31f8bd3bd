/** A part of the control plane without a manifest: moved away for a moment, as guides to restore etcd or to renew certificates tell, and forgotten. */
import type { Cause, Rule } from '../cause.ts';
import { CONTROL_PLANE, isExpected, layerOf } from '../components.ts';
import type { Evidence } from '../evidence.ts';
import { cause } from './said.ts';
import { meantDirectory } from '../meant-directory.ts';

export const missingManifest: Rule = {
  about: 'each part of the control plane has its manifest',
  find(evidence) {
    const { directory } = evidence;
    const lacking = CONTROL_PLANE.filter((name) => isExpected(evidence, name) && !directory.entries.some(({ pod, name: file, skipped }) => skipped?.why !== 'hidden' && (pod?.name === name || file.startsWith(`${name}.`))));
    // all of them: the directory is the cause, and static-pod-path.ts tells it
    const all = CONTROL_PLANE.every((name) => lacking.includes(name) || !isExpected(evidence, name));
    if (all && meantDirectory(evidence) !== undefined) return [];
    if (!directory.readable && directory.kind !== undefined) return [];
    return lacking.map((name) => causeOf(evidence, name));
  },
};

function causeOf(evidence: Evidence, name: string): Cause {
  const { directory, pods, node } = evidence;
  const [moved] = (directory.elsewhere ?? []).filter(({ pod }) => pod === name);
  const pod = pods.find((each) => each.name === name);
  const path = `${directory.path}/${name}.yaml`;
  const last = pod?.containers[0];
  return cause({
    ...(directory.kind === undefined ? { under: 'missing-directory' } : {}),
    ...{ id: 'no-manifest', component: name, layer: layerOf(name), now: node.live && pod?.state !== 'up' },
    message: moved === undefined ? `${name} has no manifest in ${directory.path}` : `the manifest of ${name} lies in ${moved.path.slice(0, moved.path.lastIndexOf('/')) || '/'}`,
    verdict: moved === undefined ? 'its manifest is gone' : `its manifest lies in ${moved.path.slice(0, moved.path.lastIndexOf('/')) || '/'}`,
    where: [{ file: path, label: 'nothing there' }, ...(moved === undefined ? [] : [{ file: moved.path, label: `written ${moved.changedAt}` }])],
    notes: ['without it the kubelet stops the pod at its next look, within 20 s, and logs no error'],
    evidence: last === undefined ? [] : last.state === 'running' ? ['its container of before still runs'] : [`its last container ended ${last.finishedAt}`],
    fix: { kind: 'restore', pod: name },
    help: moved === undefined ? [] : ['put it back:', `  mv ${moved.path} ${path}`],
  });
}
