/**
 * What a configuration of the kubelet comes to: the kubelet itself with kubeadm's flags, in namespaces of its own, over the
 * files of the node, with an API server that does not answer and a runtime without containers. It survives when it asks that
 * runtime for the sandbox of a static pod, and goes on: one that starts and never looks at its manifests runs no control plane.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveNoContainers } from '../harness/cri.ts';
import { AS_ANOTHER, CONFIG, ENDPOINT, type FuzzNode, NODE } from './node.ts';
import type { Truth } from './truth.ts';

const INSIDE = fileURLToPath(new URL('../harness/inside.sh', import.meta.url));
/** It waits for the API server at first, some 10 s (kubelet.go waitForAPIServerSync), then it makes pods. */
const PATIENCE_MS = 60_000;
/** After that a static pod comes at once: the directory is listed at the start (file.go). */
const LOOKS_MS = 25_000;
const STARTED = /Starting Kubelet Plugin Manager/;
/** Its servers listen in goroutines of their own, and end it when they cannot. */
const SETTLES_MS = 500;

export async function kubeletTruth(node: FuzzNode, binary: string, bytes: Buffer): Promise<Truth> {
  const scratch = mkdtempSync(`${node.scratch}/kubelet-`);
  const place = `${scratch}/place`;
  mkdirSync(`${place}/node/var/lib/kubelet`, { recursive: true });
  cpSync(`${node.files}/etc`, `${place}/node/etc`, { recursive: true });
  cpSync(`${node.files}/var/lib/kubelet`, `${place}/node/var/lib/kubelet`, { recursive: true });
  writeFileSync(`${place}/node${CONFIG}`, bytes);
  let asked = false;
  const close = await serveNoContainers(`${place}/runtime.sock`, (name) => {
    if (name === 'RunPodSandbox') asked = true;
  });
  try {
    return await watch([INSIDE, place, ...AS_ANOTHER, binary, ...flagsOf(node.version)], () => asked);
  } finally {
    close();
    // its mounts went with its namespace
    if (!readdirSync(place).includes('over') || readdirSync(`${place}/over`).length === 0) rmSync(scratch, { recursive: true, force: true });
  }
}

/** kubeadm's drop-in and kubeadm-flags.env; and cgroups are left alone, as they are the machine's. */
function flagsOf(version: string): string[] {
  const early = Number(version.split('.')[1]) < 31;
  return [
    ...['--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf', '--kubeconfig=/etc/kubernetes/kubelet.conf', `--config=${CONFIG}`, `--hostname-override=${NODE}`],
    ...(early ? [`--container-runtime-endpoint=${ENDPOINT}`] : []),
    ...['--cgroups-per-qos=false', '--enforce-node-allocatable=', '--v=2'],
  ];
}

async function watch(argv: readonly string[], asked: () => boolean): Promise<Truth> {
  const child = spawn('unshare', ['--net', '--mount', '--', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const hear = (data: Buffer): void => {
    said = (said + data.toString()).slice(-200_000);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  let over = false;
  const closed = new Promise<void>((resolve) => void child.once('close', () => resolve()).once('error', () => resolve())).then(() => {
    over = true;
  });
  const pause = (ms: number): Promise<unknown> => Promise.race([closed, new Promise((resolve) => setTimeout(resolve, ms))]);
  const began = Date.now();
  let started: number | undefined;
  while (!over && !asked() && Date.now() - began < PATIENCE_MS && Date.now() - (started ?? Date.now()) < LOOKS_MS) {
    await pause(200);
    if (STARTED.test(said)) started ??= Date.now();
  }
  if (asked()) await pause(SETTLES_MS);
  if (over) return { survives: false, words: lastWords(said) };
  child.kill('SIGKILL');
  await closed;
  return asked() ? { survives: true, words: '' } : { survives: false, words: started === undefined ? 'the kubelet does not get as far as its pods' : 'the kubelet runs, and no static pod' };
}

function lastWords(said: string): string {
  const lines = said.trimEnd().split('\n');
  const line = lines.find((text) => /^panic:/.test(text)) ?? lines.filter((text) => /command failed|^E\d{4}|^F\d{4}|Error:/.test(text)).at(-1) ?? lines.at(-1) ?? '';
  return line.replace(/^.*err="/, '').replaceAll('\\"', '"').slice(0, 400);
}
