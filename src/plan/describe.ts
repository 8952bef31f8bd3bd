/** describe: one step → the words for it, the same in the plan, live, in history and in JSON. The only preview there is. */
import { INSTANCE_CONFIG, KUBEADM_DIRECTORY } from './kubeadm/instance-config.ts';
import type { Plan } from './plan.ts';
import type { Step, StepOf } from './step.ts';

export interface Description {
  /** Imperative, at most 30 columns where names allow. */
  title: string;
  /** Why, or what to know; shown dim behind the title. */
  why: string;
  /** What undoing it is called. Empty: nothing to undo. */
  undo: string;
}

export function describe(step: Step, plan: Plan): Description {
  switch (step.kind) {
    case 'arm':
      return { title: 'Arm the guard', why: 'systemd undoes this if kcfg dies', undo: 'Disarm the guard' };
    case 'make-directory': {
      const manifests = count(step.files.length, 'manifest');
      const pinned = step.files.filter((file) => file.pin !== undefined).length;
      const how = pinned > 0 ? `, pinned to ${pinned === 1 ? 'its UID' : 'their UIDs'}` : plan.strategy === 'home' ? ', unpinned: home again' : '';
      if (plan.settings !== undefined || step.path !== plan.to) return { title: 'Make the directory', why: step.path, undo: `Remove ${step.path}` };
      if (step.files.length === 0) {
        return step.create === undefined
          ? { title: 'Use the directory', why: `${step.path}, empty`, undo: '' }
          : { title: 'Make the directory', why: `${step.path}, no manifests to copy`, undo: `Remove ${step.path}` };
      }
      return {
        title: `Copy ${manifests}`,
        why: `to ${step.path}${how}`,
        undo: step.replaces === undefined ? `Remove the ${copies(step.files.length)}${step.create === undefined ? '' : `, and ${step.path}`}` : `Put back the link ${step.path}`,
      };
    }
    case 'edit-config':
      if (plan.target?.field === 'recovery') return { title: `${step.create === undefined ? 'Mend' : 'Write'} ${fileName(step.path)}`, why: step.create === undefined ? `from line ${step.line} on` : `in ${step.path.slice(0, step.path.lastIndexOf('/'))}`, undo: `${step.create === undefined ? 'Put back' : 'Remove'} ${fileName(step.path)}` };
      if (step.path === INSTANCE_CONFIG && step.field === 'staticPodPath') return { title: `${step.create === undefined ? 'Edit' : 'Make'} ${fileName(step.path)}`, why: ofInstanceConfig(plan), undo: `${step.create === undefined ? 'Put back' : 'Remove'} ${fileName(step.path)}` };
      if (step.create !== undefined) return { title: `Make ${fileName(step.path)}`, why: step.field === '' ? step.path : `${step.field}, in ${step.path}`, undo: `Remove ${fileName(step.path)}` };
      if (step.field === '') return { title: `Edit ${fileName(step.path)}`, why: ofWholeFile(step, plan), undo: `Put back ${fileName(step.path)}` };
      return { title: `Edit ${fileName(step.path)}`, why: /^\d+ settings$/.test(step.field) ? `${step.field}, from line ${step.line} on` : `${step.field}, line ${step.line}`, undo: `Put back ${fileName(step.path)}` };
    case 'set-aside':
      return { title: `Set ${baseName(step.path)} aside`, why: step.why, undo: `Put back ${baseName(step.path)}` };
    case 'unpin-manifests': {
      const manifests = count(step.files.length, 'manifest');
      return { title: `Unpin ${manifests}`, why: 'the uid and its comment go; all else stays', undo: `Put back ${manifests}` };
    }
    case 'edit-manifests': {
      const [file] = step.files;
      const name = step.files.length === 1 && file !== undefined ? baseName(file.path) : count(step.files.length, 'manifest');
      if (plan.target?.field === 'recovery') return { title: `Mend ${name}`, why: 'the kubelet is stopped, and reads it whole', undo: `Put back ${name}` };
      if (step.pins) return { title: `Pin ${count(step.files.length, 'manifest')}`, why: 'in place, to the UIDs of their pods', undo: `Put back ${name}` };
      return { title: `Edit ${name}`, why: plan.changes.some(({ to }) => to === 'unpinned') ? 'its pin goes, or the edit would not count' : 'a hidden file, then a rename over it', undo: `Put back ${name}` };
    }
    case 'restart-kubelet':
      return { title: 'Restart the kubelet', why: plan.settings === undefined ? 'it reads the path only when it starts' : 'it reads its configuration only then', undo: 'Restart the kubelet' };
    case 'stop-kubelet':
      if (plan.target?.field === 'recovery') return { title: 'Stop the kubelet', why: 'containers run on meanwhile', undo: 'Start the kubelet' };
      return { title: 'Stop the kubelet', why: plan.settings === undefined ? 'so that it starts nothing beside the old pods' : 'so that it writes no state file meanwhile', undo: 'Start the kubelet' };
    case 'stop-containers':
      if (step.containers.length === 0) return { title: `Stop ${step.also?.map(({ pod }) => pod).join(', ') ?? ''}`, why: 'where it was started once more meanwhile', undo: '' };
      return { title: `Stop ${count(step.containers.length, 'container')}`, why: step.containers.length === 1 ? `${step.containers[0]?.name ?? ''}, so that the new one finds its place free` : 'in order, etcd last and with its full grace', undo: '' };
    case 'start-kubelet':
      if (plan.target?.field === 'recovery') return { title: 'Start the kubelet', why: 'a fresh one, which waits for no pod from before', undo: 'Stop the kubelet' };
      return { title: 'Start the kubelet', why: plan.settings === undefined ? startsPods(plan) : 'with the new settings; containers run on meanwhile', undo: 'Stop the kubelet' };
    case 'verify':
      // 33-34 s on the lab: kubeadm's startup probes ask every 10 s.
      return { title: 'Verify', why: plan.strategy === 'recreate' ? 'all pods ready again, about 35 s; else undone' : 'if a check fails, all this is undone', undo: '' };
    case 'link-directory':
      return {
        title: step.path === plan.from ? 'Link the old directory' : `Link ${step.path}`,
        why: step.path === KUBEADM_DIRECTORY ? `kubeadm has ${step.path === plan.from ? step.path : 'that path'} built in` : `${step.path} leads to the new one`,
        undo: `Put back ${step.path}`,
      };
    case 'remove-directory':
      return { title: 'Remove the directory', why: `${step.path}, made by the change that is undone`, undo: `Put back ${step.path}` };
    case 'require-mount':
      return step.needs === undefined
        ? { title: 'Require no mount', why: `${fileName(step.path)} goes: the kubelet needs no mount for this path`, undo: `Put back ${fileName(step.path)}` }
        : {
            title: 'Require the mount',
            why: `from the next boot on the kubelet waits for ${step.needs.mount}; until then systemctl says that its unit changed on disk`,
            undo: `${step.sha256 === undefined ? 'Remove' : 'Put back'} ${fileName(step.path)}`,
          };
    case 'disarm':
      return { title: plan.steps.some(({ kind }) => kind === 'arm') ? 'Disarm the guard' : 'Tidy up', why: `old files stay in /var/lib/kcfg/${plan.id}`, undo: '' };
  }
}

