/**
 * The node's own kubelet judges the staged configuration before anything is changed: its binary, its flags, the new file,
 * and nothing it could act on: no kubeconfig, a scratch root directory, no network, a dead runtime socket. A verdict in
 * its own words takes 40-230 ms (lab, 1.37.2). It stops at the runtime once the configuration is accepted.
 */
import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { KcfgError, type Where } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { readConfig } from '../kubelet/document.ts';
import { loadFields } from '../kubelet/fields/load.ts';
import { placeOfWords } from '../kubelet/rules/words-place.ts';
import type { Kubelet } from './observed.ts';

/** Flags that would let it act, or that the rehearsal sets itself. */
const LEFT_OUT = new Set([
  'config', 'config-dir', 'kubeconfig', 'bootstrap-kubeconfig', 'root-dir', 'cert-dir', 'container-runtime-endpoint', 'image-service-endpoint',
]);
const SCRATCH = '/run/kcfg/rehearsal';
/**
 * It can go no further without an API server or a runtime: the configuration was taken (server.go run@1.37.2). Anything else
 * that ends it is a refusal, also behind "failed to run Kubelet": cgroup v1, an authorization mode that there is not.
 */
export const TAKEN = /failed to run Kubelet: (no client provided, cannot use webhook|validate (CRI v1|service connection)|.*(validate CRI|no-runtime\.sock))/;

/** What the kubelet said of a configuration. */
export interface Rehearsal {
  accepted: boolean;
  /** Why not: its last words, with the staged paths called by their real names. */
  words: string;
  /** Its warning of keys that it ignores (codec.go:102), where it gave one. */
  warning?: string;
}

/** What the kubelet is given: its flags as they would be, and the files that are other ones than on disk, by path. */
export interface Staged {
  argv: readonly string[];
  files: ReadonlyMap<string, Uint8Array>;
  /** Absolute, in order. */
  dropIns: readonly string[];
}

/** Throws `rejected-by-kubelet` with the kubelet's words. */
export async function refuseRejected(host: Host, kubelet: Kubelet, staged: Staged): Promise<void> {
  const verdict = await rehearse(host, kubelet, staged);
  if (verdict === undefined || verdict.accepted) return;
  const file = [...staged.files.keys()][0];
  const place = await placeIn(verdict.words, [...staged.files].map(([path, bytes]) => ({ file: path, bytes })), kubelet.version);
  throw new KcfgError('rejected-by-kubelet', 'this kubelet would not start with the new configuration', {
    where: place !== undefined ? [place] : file === undefined ? [] : [{ file }],
    notes: [`the kubelet says: ${verdict.words}`],
    help: ['mend that first; where the file has it already, the kubelet would not start with the file as it is either'],
  });
}

/** The line that the kubelet's words are about; what cannot be read as a configuration has none. */
export async function placeIn(words: string, files: readonly { file: string; bytes: Uint8Array }[], version: string | undefined): Promise<Where | undefined> {
  const documents = files.flatMap(({ file, bytes }) => {
    try {
      return [readConfig(file, bytes)];
    } catch (error) {
      if (error instanceof KcfgError) return [];
      throw error;
    }
  });
  return placeOfWords(words, documents, await loadFields(version));
}

/** The verdict of the node's own kubelet; undefined where there is no program to ask. */
export async function rehearse(host: Host, kubelet: Pick<Kubelet, 'binary' | 'configFile'>, staged: Staged): Promise<Rehearsal | undefined> {
  if (kubelet.binary === undefined) return undefined;
  const own = host.user.uid === 0 ? { uid: 0, gid: 0 } : { uid: host.user.uid, gid: -1 };
  const { files } = host;
  // two kcfg may ask at once: each has a place of its own
  const place = `${SCRATCH}/${randomUUID()}`;
  for (const directory of ['/run/kcfg', SCRATCH, `${SCRATCH}/root`, place, `${place}/conf.d`]) await files.mkdir(directory, { mode: 0o700, ...own });
  const attributes = { mode: 0o600, ...own };
  const bytesOf = async (path: string): Promise<Uint8Array | undefined> => staged.files.get(path) ?? (await files.read(path));
  await files.write(`${place}/config.yaml`, (await bytesOf(kubelet.configFile)) ?? '', attributes);
  const written: string[] = [];
  for (const [index, path] of staged.dropIns.entries()) {
    const bytes = await bytesOf(path);
    // one directory holds them all: the number keeps the order of directories below
    const name = `${place}/conf.d/${String(index).padStart(3, '0')}-${posix.basename(path)}`;
    if (bytes === undefined) continue;
    await files.write(name, bytes, attributes);
    written.push(name);
  }
  const argv = [
    kubelet.binary,
    ...otherFlags(staged.argv.slice(1)),
    `--config=${place}/config.yaml`,
    ...(staged.dropIns.length === 0 ? [] : [`--config-dir=${place}/conf.d`]),
    `--root-dir=${SCRATCH}/root`,
    `--cert-dir=${SCRATCH}/root`,
    `--container-runtime-endpoint=unix://${SCRATCH}/no-runtime.sock`,
  ] as const;
  try {
    const { stdout, stderr, missing, timedOut } = await host.run(host.sandbox ? [...argv] : ['unshare', '--net', '--', ...argv], { timeout: 10_000 });
    if (missing || timedOut) return undefined;
    const real = posix.dirname(kubelet.configFile);
    const warning = /"Using lenient decoding as strict decoding failed" err="((?:[^"\\]|\\.)*)"/.exec(stderr)?.[1];
    const told = warning === undefined ? {} : { warning: warning.replaceAll('\\"', '"').replaceAll(place, real) };
    if (TAKEN.test(stderr + stdout)) return { accepted: true, words: '', ...told };
    return { accepted: false, words: lastWords(stderr, place, real), ...told };
  } finally {
    for (const name of [...written, `${place}/config.yaml`, `${place}/conf.d`, place]) await files.remove(name);
  }
}

function otherFlags(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const name = /^--?([^=]+)/.exec(word)?.[1]?.replaceAll('_', '-') ?? '';
    if (!LEFT_OUT.has(name)) kept.push(word);
    else if (!word.includes('=')) i++;
  }
  return kept;
}

/** The `err="…"` of its last line, with the staged path called by its real name. */
function lastWords(stderr: string, scratch: string, real: string): string {
  const line = stderr.trimEnd().split('\n').filter((text) => /command failed|panic|Error:|^F\d{4}/.test(text)).at(-1) ?? stderr.trimEnd().split('\n').at(-1) ?? '';
  const words = /err="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
  return words.replaceAll(scratch, real).replace(/, path: &TypeMeta.*$/, '').slice(0, 600);
}
