/**
 * The node's own kubelet judges the staged configuration before anything is changed: its binary, its flags, the new file,
 * and nothing it could act on: no kubeconfig, a scratch root directory, no network, a dead runtime socket. A verdict in
 * its own words takes 40-230 ms (lab, 1.37.2). It stops at "failed to run Kubelet" once the configuration is accepted.
 */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { dropInFiles } from '../kubelet/layers.ts';
import type { Kubelet } from './observed.ts';

/** Flags that would let it act, or that the rehearsal sets itself. */
const LEFT_OUT = new Set([
  'config', 'config-dir', 'kubeconfig', 'bootstrap-kubeconfig', 'root-dir', 'cert-dir', 'container-runtime-endpoint', 'image-service-endpoint',
]);
const SCRATCH = '/run/kcfg/rehearsal';
/** Anything else that ends it early is a refusal (kubelet server.go:182-267: load, merge, validate come first). */
const ACCEPTED = /failed to run Kubelet|no client provided|Standalone mode/;

/** Throws `rejected-by-kubelet` with the kubelet's words. `file` is replaced by `content` among its configuration files. */
export async function rehearse(host: Host, kubelet: Kubelet, file: string, content: Uint8Array): Promise<void> {
  if (kubelet.binary === undefined) return;
  const own = host.user.uid === 0 ? { uid: 0, gid: 0 } : { uid: host.user.uid, gid: -1 };
  const { files } = host;
  for (const directory of ['/run/kcfg', SCRATCH, `${SCRATCH}/root`, `${SCRATCH}/conf.d`]) await files.mkdir(directory, { mode: 0o700, ...own });
  const staged = { mode: 0o600, ...own };
  const config = file === kubelet.configFile ? content : await files.read(kubelet.configFile);
  await files.write(`${SCRATCH}/config.yaml`, config ?? '', staged);
  const dropIns = kubelet.configDir === undefined ? [] : dropInFiles((await files.list(kubelet.configDir)) ?? []);
  for (const name of dropIns) {
    const path = `${kubelet.configDir}/${name}`;
    const bytes = path === file ? content : await files.read(path);
    if (bytes !== undefined) await files.write(`${SCRATCH}/conf.d/${name}`, bytes, staged);
  }
  const argv = [
    kubelet.binary,
    ...otherFlags(kubelet.argv.slice(1)),
    `--config=${SCRATCH}/config.yaml`,
    ...(kubelet.configDir === undefined ? [] : [`--config-dir=${SCRATCH}/conf.d`]),
    `--root-dir=${SCRATCH}/root`,
    `--cert-dir=${SCRATCH}/root`,
    `--container-runtime-endpoint=unix://${SCRATCH}/no-runtime.sock`,
  ] as const;
  try {
    const { stdout, stderr, missing, timedOut } = await host.run(host.sandbox ? [...argv] : ['unshare', '--net', '--', ...argv], { timeout: 10_000 });
    if (missing || timedOut || ACCEPTED.test(stderr + stdout)) return;
    throw new KcfgError('rejected-by-kubelet', 'this kubelet would not start with the new configuration', {
      where: [{ file }],
      notes: [`the kubelet says: ${lastWords(stderr, posix.dirname(`${SCRATCH}/config.yaml`), posix.dirname(kubelet.configFile))}`],
      help: ['mend that first; it would also not start with the file as it is now'],
    });
  } finally {
    for (const name of dropIns) await files.remove(`${SCRATCH}/conf.d/${name}`);
    await files.remove(`${SCRATCH}/config.yaml`);
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
