/** Refusals of the wanted directory: what lies at that path, where it leads, on what filesystem, and what it holds. */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Destination } from '../node/destination.ts';
import type { Observed } from '../node/observed.ts';
import { KUBEADM_DIRECTORY } from './kubeadm/instance-config.ts';
import { shellWord } from './shell-word.ts';
import type { FileCopy } from './step.ts';

export function refuseDestination(observed: Observed, destination: Destination): KcfgError | undefined {
  const { path, info, target: at, presentTarget } = destination;
  const present = observed.staticPodPath.value;
  if (destination.loop) {
    return new KcfgError('link-loop', `${path} is a link that goes round in circles`, {
      where: [{ file: path, ...(info?.target === undefined ? {} : { label: `-> ${info.target}` }) }],
      notes: ['the kubelet would start, answer its health check, and see no static pods at all'],
      help: ['choose another directory, or remove the link:', `  rm ${shellWord(path)}`],
    });
  }
  if (info?.kind === 'file' || info?.kind === 'other' || (info?.kind === 'link' && at !== undefined && at.kind !== 'directory')) {
    return new KcfgError('not-a-directory', `${path} is not a directory`, { where: [{ file: path }], help: ['choose another path'] });
  }
  if (info?.kind === 'link' && at === undefined) {
    return new KcfgError('not-a-directory', `${path} is a link to nothing`, {
      where: [{ file: path, label: `-> ${info.target ?? ''}` }],
      notes: ['a missing directory means no static pods at all'],
      help: ['choose another directory, or remove the link:', `  rm ${shellWord(path)}`],
    });
  }
  const same = at !== undefined && presentTarget !== undefined && at.dev === presentTarget.dev && at.ino === presentTarget.ino;
  if (same && !isBridge(destination) && !isInPlace(observed, destination)) {
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
      help: ['name the directory itself:', `  kcfg set staticPodPath ${info.target ?? ''}`],
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
      help: ['make it first, so that owner and mode are yours to choose:', `  mkdir -p ${shellWord(posix.dirname(path))}`],
    });
  }
  const loose = [...(at === undefined ? [] : [at]), ...destination.above].find((dir) => dir.kind === 'directory' && (dir.mode & 0o022) !== 0 && (dir.mode & 0o1000) === 0);
  if (loose !== undefined) {
    return new KcfgError('unsafe-owner', `others may write to ${loose.path}`, {
      where: [{ file: loose.path, label: `mode ${loose.mode.toString(8).padStart(4, '0')}` }],
      notes: ['whoever can put a file into the directory of the static pods is root on this node'],
      help: [`chmod go-w ${shellWord(loose.path)}`],
    });
  }
  return undefined;
}

/** A link that an earlier change left in place of the old directory, or that stands for it: moving back onto it is fine. */
export function isBridge(destination: Destination): boolean {
  const { info } = destination;
  if (info?.kind !== 'link') return false;
  return destination.bridge === true || destination.path === KUBEADM_DIRECTORY;
}

/**
 * The path in force is a link, and the wanted one is where it leads: so it is after kubeadm has put its own path back and the
 * kubelet was restarted. The files stay where they are, and their pods keep their UIDs by pins.
 */
export function isInPlace(observed: Observed, { info, target, presentTarget }: Destination): boolean {
  if (observed.directory.info?.kind !== 'link' || info?.kind !== 'directory') return false;
  return target !== undefined && presentTarget !== undefined && target.dev === presentTarget.dev && target.ino === presentTarget.ino;
}

function nesting(path: string, present: string): 'above' | 'below' | undefined {
  if (path.startsWith(`${present}/`)) return 'below';
  if (present.startsWith(`${path}/`)) return 'above';
  return undefined;
}

/** What lies in the wanted directory already. A file with just the bytes that would be written there is fine. */
export function refuseDestinationEntries(observed: Observed, destination: Destination, copies: readonly FileCopy[]): KcfgError | undefined {
  if (isBridge(destination) || isInPlace(observed, destination)) return undefined;
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
      help: ['choose a new directory; or empty this one, where nothing else uses it'],
    });
  }
  return undefined;
}
