/**
 * The links that keep what hard-codes an old path working: one in place of the directory that is left, and kubeadm's own
 * directory, where that is another one: after a second move it leads to the new place itself, not by way of the last one.
 */
import type { FileCopy, StepOf } from '../step.ts';
import type { PlanInput } from '../make-plan.ts';
import { KUBEADM_DIRECTORY } from './instance-config.ts';

type Link = StepOf<'link-directory'>;

/** In the order in which they are made: kubeadm's first, while the files behind it are those of the plan still. */
export function bridgeSteps({ observed, destination }: PlanInput, files: readonly FileCopy[]): Link[] {
  const present = observed.staticPodPath.value;
  const entries = files.map(({ name, sha256 }) => ({ name, sha256 }));
  const was = observed.directory.info?.kind === 'link' ? observed.directory.info.target : undefined;
  return [...kubeadmLink(observed, destination.path, entries), { kind: 'link-directory', path: present, target: destination.path, entries, ...(was === undefined ? {} : { was }) }];
}

/** Nothing where kubeadm's directory is the present or the wanted one, or holds what kcfg does not know. */
export function kubeadmLink({ kubeadm, node, staticPodPath }: PlanInput['observed'], target: string, entries: Link['entries']): Link[] {
  if (kubeadm === undefined || node.role === 'worker' || target === KUBEADM_DIRECTORY || staticPodPath.value === KUBEADM_DIRECTORY) return [];
  const { kind, target: was, inForce, names } = kubeadm.directory;
  if (kind === 'link' && was === target) return [];
  const step: Link = { kind: 'link-directory', path: KUBEADM_DIRECTORY, target, entries: inForce ? entries : [], ...(was === undefined ? {} : { was }) };
  if (kind === 'link') return inForce || names.length === 0 ? [step] : [];
  return kind === 'missing' || (kind === 'directory' && names.length === 0) ? [step] : [];
}
