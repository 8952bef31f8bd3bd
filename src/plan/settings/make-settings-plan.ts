/**
 * makeSettingsPlan: what was found and which values are wanted → the steps, each undoable, and what they disturb.
 * One change, one restart. Pure, as makePlan is: bytes come in as values, refusals come out as errors.
 */
import { isDeepStrictEqual } from 'node:util';
import { type FieldPath, valueAt, writeFieldPath } from '../../kubelet/field-path.ts';
import type { Layered } from '../../kubelet/layered.ts';
import { reachOf } from '../../kubelet/reach.ts';
import { valueText, withoutSecrets } from '../../kubelet/value-text.ts';
import type { Wish } from '../../node/target.ts';
import { hash } from '../copy-manifests.ts';
import { requireMount } from '../mount-drop-in.ts';
import { planGround } from '../plan-ground.ts';
import { planHead } from '../plan-head.ts';
import type { ExpectedPod, ExpectedSetting, Plan, SettingChange } from '../plan.ts';
import type { Step } from '../step.ts';
import { judgeAfter, layerAfter } from './after.ts';
import { fileSteps, nameOf } from './file-step.ts';
import { differs, disturbedBy, drift, laterOn, staleFiles } from './disturbed.ts';
import { kubeadmChange } from '../kubeadm/instance-config.ts';
import { asGiven, placeSettings, type Placed } from './place-settings.ts';
import { refuseSettings, refuseUndrained, refuseWithoutEffect } from './refuse-settings.ts';
import type { SettingsInput } from './settings-input.ts';

/** Undefined: nothing to do, all of it is in force already. Throws the first refusal. */
export function makeSettingsPlan(input: SettingsInput): Plan | undefined {
  const { target, layered, observed } = input;
  const placed = place(input);
  const restart = needsRestart(input);
  if (placed.files.length === 0 && !restart) return undefined;
  refuseSettings(input, placed.files);
  const after = layerAfter(input, placed.files);
  if (target.files === undefined) refuseWithoutEffect(input, after, placed.files);
  const settings = changedSettings(input, after);
  const moved = restart || settings.length > 0 || target.layer === 'drop-in';
  const { all: disturbed, own } = disturbedBy(input, settings, after);
  const stale = staleFiles(input, own);
  const warnings = judgeAfter(input, placed.files, after, stale);
  refuseUndrained(input, disturbed);
  const [reachBefore, reach] = [reachOf(layered), reachOf(after)];
  const elsewhere = !isDeepStrictEqual(reachBefore, reach);
  const staticPodPath = String(after.layersOf(['staticPodPath'])[0]?.value ?? '');
  return {
    ...planHead(input),
    target,
    verb: target.verb,
    field: nameOf(settings.length > 0 ? settings.map(({ field }) => field) : target.wishes.map(({ field }) => field)),
    from: settings.map(({ field, from }) => valueText(withoutSecrets(field, from))).join(', '),
    to: settings.map(({ field, to }) => valueText(withoutSecrets(field, to))).join(', '),
    strategy: 'none',
    settings,
    ...(warnings.length > 0 ? { warnings } : {}),
    ...(target.reason === undefined ? {} : { reason: target.reason }),
    births: [],
    steps: listSteps(input, named(placed, settings), stale, input.live && moved, mountStep(input, settings, staticPodPath)),
    changes: changesOf(placed, settings),
    disturbs: {
      kubeletRestart: input.live && moved,
      kept: disturbed.class === 'none' || disturbed.class === 'restart' ? observed.pods.map((pod) => pod.name) : [],
      recreated: [],
      pinned: [],
      class: disturbed.class,
      because: [...(disturbed.why === undefined ? [] : [disturbed.why]), ...drift(input), ...laterOn(input, named(placed, settings).files)],
    },
    ground: {
      ...planGround(
        observed,
        { ...input.ground, ...Object.fromEntries(placed.files.map((file) => [file.path, file.before === undefined ? null : hash(file.before)])) },
        placed.makes === undefined ? {} : { [placed.makes]: null },
      ),
      ...(elsewhere && { reach: reachBefore }),
    },
    expect: {
      staticPodPath,
      settings: expectedSettings(input, after, settings),
      pods: staticPodPath === '' ? [] : expectedPods(input),
      ...(staticPodPath === '' && observed.pods.length > 0 ? { gone: expectedPods(input) } : {}),
      ...(elsewhere && { reach }),
      ...(disturbed.class === 'containers' || disturbed.class === 'drain' ? { renewed: true as const } : {}),
    },
  };
}

/** A file edited by hand, or put back: what changes in it is known by what comes of it. */
function named({ files, ...rest }: Placed, settings: readonly SettingChange[]): Placed {
  const [only, ...others] = files;
  if (only === undefined || others.length > 0 || only.fields.length > 0) return { files, ...rest };
  return { files: [{ ...only, fields: settings.map(({ field }) => field) }], ...rest };
}

