/** The steps of a move, and what they change, as records. */
import { bridgeSteps, kubeadmLink } from './kubeadm/bridge.ts';
import type { PlanInput } from './make-plan.ts';
import { requireMount } from './mount-drop-in.ts';
import type { Plan, Strategy } from './plan.ts';
import { isBridge, isInPlace } from './refuse-destination.ts';
import { fileSteps } from './settings/file-step.ts';
import type { Placed } from './settings/place-settings.ts';
import type { FileCopy, Step } from './step.ts';
import { stopOrder } from './stop-order.ts';

export function listSteps(
  input: PlanInput,
  files: FileCopy[],
  placed: Placed,
  strategy: Strategy,
  noBridge: string | undefined,
): Step[] {
  const { destination, target, observed, live } = input;
  if (isInPlace(observed, destination)) return stepsInPlace(input, files, placed, strategy);
  const present = observed.staticPodPath.value;
  const replaces = isBridge(destination) ? destination.info?.target : undefined;
  const like = observed.directory.info;
  const create = { mode: like?.kind === 'directory' ? like.mode : 0o700, uid: like?.uid ?? 0, gid: like?.gid ?? 0 };
  const entries = files.map(({ name, sha256 }) => ({ name, sha256 }));
  const steps: Step[] = [];
  if (live) steps.push({ kind: 'arm' });
  if (target.value !== '') {
    steps.push({
      kind: 'make-directory',
      path: destination.path,
      ...(destination.info === undefined || replaces !== undefined ? { create } : {}),
      ...(replaces === undefined ? {} : { replaces }),
      files,
    });
  }
  steps.push(...fileSteps(placed));
  if (target.removes !== undefined) steps.push({ kind: 'remove-directory', path: target.removes, entries: [] });
  if (live && strategy === 'recreate') {
    steps.push({ kind: 'stop-kubelet' }, { kind: 'stop-containers', endpoint: observed.kubelet.runtimeEndpoint, containers: stopOrder(observed) }, { kind: 'start-kubelet' });
  } else if (live) {
    steps.push({ kind: 'restart-kubelet' });
  }
  steps.push({ kind: 'verify' });
  if (noBridge === undefined) steps.push(...bridgeSteps(input, files));
  // the directory that it leads to goes
  else if (target.undoes !== undefined && observed.kubeadm?.directory.kind === 'link') steps.push(...kubeadmLink(observed, destination.path, entries));
  if (target.undoes !== undefined && target.undoes.removes === present) steps.push({ kind: 'remove-directory', path: present, entries });
  const mount = live ? requireMount(input.id, observed.basis.mountDropIn, target.value === '' ? undefined : destination) : undefined;
  if (mount !== undefined) steps.push(mount);
  steps.push({ kind: 'disarm' });
  return steps;
}

/** The files stay, and get or lose their pins while no kubelet looks. */
function stepsInPlace({ destination, observed, live }: PlanInput, files: FileCopy[], placed: Placed, strategy: Strategy): Step[] {
  const edited = files.filter(({ edits }) => edits.length > 0).map(({ name, sha256, edits, result }) => ({ path: `${destination.path}/${name}`, sha256, edits, result }));
  const manifests: Step[] = edited.length === 0 ? [] : [{ kind: 'edit-manifests', files: edited, ...(strategy === 'recreate' ? {} : { pins: true as const }) }];
  const written = fileSteps(placed);
  if (!live) return [...manifests, ...written, { kind: 'verify' }, { kind: 'disarm' }];
  const stop: Step[] = strategy === 'recreate' ? [{ kind: 'stop-containers', endpoint: observed.kubelet.runtimeEndpoint, containers: stopOrder(observed) }] : [];
  const restart: Step[] = manifests.length + stop.length === 0 ? [...written, { kind: 'restart-kubelet' }] : [{ kind: 'stop-kubelet' }, ...manifests, ...written, ...stop, { kind: 'start-kubelet' }];
  return [{ kind: 'arm' }, ...restart, { kind: 'verify' }, { kind: 'disarm' }];
}

export function changesOf(steps: Step[], from: string, to: string): Plan['changes'] {
  return steps.flatMap((step): Plan['changes'] => {
    switch (step.kind) {
      case 'make-directory':
        return step.files.map((file) => ({ file: `${step.path}/${file.name}`, what: file.pin === undefined ? 'copied' : 'copied and pinned' }));
      case 'edit-config':
        return [{ file: step.path, line: step.line, ...(step.field === '' ? {} : { field: step.field, from, to }), what: step.create === undefined ? 'edited' : 'created' }];
      case 'edit-manifests':
        return step.files.map(({ path }) => ({ file: path, what: step.pins ? 'pinned' : 'edited' }));
      case 'set-aside':
        return [{ file: step.path, what: 'removed' }];
      case 'link-directory':
        return [{ file: step.path, to: step.target, what: 'linked' }];
      case 'remove-directory':
        return [{ file: step.path, what: 'removed' }];
      case 'require-mount':
        return [{ file: step.path, what: step.needs === undefined ? 'removed' : step.sha256 === undefined ? 'created' : 'edited' }];
      default:
        return [];
    }
  });
}
