/** Refusals of what lies in the present directory: what is no manifest, and manifests that cannot be taken along safely. */
import { KcfgError } from '../errors.ts';
import { duplicates, sameUid } from '../manifests/directory.ts';
import type { Entry, Observed } from '../node/observed.ts';
import { dateTime } from '../report/format.ts';

export function refuseManifests(observed: Observed): KcfgError | undefined {
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

/** Two paths as a shell takes them: `kube-apiserver.yaml{,.bak}` where the second is the first with an ending. */
function forShell(first: string, second: string): string {
  return second.startsWith(first) ? `${first}{,${second.slice(first.length)}}` : `${first} ${second}`;
}

function duplicatePod(key: string, entries: Entry[]): KcfgError {
  const [first, last] = [entries[0], entries.at(-1)];
  const paths = entries.map((e) => e.path);
  return new KcfgError('duplicate-pod', `two files define the pod ${key}`, {
    where: entries.map((e) => ({ file: e.path, label: dateTime(new Date(Number(BigInt(e.info.mtimeNs) / 1_000_000n))) })),
    notes: [`the kubelet reads every name without a leading dot, whatever its ending; of two files with one pod the last name wins, here ${last?.name ?? ''}`],
    help: [
      'compare them, then take one out of the directory:',
      `  diff ${forShell(paths[0] ?? '', paths.at(-1) ?? '')}`,
      `  mv ${last?.path ?? ''} /root/`,
      `the kubelet then re-creates ${first?.manifest?.name ?? 'the pod'}: up to 1 min without it`,
    ],
  });
}