function startsPods({ steps, disturbs }: Plan): string {
  if (!steps.some((step) => step.kind === 'edit-manifests')) return 'it starts the pods anew, from the new path';
  return disturbs.recreated.length === 0 ? 'it reads the file anew; containers run on' : 'it starts the pod anew, as the file has it now';
}

function ofInstanceConfig({ settings, to }: Plan): string {
  if (settings === undefined && to === KUBEADM_DIRECTORY) return 'kubeadm upgrade sets its own path again';
  return `so that kubeadm upgrade keeps ${settings === undefined ? 'the new path' : 'it so'}`;
}

/** No field is named: the flag that names the directory of drop-ins, or a file as a person edited it. */
function ofWholeFile({ path, line }: StepOf<'edit-config'>, { target }: Plan): string {
  if (!/\/kubelet$/.test(path)) return `from line ${line} on`;
  return target?.undoes === undefined ? 'so that the kubelet reads drop-ins' : 'so that the kubelet reads no drop-ins again';
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
function copies(n: number): string {
  return n === 1 ? 'copy' : `${n} copies`;
}
/** The last part says enough of a configuration file; of kubelet's own environment file it says nothing. */
function fileName(path: string): string {
  return /\.\w+$/.test(path) ? baseName(path) : path;
}
function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
