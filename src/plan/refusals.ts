/**
 * What kcfg refuses before it changes anything, each with the reason and what to do. Pure: facts in, error out.
 * They run in the order in which a person would want to hear them: the path, the layers, the files, the pods.
 */
import { posix } from 'node:path';
import { ERRORS, KcfgError, type ErrorCode, type Where } from '../errors.ts';
import { duplicates, sameUid } from '../manifests/directory.ts';
import type { Destination } from '../node/destination.ts';
import type { Entry, Observed, StaticPod } from '../node/observed.ts';
import type { Target } from '../node/target.ts';
import type { FileCopy } from './step.ts';

/** kubeadm's own directory: a link there is kcfg's bridge, or stands for it. */
export const KUBEADM_DIRECTORY = '/etc/kubernetes/manifests';

/** Filesystems whose content is gone after a boot: the kubelet would start without static pods. */
const VOLATILE = new Set(['tmpfs', 'ramfs', 'devtmpfs', 'hugetlbfs']);
/** Under /run and /tmp nothing is promised to survive a boot either (hier(7), tmpfiles.d(5)). */
const VOLATILE_PATHS = ['/run', '/tmp', '/var/run', '/var/tmp', '/dev', '/proc', '/sys'];

/** A path as typed, before the node is looked at. Undefined: the kubelet can take it. */
export function refusePath(path: string): KcfgError | undefined {
  if (!path.startsWith('/')) {
    return new KcfgError('relative-path', `${path === '' ? 'an empty path' : path} is not an absolute path`, {
      notes: [`the kubelet would read ${posix.join('/var/lib/kubelet', path)}, beside its configuration file`],
      help: ['begin with /'],
    });
  }
  const glob = /[*?[\]\\]/.exec(path);
  if (glob !== null) {
    return new KcfgError('unusable-path', `the kubelet cannot read a directory with ${glob[0]} in its path`, {
      where: [{ file: path }],
      notes: ['it lists the directory as a glob pattern, and would find other files or none'],
      help: ['choose a path of letters, digits, dots and dashes'],
    });
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path) || posix.normalize(path).replace(/(.)\/$/, '$1') !== path.replace(/(.)\/$/, '$1')) {
    return new KcfgError('unusable-path', `${JSON.stringify(path)} is not a clean path`, {
      notes: ['the text of the path is part of each pod\'s identity: it has one spelling'],
      help: [`use ${posix.normalize(path)}`],
    });
  }
  if (path === '/') return new KcfgError('unusable-path', 'the root directory cannot hold the manifests');
  return undefined;
}

