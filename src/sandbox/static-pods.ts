/**
 * Static pods as the kubelet reads them from a directory (pkg/kubelet/config/file.go and common.go, 1.37.2): every name
 * without a leading dot, no recursion, links followed, 10 MiB, a bad file skipped. Written apart from kcfg's own reader,
 * so that each can prove the other wrong.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { PathError, resolveInside } from './inside.ts';

/** maxConfigLength, common.go:51. */
const MOST_BYTES = 10 * 1024 * 1024;

export interface Pod {
  uid: string;
  /** Name with the node's behind it. */
  fullName: string;
  namespace: string;
  manifest: Record<string, unknown>;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  containers: { name: string; image: string; argv: string[] }[];
  graceSeconds: number;
  /** Carries kubernetes.io/config.mirror: taken for a mirror pod, never started (kubelet.go:2897). */
  mirror: boolean;
}
export interface Reading {
  /** The directory is missing, cannot be read, or was. */
  found: 'missing' | 'unreadable' | 'read';
  /** Entry name → pod, in byte order of the names. */
  pods: Map<string, Pod>;
  /** What the kubelet logs, as [message, rest of the line]. */
  complaints: [string, string][];
}
export interface Identity {
  nodeName: string;
  ignorePins: boolean;
}

export const podKey = (pod: Pod): string => `${pod.namespace}/${pod.fullName}`;

/** `path` is the text of the setting: it is part of each pod's UID. */
export function readStaticPods(root: string, path: string, identity: Identity): Reading {
  const reading: Reading = { found: 'read', pods: new Map(), complaints: [] };
  let real: string;
  try {
    real = resolveInside(root, path);
  } catch (error) {
    const missing = error instanceof PathError && error.code === 'ENOENT';
    const words = missing ? 'path does not exist, ignoring' : (error as Error).message;
    return {
      ...reading,
      found: missing ? 'missing' : 'unreadable',
      complaints: [['Unable to read config path', `err="${words}" path="${path}"`]],
    };
  }
  if (!statSync(real).isDirectory()) {
    const [pod, complaint] = tryFile(root, path, identity);
    if (pod === undefined) return { ...reading, found: 'unreadable', complaints: [['Unable to read config path', complaint]] };
    reading.pods.set('', pod);
    return reading;
  }
  const names = readdirSync(real, { encoding: 'buffer' }).sort(Buffer.compare).map(String);
  for (const name of names.filter((n) => !n.startsWith('.'))) {
    const file = join(path, name);
    const [pod, complaint, kind] = tryFile(root, file, identity);
    if (pod !== undefined) reading.pods.set(name, pod);
    else if (kind === 'directory')
      reading.complaints.push(['Provided manifest path is a directory, not recursing into manifest path', complaint]);
    else reading.complaints.push(['Could not process manifest file', complaint]);
  }
  return reading;
}

/** One file: a pod, or what is wrong with it. */
export function tryFile(
  root: string,
  path: string,
  identity: Identity,
): [pod: Pod | undefined, complaint: string, kind?: 'directory'] {
  const quote = (text: string): string => `err=${JSON.stringify(text)} path="${path}"`;
  let text: string;
  try {
    const real = resolveInside(root, path);
    const info = statSync(real);
    if (info.isDirectory()) return [undefined, `path="${path}"`, 'directory'];
    if (info.size >= MOST_BYTES) return [undefined, quote(`read limit of ${MOST_BYTES} bytes reached`)];
    text = decode(readFileSync(real));
  } catch (error) {
    return [undefined, quote((error as Error).message)];
  }
  try {
    return [parsePod(text, path, identity), ''];
  } catch (error) {
    return [undefined, quote(`${path}: couldn't parse as pod(${(error as Error).message}), please check config file`)];
  }
}

/** A byte order mark decides, as in the kubelet's YAML library: UTF-16 is read too. */
function decode(bytes: Buffer): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return utf16 ? bytes.toString('utf16le').slice(1) : bytes.toString('utf8').replace(/^\uFEFF/, '');
}

interface RawPod {
  kind?: unknown;
  metadata?: {
    uid?: unknown;
    name?: unknown;
    namespace?: unknown;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: {
    containers?: { name?: unknown; image?: unknown; command?: unknown; args?: unknown }[];
    terminationGracePeriodSeconds?: unknown;
    serviceAccountName?: unknown;
  };
}

/** Throws what the kubelet says of the text. Only the first document counts; of duplicate keys the last. */
function parsePod(text: string, path: string, { nodeName, ignorePins }: Identity): Pod {
  const [document] = parseAllDocuments(text, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  const problem = document === undefined || !('errors' in document) ? undefined : document.errors[0];
  if (problem !== undefined)
    throw new Error(`yaml: line ${problem.linePos?.[0].line ?? 1}: ${problem.message.split(' at line')[0]}`);
  const raw = (document === undefined || !('toJS' in document) ? null : document.toJS()) as RawPod | null;
  if (raw === null || typeof raw !== 'object' || raw.kind === undefined)
    throw new Error(`Object 'Kind' is missing in '${JSON.stringify(raw)}'`);
  if (raw.kind !== 'Pod') throw new Error(`invalid pod: kind ${String(raw.kind)}`);
  const name = raw.metadata?.name;
  if (typeof name !== 'string' || name === '') throw new Error('invalid pod: name is needed for the pod');
  if (!Array.isArray(raw.spec?.containers) || raw.spec.containers.length === 0)
    throw new Error('invalid pod: [spec.containers: Required value]');
  if (typeof raw.spec.serviceAccountName === 'string') throw new Error('static pods may not reference serviceaccounts');
  const containers = raw.spec.containers.map((container) => {
    const argv = [container.command ?? [], container.args ?? []].flat();
    if (typeof container.image !== 'string' || typeof container.name !== 'string')
      throw new Error('invalid pod: [spec.containers[0].image: Required value]');
    if (!argv.every((argument) => typeof argument === 'string')) {
      throw new Error(
        'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal object into Go struct field Container.spec.containers.command of type string',
      );
    }
    return { name: container.name, image: container.image, argv: argv.length === 0 ? [container.image] : argv };
  });
  const metadata = raw.metadata ?? {};
  const { uid: written, ...rest } = metadata;
  const pinned = typeof written === 'string' && written !== '';
  // common.go:68-78: the decoded pod, the node's name, the text of the path
  const born = createHash('md5')
    .update(canonical({ ...raw, metadata: rest }))
    .update(`host:${nodeName}`)
    .update(`file:${path}`);
  const uid = pinned && !ignorePins ? written : born.digest('hex');
  const grace = raw.spec.terminationGracePeriodSeconds;
  return {
    uid,
    fullName: `${name}-${nodeName.toLowerCase()}`,
    namespace: typeof metadata.namespace === 'string' && metadata.namespace !== '' ? metadata.namespace : 'default',
    manifest: raw as Record<string, unknown>,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    containers,
    graceSeconds: typeof grace === 'number' ? grace : 30,
    mirror: metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined,
  };
}

/** The same text for the same content, whatever the order of keys. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join()}}`;
}