/** Each setting, then what else is written so that it counts. */
function changesOf({ files }: Placed, settings: readonly SettingChange[]): Plan['changes'] {
  return [
    ...settings.map(({ field, from, to, file }) => ({
      file: file ?? files.find((each) => each.fields.includes(field))?.path ?? '',
      field,
      from: valueText(withoutSecrets(field, from)),
      to: valueText(withoutSecrets(field, to)),
      what: 'set',
    })),
    ...files.map(({ path, before, gone }) => ({ file: path, what: gone ? 'removed' : before === undefined ? 'created' : 'edited' })),
  ];
}

function place(input: SettingsInput): Placed {
  const { files } = input.target;
  if (files === undefined) {
    const placed = placeSettings(input);
    return { ...placed, files: [...placed.files, ...kubeadmChange(input)] };
  }
  return { files: asGiven(input.sources, files) };
}

/** The file has it, and the running kubelet has not. */
function needsRestart({ target, layered, running }: SettingsInput): boolean {
  return running !== undefined && target.wishes.some((wish) => differs(layered, wish, valueAt(running, wish.path), valueAt(layered.value, wish.path)));
}

/** Every setting whose value on disk is another one afterwards. */
function changedSettings({ layered, target }: SettingsInput, after: Layered): SettingChange[] {
  const { fields } = layered;
  const paths = target.wishes.length > 0 ? target.wishes.map(wholeList) : fields.leaves().map((field) => ({ field: field.path, path: field.path.split('.') }));
  return [...new Map(paths.map((each) => [each.field, each])).values()].flatMap(({ field, path }) => {
    const [from, to] = [valueAt(layered.value, path), valueAt(after.value, path)];
    if (!differs(layered, { path }, from, to)) return [];
    const file = after.layersOf(path)[0]?.file;
    const byDefault = layered.layersOf(path)[0]?.set === true ? {} : { byDefault: true as const };
    return [{ field, path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), ...(file === undefined ? {} : { file }), ...byDefault }];
  });
}

/** An item that goes moves those behind it: what changes is the list. */
function wholeList({ field, path }: Wish): { field: string; path: FieldPath } {
  const item = path.findIndex((part) => typeof part === 'number');
  return item < 0 ? { field, path } : { field: writeFieldPath(path.slice(0, item)), path: path.slice(0, item) };
}

function expectedSettings({ target }: SettingsInput, after: Layered, changed: readonly SettingChange[]): ExpectedSetting[] {
  const all = target.wishes.length > 0 ? target.wishes.map(wholeList) : changed;
  return all.map(({ field, path }) => {
    const value = valueAt(after.value, path);
    return { field, path, ...(value === undefined ? {} : { value }) };
  });
}

/** Every static pod that runs goes on under its UID; one that is down already is no reason to go back. Containers are told and not held against it: some settings restart them. */
function expectedPods({ observed, madeAt }: SettingsInput): ExpectedPod[] {
  // younger ones may still be settling by themselves (design §5.6)
  const settled = (startedAt: string): boolean => Date.parse(madeAt) - Number(BigInt(startedAt) / 1_000_000n) >= 30_000;
  return observed.pods.flatMap((pod) => {
    if (pod.manifest === undefined || pod.uid === undefined) return [];
    const { fullName, name, namespace, uid, sandboxId } = pod;
    const containers = pod.containers.filter((each) => each.running && settled(each.startedAt)).map(({ name, id, startedAt }) => ({ name, id, startedAt }));
    return [{ fullName, name, namespace, uid, ...(sandboxId === undefined ? {} : { sandboxId }), containers }];
  });
}


function listSteps(input: SettingsInput, placed: Placed, stale: readonly string[], restart: boolean, mount: Step | undefined): Step[] {
  const { live } = input;
  const steps: Step[] = [];
  if (live) steps.push({ kind: 'arm' });
  steps.push(...fileSteps(placed));
  if (input.target.removes !== undefined) steps.push({ kind: 'remove-directory', path: input.target.removes, entries: [] });
  if (restart && stale.length > 0) {
    const why = 'it holds the policy from before, and the kubelet does not start with it';
    steps.push({ kind: 'stop-kubelet' }, ...stale.map((path): Step => ({ kind: 'set-aside', path, why })), { kind: 'start-kubelet' });
  } else if (restart) steps.push({ kind: 'restart-kubelet' });
  if (restart || !live) steps.push({ kind: 'verify' });
  if (mount !== undefined) steps.push(mount);
  steps.push({ kind: 'disarm' });
  return steps;
}

/** Where the path goes, its mount is no longer waited for; where it comes back, it is. */
function mountStep({ id, observed, live, destination }: SettingsInput, settings: readonly SettingChange[], staticPodPath: string): Step | undefined {
  if (!live || !settings.some(({ field }) => field === 'staticPodPath') || (staticPodPath !== '' && destination === undefined)) return undefined;
  return requireMount(id, observed.basis.mountDropIn, staticPodPath === '' ? undefined : destination);
}