/** The first refusal that is not overridden by `--force NAME`, or undefined. */
export function findRefusal(target: Target, observed: Observed, destination: Destination, live: boolean): KcfgError | undefined {
  const checks: (() => KcfgError | undefined)[] = [
    () => refusePending(observed),
    () => refuseStopped(observed, live),
    () => refuseLayers(target, observed),
    () => refuseDestination(observed, destination),
    () => refuseFilesystem(destination),
    () => refusePresentEntries(observed),
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

function refusePending(observed: Observed): KcfgError | undefined {
  if (observed.pending === undefined) return undefined;
  return new KcfgError('pending-change', `change ${observed.pending} is not decided yet`, {
    help: [`see it: kcfg show ${observed.pending}`],
  });
}

function refuseStopped({ kubelet }: Observed, live: boolean): KcfgError | undefined {
  if (!live || kubelet.active) return undefined;
  return new KcfgError('kubelet-down', 'the kubelet does not run', {
    notes: ['a change is proven by the kubelet that takes it up, and there is none to go back to'],
    help: ['start it, or find out why it does not start:', '  systemctl start kubelet', '  journalctl -xeu kubelet'],
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
  if (origin.layer === 'drop-in' && target.layer !== 'drop-in') {
    return new KcfgError('shadowed-by-drop-in', 'a drop-in sets staticPodPath, and wins over the file', {
      where: here,
      notes: [`it has ${value}`],
      help: ['change it there:', `  kcfg set staticPodPath ${target.value} --layer drop-in`],
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

function refuseDestination(observed: Observed, destination: Destination): KcfgError | undefined {
  const { path, info, target: at, presentTarget } = destination;
  const present = observed.staticPodPath.value;
  if (destination.loop) {
    return new KcfgError('link-loop', `${path} is a link that goes round in circles`, {
      where: [{ file: path, ...(info?.target === undefined ? {} : { label: `-> ${info.target}` }) }],
      notes: ['the kubelet would start, answer its health check, and see no static pods at all'],
      help: [`remove the link, or choose another directory: rm ${path}`],
    });
  }
  if (info?.kind === 'file' || info?.kind === 'other' || (info?.kind === 'link' && at !== undefined && at.kind !== 'directory')) {
    return new KcfgError('not-a-directory', `${path} is not a directory`, { where: [{ file: path }], help: ['choose another path'] });
  }
  if (info?.kind === 'link' && at === undefined) {
    return new KcfgError('not-a-directory', `${path} is a link to nothing`, {
      where: [{ file: path, label: `-> ${info.target ?? ''}` }],
      notes: ['a missing directory means no static pods at all'],
      help: [`remove the link, or choose another directory: rm ${path}`],
    });
  }
  const same = at !== undefined && presentTarget !== undefined && at.dev === presentTarget.dev && at.ino === presentTarget.ino;
  if (same && !isBridge(destination, observed)) {
    return new KcfgError('same-directory', `${path} is ${present} by another name`, {
      where: [{ file: path, label: info?.kind === 'link' ? `-> ${info.target ?? ''}` : 'the same directory, mounted twice' }],
      notes: ['the pods would get new UIDs for the new text of the path, from the very same files'],
      help: ['choose a directory of its own'],
    });
  }
  if (info?.kind === 'link' && !same) {
    return new KcfgError('not-a-directory', `${path} is a link`, {
      where: [{ file: path, label: `-> ${info.target ?? ''}` }],
      notes: ['the kubelet watches a linked directory only until the link changes'],
      help: [`name the directory itself: kcfg set staticPodPath ${info.target ?? ''}`],
    });
  }
  const nested = present === '' ? undefined : nesting(destination.parentReal === undefined ? path : `${destination.parentReal}/${posix.basename(path)}`, observed.directory.real ?? present);
  if (nested !== undefined && !same) {
    return new KcfgError('nested-path', `${path} is ${nested} ${present}`, {
      notes: ['one of them would make way for a link to the other, and the link would point into itself'],
      help: ['choose a directory beside it'],
    });
  }
  if (destination.parentReal === undefined) {
    return new KcfgError('not-a-directory', `${posix.dirname(path)} does not exist`, {
      help: [`make it first, so that owner and mode are yours to choose: mkdir -p ${posix.dirname(path)}`],
    });
  }
  const loose = [...(at === undefined ? [] : [at]), ...destination.above].find((dir) => dir.kind === 'directory' && (dir.mode & 0o022) !== 0 && (dir.mode & 0o1000) === 0);
  if (loose !== undefined) {
    return new KcfgError('unsafe-owner', `others may write to ${loose.path}`, {
      where: [{ file: loose.path, label: `mode ${loose.mode.toString(8).padStart(4, '0')}` }],
      notes: ['whoever can put a file into the directory of the static pods is root on this node'],
      help: [`chmod go-w ${loose.path}`],
    });
  }
  return undefined;
}

/** A link that an earlier change left in place of the old directory: moving back onto it is fine. */
export function isBridge(destination: Destination, observed: Observed): boolean {
  const { info } = destination;
  if (info?.kind !== 'link') return false;
  return info.target === observed.staticPodPath.value || destination.path === KUBEADM_DIRECTORY;
}

function nesting(path: string, present: string): 'above' | 'below' | undefined {
  if (path.startsWith(`${present}/`)) return 'below';
  if (present.startsWith(`${path}/`)) return 'above';
  return undefined;
}

function refuseFilesystem({ path, mount, freeBytes, parentReal }: Destination): KcfgError | undefined {
  if (mount.readOnly) {
    return new KcfgError('read-only', `${path} is on a read-only filesystem`, { where: [{ file: mount.point, label: `${mount.type}, read-only` }], help: ['choose another directory'] });
  }
  const real = `${parentReal ?? posix.dirname(path)}/`;
  const under = VOLATILE_PATHS.find((dir) => real.startsWith(`${dir}/`));
  if (VOLATILE.has(mount.type) || under !== undefined) {
    return new KcfgError('volatile-directory', under === undefined ? `${path} does not survive a reboot` : `nothing is kept for good below ${under}`, {
      where: [{ file: under ?? mount.point, label: mount.type }],
      notes: ['a directory that is missing when the kubelet starts means no static pods at all'],
      help: ['choose a directory on disk, for example /etc/kubernetes/static'],
    });
  }
  // Manifests are a few KiB each; below 1 MiB the node has other troubles, and a change could end half-way.
  if (freeBytes < 1024 * 1024) {
    return new KcfgError('no-space', `less than 1 MiB is free on ${mount.point}`, { where: [{ file: mount.point }], help: ['make room there first'] });
  }
  return undefined;
}

function refusePresentEntries(observed: Observed): KcfgError | undefined {
  for (const entry of observed.directory.entries) {
    const error = refuseEntry(entry, observed);
    if (error !== undefined) return error;
  }
  const twice = duplicates(observed.directory.entries)[0];
  if (twice !== undefined) return duplicatePod(twice.fullKey, twice.entries);
  const shared = sameUid(observed.directory.entries)[0];
  if (shared !== undefined) {
    return new KcfgError('duplicate-uid', 'two manifests have one metadata.uid', {
      where: shared.entries.map((e) => ({ file: e.path, ...(e.manifest?.uidLine === undefined ? {} : { line: e.manifest.uidLine }) })),
      notes: ['the kubelet keeps its pods by UID, and mixes the two up'],
      help: ['take the uid out of the one that was copied'],
    });
  }
  return undefined;
}

function refuseEntry(entry: Entry, observed: Observed): KcfgError | undefined {
  const { manifest, skipped, path } = entry;
  if (skipped?.why === 'invalid') {
    return new KcfgError('invalid-manifest', skipped.detail, {
      where: [skipped.where ?? { file: path }],
      notes: ['the kubelet logs one line and goes on without this pod'],
      help: ['mend it, or take it out of the directory, then run this again'],
    });
  }
  if (skipped !== undefined && (skipped.why !== 'hidden' || entry.info.kind !== 'file')) {
    return new KcfgError('stray-file', `${entry.name} in ${observed.directory.path} is no manifest`, {
      where: [{ file: path, label: skipped.detail }],
      help: [`take it out of the directory: mv ${path} /root/`],
    });
  }
  if (entry.info.kind === 'link') {
    return new KcfgError('stray-file', `${entry.name} is a link, not a manifest of its own`, {
      where: [{ file: path, label: `-> ${entry.info.target ?? ''}` }],
      notes: ['a copy would no longer follow it'],
      help: ['put the file itself there'],
    });
  }
  if (manifest === undefined) return undefined;
  if (manifest.annotations['kubernetes.io/config.mirror'] !== undefined) {
    return new KcfgError('mirror-annotation', `${entry.name} carries kubernetes.io/config.mirror`, {
      where: [{ file: path }],
      notes: ['the kubelet takes it for a mirror pod from the API server, and never starts it'],
      help: ['take the annotations kubernetes.io/config.* and the status out of the file'],
    });
  }
  if (manifest.documents > 1) {
    return new KcfgError('cannot-pin', `${entry.name} holds ${manifest.documents} documents, and the kubelet reads the first only`, {
      where: [{ file: path }],
      help: ['keep one pod in each file'],
    });
  }
  const pin = manifest.pin;
  if (pin !== undefined && pin.node !== observed.node.name) {
    return new KcfgError('foreign-pin', `${entry.name} is pinned to a pod of ${pin.node}`, {
      where: [{ file: path, ...(manifest.uidLine === undefined ? {} : { line: manifest.uidLine }) }],
      notes: [`this node is ${observed.node.name}: the file was copied from another one`],
      help: ['take the uid line and its comment out; the kubelet then re-creates the pod'],
    });
  }
  const pod = observed.pods.find((p) => p.manifest === entry.name);
  if (manifest.uid !== undefined && manifest.uid !== '' && pod?.uid !== undefined && pod.uid !== manifest.uid) {
    return new KcfgError('foreign-pin', `${entry.name} has a uid that its running pod does not have`, {
      where: [{ file: path, ...(manifest.uidLine === undefined ? {} : { line: manifest.uidLine }) }],
      notes: [`in the file: ${manifest.uid}; running: ${pod.uid}`],
      help: ['wait until the kubelet has re-created the pod, or mend the uid'],
    });
  }
  return undefined;
}

function duplicatePod(key: string, entries: Entry[]): KcfgError {
  const [first, last] = [entries[0], entries.at(-1)];
  const paths = entries.map((e) => e.path);
  return new KcfgError('duplicate-pod', `two files define the pod ${key}`, {
    where: entries.map((e) => ({ file: e.path, label: e.info.mtimeNs })),
    notes: [`the kubelet reads every name without a leading dot, whatever its ending; of two files with one pod the last name wins, here ${last?.name ?? ''}`],
    help: [
      'compare them, then take one out of the directory:',
      `  diff ${paths[0] ?? ''} ${paths.at(-1) ?? ''}`,
      `  mv ${last?.path ?? ''} /root/`,
      `the kubelet then re-creates ${first?.manifest?.name ?? 'the pod'}: up to 1 min without it`,
    ],
  });
}

/** What lies in the wanted directory already. A file with just the bytes that would be written there is fine. */
export function refuseDestinationEntries(observed: Observed, destination: Destination, copies: readonly FileCopy[]): KcfgError | undefined {
  if (isBridge(destination, observed)) return undefined;
  const { entries, path } = destination.directory;
  for (const entry of entries) {
    if (entry.skipped !== undefined && (entry.skipped.why === 'hidden' || entry.skipped.why === 'directory')) continue;
    if (copies.some((copy) => copy.exists !== undefined && copy.name === entry.name)) continue;
    const twin = observed.directory.entries.find(
      (e) => e.manifest !== undefined && e.manifest.name === entry.manifest?.name && e.manifest.namespace === entry.manifest.namespace,
    );
    if (twin !== undefined) {
      return new KcfgError('duplicate-pod', `${path} has a manifest of ${entry.manifest?.namespace ?? ''}/${entry.manifest?.name ?? ''} already`, {
        where: [{ file: entry.path }, { file: twin.path, label: 'the one that runs' }],
        help: ['compare them, then empty the directory:', `  diff ${entry.path} ${twin.path}`, `  mv ${entry.path} /root/`],
      });
    }
    return new KcfgError('stray-file', `${path} is not empty: it has ${entry.name}`, {
      where: [{ file: entry.path }],
      notes: ['the kubelet reads every name without a leading dot, whatever its ending'],
      help: ['empty the directory, or choose a new one:', `  mv ${entry.path} /root/`],
    });
  }
  return undefined;
}

function refusePods(observed: Observed): KcfgError | undefined {
  for (const pod of observed.pods) {
    const file: Where[] = pod.manifest === undefined ? [] : [{ file: `${observed.directory.path}/${pod.manifest}` }];
    if (pod.state === 'no manifest') {
      return new KcfgError('pod-without-manifest', `${pod.fullName} runs, and no file in ${observed.directory.path} defines it`, {
        notes: ['the kubelet stops it at its next start: its manifest was removed, or does not parse any more'],
        help: ['put its manifest back, or wait until the kubelet has stopped it'],
      });
    }
    if (pod.sandboxes > 1) {
      return new KcfgError('several-sandboxes', `${pod.fullName} runs ${pod.sandboxes} times`, {
        where: file,
        notes: ['the kubelet is in the middle of replacing it, or is stuck there'],
        help: ['wait a minute, then run this again'],
      });
    }
    if (pod.state !== 'running') return notRunning(pod, file);
  }
  return undefined;
}

function notRunning(pod: StaticPod, where: Where[]): KcfgError {
  return new KcfgError('pod-not-running', `${pod.fullName} ${pod.state === 'stopped' ? 'does not run' : 'is not up yet'}`, {
    where,
    notes: ['only a running pod can be kept through the change; this one would be started anew'],
    help: ['mend it first, or accept that it is started anew: --force pod-not-running'],
  });
}
