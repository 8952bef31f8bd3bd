/** What a change of settings disturbs, at once and later: by the fields' own rules, and by what is there on this node. */
import { disturbanceOf, together, type Disturbance } from '../../kubelet/disturbance/disturbance.ts';
import { type FieldPath, valueAt } from '../../kubelet/field-path.ts';
import type { Layered } from '../../kubelet/layered.ts';
import { sameValue } from '../../kubelet/same-value.ts';
import type { SettingChange } from '../plan.ts';
import type { FileChange } from './place-settings.ts';
import type { SettingsInput } from './settings-input.ts';

export interface Disturbed {
  /** By all that comes into force. */
  all: Disturbance;
  /** By what was asked for: without the edits that others made since the kubelet started. */
  own: Disturbance;
}

export function disturbedBy(input: SettingsInput, settings: readonly SettingChange[], after: Layered): Disturbed {
  const { minor } = input.layered.fields;
  const isAsked = (path: FieldPath): boolean => input.target.wishes.some((wish) => wish.path[0] === path[0]);
  const waiting = notYetInForce(input).filter(({ path }) => !settings.some((each) => each.path[0] === path[0]));
  const price = ({ field, path, running }: (typeof waiting)[number]): Disturbance => disturbanceOf(field, running, valueAt(after.value, path), minor, after.value);
  const own = [
    ...settings.map((each) => (each.field === 'staticPodPath' ? podsEnd(input) : disturbanceOf(each.field, each.from, each.to, minor, after.value))),
    ...waiting.filter(({ path }) => isAsked(path)).map(price),
  ];
  return { own: together(own), all: together([...own, ...waiting.filter(({ path }) => !isAsked(path)).map(price)]) };
}

/** The directory is no longer read: its pods are named, or there are none. */
function podsEnd({ observed: { pods } }: SettingsInput): Disturbance {
  return pods.length === 0 ? { class: 'restart' } : { class: 'containers', why: `${pods.map((pod) => pod.name).join(', ')} ${pods.length === 1 ? 'stops' : 'stop'}` };
}

/**
 * State files that the new policy cannot live with. Not for a policy that someone else edited: that is refused by the rule
 * state-file. `--force state-file` leaves them where they are.
 */
export function staleFiles({ stateFiles, target }: SettingsInput, disturbed: Disturbance): string[] {
  if (target.force.includes('state-file')) return [];
  return [...stateFiles.keys()].filter((path) => disturbed.stateFiles?.includes(path.slice(path.lastIndexOf('/') + 1)));
}

/** What a restart puts into force besides: edits that others made since the kubelet started. */
export function drift(input: SettingsInput): string[] {
  const others = notYetInForce(input).filter(({ path }) => !input.target.wishes.some((wish) => wish.path[0] === path[0]));
  return others.map(({ field }) => `${field} comes into force too: it was edited since the kubelet started`);
}

/** What some layer sets, and the running kubelet has otherwise. */
function notYetInForce({ layered, running }: SettingsInput): { field: string; path: readonly string[]; running: unknown }[] {
  if (running === undefined) return [];
  return layered.fields.leaves().flatMap((field) => {
    const path = field.path.split('.');
    const had = valueAt(running, path);
    if (layered.layersOf(path)[0]?.set !== true || !differs(layered, { path }, had, valueAt(layered.value, path))) return [];
    return [{ field: field.path, path, running: had }];
  });
}

/** What else this restart brings, and what undoes the change later. */
export function laterOn({ observed, target, live }: SettingsInput, files: readonly FileChange[]): string[] {
  if (!live) return [];
  const { needsReload, configFile } = observed.kubelet;
  const lost = observed.node.flavour === 'kubeadm' && target.undoes === undefined && files.some(({ path, fields }) => path === configFile && !fields.every((field) => field === 'staticPodPath'));
  return [
    ...(needsReload ? ["the kubelet's unit was edited since systemd read it: this restart starts what systemd knows, and systemctl daemon-reload brings the rest"] : []),
    // kubeadm phases/kubelet/config.go:46-79: from the ConfigMap kubelet-config
    ...(lost ? [`kubeadm upgrade writes ${configFile.slice(configFile.lastIndexOf('/') + 1)} anew, from the cluster's own, without this: --layer drop-in keeps it`] : []),
  ];
}

/** Two values of one setting that are not the same to the kubelet. */
export function differs({ fields }: Layered, { path }: { path: FieldPath }, a: unknown, b: unknown): boolean {
  const field = fields.field(path);
  return field === undefined || !sameValue(fields, field, a, b);
}
