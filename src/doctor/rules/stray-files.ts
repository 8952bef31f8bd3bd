/**
 * What does not belong into the directory. The kubelet reads every name without a leading dot, whatever its ending, in the order
 * of bytes, and keeps one pod for each name: of two files the last wins (kubelet config/file.go:161, config/config.go).
 */
import type { Cause, Rule } from '../cause.ts';
import { CONTROL_PLANE, layerOf } from '../components.ts';
import { sharing } from '../../manifests/directory.ts';
import type { EntryFacts, Evidence } from '../evidence.ts';
import { cause, commands, warning } from './said.ts';

export const strayFiles: Rule = {
  about: 'the directory of static pods has one file for each pod, and nothing else',
  find: (evidence) => [...duplicates(evidence), ...sameUid(evidence), ...others(evidence)],
};

function duplicates(evidence: Evidence): Cause[] {
  return sharing(evidence.directory.entries, ({ pod }) => pod && `${pod.namespace}/${pod.name}`).flatMap(([key, files]): Cause[] => {
    const name = files[0]?.pod?.name ?? '';
    const winner = files.at(-1);
    const stray = strayOf(name, files);
    const up = evidence.pods.find((pod) => pod.name === name)?.state === 'up';
    const wins = stray !== undefined && winner?.name === stray.name;
    const same = new Set(files.map(({ sha256 }) => sha256)).size === 1;
    const says = {
      ...{ id: 'duplicate-pod', component: name, layer: 'manifests' as const, message: `${files.length} files define the pod ${key}` },
      where: [...files].sort((a, b) => Number(b === stray) - Number(a === stray)).map(({ path, changedAt, name: file }) => ({ file: path, label: `${changedAt}${file === winner?.name ? ', counts' : ''}` })),
      notes: ['the kubelet reads every name without a leading dot, whatever its ending; of two files with one pod the last name wins', ...(same ? ['both say the same'] : wins ? ['what is edited in the other one never counts for long'] : [])],
      ...(stray?.sha256 === undefined ? commands(`diff ${files.map(({ path }) => path).slice(0, 2).join(' ')}`, `mv ${winner?.path ?? ''} /root/`) : { fix: { kind: 'set-aside' as const, file: stray.path, sha256: stray.sha256, why: `a second file of ${name}` } }),
    };
    return [wins || !up ? cause({ ...says, now: evidence.node.live && !up, sure: wins ? 'certain' : 'likely', verdict: wins ? `${stray.name} counts in its stead` : `${files.length} files define it` }) : warning(says)];
  });
}

/** The one whose name is no plain POD.yaml, where one is. */
function strayOf(pod: string, files: readonly EntryFacts[]): EntryFacts | undefined {
  const plain = files.filter(({ name }) => name === `${pod}.yaml` || name === `${pod}.yml` || name === `${pod}.json`);
  const rest = files.filter((file) => !plain.includes(file));
  return plain.length === 1 && rest.length === 1 ? rest[0] : undefined;
}

/** pod_manager keys pods by UID: two with one UID take turns. */
function sameUid(evidence: Evidence): Cause[] {
  return sharing(evidence.directory.entries, ({ pod }) => pod?.uid).flatMap(([uid, files]): Cause[] => {
    if (new Set(files.map(({ pod }) => pod?.name)).size === 1) return [];
    const down = files.find(({ pod }) => evidence.pods.find(({ name }) => name === pod?.name)?.state !== 'up');
    const name = down?.pod?.name ?? files.at(-1)?.pod?.name ?? '';
    return [cause({ id: 'duplicate-uid', component: name, layer: layerOf(name), now: evidence.node.live && down !== undefined, message: `${files.length} manifests have the UID ${uid}`, verdict: 'another manifest has its UID', where: files.map(({ path }) => ({ file: path })), notes: ['the kubelet keeps its pods by UID, and mixes these up'], help: ['take the uid out of the one that was copied'] })];
  });
}

function others(evidence: Evidence): Cause[] {
  const { directory, pods, node } = evidence;
  return directory.entries.flatMap((entry): Cause[] => {
    const { name, path, skipped, kind } = entry;
    if (skipped === undefined || skipped.why === 'hidden' || skipped.why === 'invalid') return [];
    const pod = CONTROL_PLANE.find((each) => name === `${each}.yaml`);
    const isLost = pod !== undefined && !directory.entries.some((each) => each.pod?.name === pod);
    const what = skipped.why === 'directory' ? `${name} is a directory, and the kubelet reads none below` : kind === 'link' ? `${name} is a link to ${entry.link ?? 'nothing'}, which is not there` : skipped.why === 'too-large' ? `${name} is larger than 10 MiB, and the kubelet reads no such manifest` : `${name} is no regular file`;
    const says = { id: kind === 'link' ? 'broken-link' : 'stray-entry', where: [{ file: path, label: skipped.detail }], message: what };
    if (!isLost) return [warning({ ...says, component: 'kubelet', layer: 'manifests', ...commands(`mv ${path} /root/`) })];
    return [cause({ ...says, component: pod, layer: layerOf(pod), now: node.live && pods.find((each) => each.name === pod)?.state !== 'up', verdict: `its manifest ${what.slice(name.length + 1)}`, fix: { kind: 'restore', pod } })];
  });
}
