/**
 * What kcfg refuses before it changes anything, each with the reason and what to do. Pure: facts in, error out.
 * They run in the order in which a person would want to hear them: the kubelet, the layers, the path, the files, the pods.
 */
import { ERRORS, KcfgError, type ErrorCode, type Where } from '../errors.ts';
import type { Destination } from '../node/destination.ts';
import type { Observed } from '../node/observed.ts';
import type { Target } from '../node/target.ts';
import { refuseDestination } from './refuse-destination.ts';
import { refuseFilesystem } from './refuse-filesystem.ts';
import { refuseManifests } from './refuse-manifests.ts';
import { refusePods } from './refuse-pods.ts';

/** The first refusal that is not overridden by `--force NAME`, or undefined. */
export function findRefusal(target: Target, observed: Observed, destination: Destination, live: boolean): KcfgError | undefined {
  const checks: (() => KcfgError | undefined)[] = [
    () => refuseStopped(observed, live),
    () => refuseReplaced(observed),
    () => refuseLayers(target, observed),
    () => (target.value === '' ? refuseLosingPods(target, observed) : refuseDestination(observed, destination)),
    () => (target.value === '' ? undefined : refuseFilesystem(destination)),
    () => refuseManifests(observed),
    () => refusePods(observed),
  ];
  for (const check of checks) {
    const error = check();
    if (error !== undefined && !overridden(error.code, target.force)) return error;
  }
  return undefined;
}

function overridden(code: ErrorCode, force: readonly string[]): boolean {
  return 'forceable' in ERRORS[code] && force.includes(code);
}

function refuseStopped({ kubelet }: Observed, live: boolean): KcfgError | undefined {
  if (!live || kubelet.active) return undefined;
  return new KcfgError('kubelet-down', 'the kubelet does not run', {
    notes: ['a change is proven by the kubelet that takes it up, and there is none to go back to'],
    help: ['start it, or find out why it does not start:', '  systemctl start kubelet', '  kcfg doctor'],
  });
}

/** A restart for another reason must not be an upgrade as well: from 1.30 to 1.31 every container of the node restarts (kubernetes#129385). */
export function refuseReplaced({ kubelet }: Observed): KcfgError | undefined {
  if (kubelet.replaced === undefined) return undefined;
  return new KcfgError('not-in-force', 'the kubelet was upgraded, and runs from its old program still', {
    where: [{ file: kubelet.binary ?? '', ...(kubelet.version === undefined ? {} : { label: `kubelet ${kubelet.version} on disk` }) }],
    notes: ['the restart of this change would bring the upgrade too, and one could not be told from the other'],
    help: ['finish the upgrade first: drain the node where it needs that, then', '  systemctl daemon-reload && systemctl restart kubelet'],
  });
}

function refuseLayers(target: Target, observed: Observed): KcfgError | undefined {
  const { origin, running, value, layers } = observed.staticPodPath;
  const file = layers.find((layer) => layer.layer === 'file');
  const here: Where[] = origin.file === undefined ? [] : [{ file: origin.file, ...(origin.line === undefined ? {} : { line: origin.line }) }];
  if (origin.layer === 'flag') {
    return new KcfgError('shadowed-by-flag', '--pod-manifest-path wins over every file', {
      where: here,
      notes: [`the kubelet is started with --pod-manifest-path=${origin.value}; ${file?.file ?? 'its configuration file'} has no effect on the path`],
      help: ['take the flag out there, run systemctl daemon-reload, restart the kubelet; then:', `  kcfg set staticPodPath ${target.value}`],
    });
  }
  if (target.layer === 'drop-in' && origin.layer !== 'drop-in' && target.undoes === undefined) {
    return new KcfgError('not-supported', 'no drop-in sets staticPodPath, and kcfg moves it where it is set', {
      where: here,
      notes: ['a path in a new drop-in and one in the file would be two states to go back to'],
      help: ['leave --layer out', 'to move it into a drop-in: write the present path there, restart the kubelet, and run this again'],
    });
  }
  if (running !== undefined && running !== value) {
    return new KcfgError('not-in-force', 'the running kubelet has another staticPodPath than its files', {
      where: here,
      notes: [`running: ${running === '' ? 'none' : running}; on disk: ${value === '' ? 'none' : value}. The next restart of the kubelet would change it`],
      help: [`put ${running === '' ? 'none' : running} back into the file first, so that there is one state to go back to`],
    });
  }
  return undefined;
}

/** Without a directory the kubelet stops every static pod at its next start. */
function refuseLosingPods(target: Target, observed: Observed): KcfgError | undefined {
  const lost = observed.pods.map((pod) => pod.name);
  if (lost.length === 0) return undefined;
  const directory = observed.directory.path;
  return new KcfgError('moved-on', `there was no directory of static pods before, and ${lost.join(', ')} would stop`, {
    where: [{ file: directory }],
    help: ['take their manifests out of the directory first, then:', `  kcfg ${target.verb}`],
  });
}
