/** What kcfg refuses of a change of settings before anything is written, each with the reason and what to do. */
import { KcfgError, type Where } from '../../errors.ts';
import type { Disturbance } from '../../kubelet/disturbance/disturbance.ts';
import type { Layered } from '../../kubelet/layered.ts';
import { valueAt } from '../../kubelet/field-path.ts';
import { sameValue } from '../../kubelet/same-value.ts';
import { withoutSecrets } from '../../kubelet/value-text.ts';
import { refuseLinks } from '../refuse-links.ts';
import { refuseReplaced } from '../refusals.ts';
import type { FileChange } from './place-settings.ts';
import type { SettingsInput } from './settings-input.ts';

/** Throws the first refusal. */
export function refuseSettings(input: SettingsInput, files: readonly FileChange[]): void {
  const { observed, links, live } = input;
  if (live && !observed.kubelet.active) {
    throw new KcfgError('kubelet-down', 'the kubelet does not run', {
      notes: ['a change is proven by the kubelet that takes it up, and there is none to go back to'],
      help: ['start it, or find out why it does not start:', '  systemctl start kubelet', '  kcfg doctor'],
    });
  }
  const replaced = refuseReplaced(observed);
  if (replaced !== undefined) throw replaced;
  refuseLinks(links, files);
  refuseMoving(input);
  refuseLosingPods(input);
}

/** A path that someone wrote into the file comes into force with any restart, and the pods with it, unpinned. */
function refuseMoving({ target, observed: { staticPodPath, pods }, live }: SettingsInput): void {
  const { value, running } = staticPodPath;
  if (!live || running === undefined || running === value || pods.length === 0 || target.wishes.some((wish) => wish.path[0] === 'staticPodPath')) return;
  throw new KcfgError('not-in-force', 'the running kubelet has another staticPodPath than its files', {
    where: [{ file: staticPodPath.origin.file ?? '', ...(staticPodPath.origin.line !== undefined && { line: staticPodPath.origin.line }), label: value === '' ? 'none' : value }],
    notes: [`it runs with ${running === '' ? 'none' : running}; this change restarts it, and the static pods would end`],
    help: ['put the path back into the file, and move the pods with kcfg: kcfg set staticPodPath DIR'],
  });
}

/** Without a directory the kubelet stops every static pod at its next start (kubelet file.go:122-142). */
function refuseLosingPods({ target, observed }: SettingsInput): void {
  const wish = target.wishes.find((each) => each.path[0] === 'staticPodPath');
  if (wish === undefined || (wish.value ?? '') !== '') return;
  const named = new Set(target.removePods ?? []);
  const unknown = [...named].find((name) => !observed.pods.some((pod) => pod.name === name));
  if (unknown !== undefined) {
    throw new KcfgError('usage', `--remove-pods names ${unknown}, and there is no such static pod here`, {
      help: [observed.pods.length === 0 ? 'this node runs no static pods: leave --remove-pods out' : `there are: ${observed.pods.map((pod) => pod.name).join(', ')}`],
    });
  }
  const lost = observed.pods.filter((pod) => !named.has(pod.name));
  if (lost.length === 0) return;
  const names = lost.map((pod) => pod.name);
  throw new KcfgError('pods-would-stop', names.length === 1 ? `1 static pod would stop: ${names[0] ?? ''}` : `${names.length} static pods would stop`, {
    where: lost.flatMap((pod) => (pod.manifest === undefined ? [] : [{ file: `${observed.directory.path}/${pod.manifest}` }])),
    notes: ['without staticPodPath the kubelet runs no pods from files, and stops those that run', ...(names.length === 1 ? [] : [`they are ${names.join(', ')}`])],
    help: [
      observed.node.role === 'control plane' ? 'a control plane of kubeadm lives on static pods: STIG V-242397 is for workers' : 'move what they do elsewhere first; or say which may go:',
      ...(observed.node.role === 'control plane' ? [] : [`  kcfg unset staticPodPath --remove-pods ${observed.pods.map((pod) => pod.name).join(',')}`]),
    ],
  });
}

/** What containers do not survive is for a node without them. */
export function refuseUndrained({ target, undrained = [], observed, live }: SettingsInput, disturbed: Disturbance): void {
  if (disturbed.class !== 'drain' || undrained.length === 0 || !live || target.force.includes('not-drained')) return;
  const { name } = observed.node;
  const pods = undrained.length === 1 ? '1 pod runs' : `${undrained.length} pods run`;
  throw new KcfgError('not-drained', `drain ${name} first: ${pods} on it that would be disturbed`, {
    notes: [...(disturbed.why === undefined ? [] : [disturbed.why]), `they are ${undrained.slice(0, 5).join(', ')}${undrained.length > 5 ? ' and others' : ''}`],
    help: ['from where kubectl works:', `  kubectl drain ${name} --ignore-daemonsets`, 'or disturb them all the same: --force not-drained'],
  });
}

/** A value that another layer shadows would have no effect. */
export function refuseWithoutEffect({ target, layered }: SettingsInput, after: Layered, files: readonly FileChange[]): void {
  for (const wish of target.wishes) {
    const field = layered.fields.field(wish.path);
    // what the kubelet takes for "left out" stands behind the default: it counts as written
    const winner = after.layersOf(wish.path).find((layer) => layer.set);
    if (field === undefined) continue;
    // where an item of a list is taken out the next one moves up
    if (wish.value === undefined && typeof wish.path.at(-1) === 'number' && files.length > 0) continue;
    const whole = field.type.kind !== 'map' || wish.value === undefined || sameValue(layered.fields, field, valueAt(after.value, wish.path), wish.value);
    if (!whole) {
      throw new KcfgError('shadowed-by-drop-in', `${wish.field} would keep keys of other layers: kubelet ${layered.fields.minor} merges maps`, {
        where: [after.whereOf(wish.path) ?? { file: winner?.file ?? '' }],
        help: ['leave --layer out, or name the keys one by one'],
      });
    }
    if (wish.value === undefined ? (winner?.value ?? undefined) === undefined : winner !== undefined && sameValue(layered.fields, field, winner.value, wish.value)) continue;
    if (winner === undefined || files.length === 0) continue;
    const where: Where[] = [after.whereOf(wish.path) ?? { file: winner.file ?? '' }];
    throw new KcfgError(winner.layer === 'flag' ? 'shadowed-by-flag' : 'shadowed-by-drop-in', `${wish.field} would have no effect there: ${winner.file ?? winner.layer} wins`, {
      where,
      notes: [`it has ${JSON.stringify(withoutSecrets(wish.field, winner.value))}`],
      help: [`change it there, or name ${wish.field.replace(/[.[].*$/, '')} whole`],
    });
  }
}
