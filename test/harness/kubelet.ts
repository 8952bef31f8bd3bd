/**
 * A real kubelet judges a configuration, twice: at a dead runtime socket, which ends it once it took the
 * configuration; and, when it did, at a runtime without containers and with an API server that does not answer, where
 * it has to get its managers going. It runs in a root directory and in namespaces of its own.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TAKEN } from '../../src/node/rehearse.ts';
import type { Generated } from './written.ts';

/** refused: at load, in validation, or by a panic there. fails: it took it, and ended within its first moments. */
export type Verdict = 'accepted' | 'warned' | 'refused' | 'panics' | 'fails';
export interface Said {
  verdict: Verdict;
  /** Of the rehearsal as kcfg does it: the dead socket alone. */
  rehearsal: 'accepted' | 'refused';
  words: string;
}

const INSIDE = fileURLToPath(new URL('inside.sh', import.meta.url));
/** Of an API server that does not answer: enough to have a client. */
const KUBECONFIG = `apiVersion: v1
kind: Config
clusters: [{name: none, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: none, user: {token: none}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
current-context: none
`;
/** What stands instead of the node: no cgroup is made or entered, and nothing of the machine is changed. */
const STANDS_IN = [
  '--cgroups-per-qos=false', '--enforce-node-allocatable=',
  '--system-cgroups=', '--kubelet-cgroups=', '--runtime-cgroups=', '--fail-swap-on=false', '--healthz-port=0', '--protect-kernel-defaults=false', '--image-service-endpoint=',
];

/** Its first run: webhook authentication would end it before the mode of authorization is looked at. */
export function deadFlags(scratch: string): string[] {
  const socket = `unix://${scratch}/no-runtime.sock`;
  return ['--authentication-token-webhook=false', '--image-service-endpoint=', `--container-runtime-endpoint=${socket}`];
}

export interface Runner {
  version: string;
  judge(generated: Generated, start: boolean): Promise<Said>;
}

export function runner(binary: string, scratch: string, runtimeSocket: string): Runner {
  const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).replace(/^Kubernetes v/, '').trim();
  return {
    version,
    async judge(generated, start) {
      rmSync(scratch, { recursive: true, force: true });
      mkdirSync(`${scratch}/conf.d`, { recursive: true });
      mkdirSync(`${scratch}/root`);
      writeFileSync(`${scratch}/config.yaml`, generated.config);
      writeFileSync(`${scratch}/kubeconfig`, KUBECONFIG);
      for (const { name, text } of generated.state) writeFileSync(`${scratch}/root/${name}`, text);
      generated.dropIns.forEach((bytes, i) => writeFileSync(`${scratch}/conf.d/${i}.conf`, bytes));
      const own = [
        ...[...generated.flags, `--config=${scratch}/config.yaml`, `--root-dir=${scratch}/root`, `--cert-dir=${scratch}/root`],
        ...(generated.dropIns.length > 0 ? [`--config-dir=${scratch}/conf.d`] : []),
      ];
      const dead = await run([INSIDE, scratch, binary, ...own, ...deadFlags(scratch)], undefined);
      const rehearsal = TAKEN.test(dead.output) ? 'accepted' : 'refused';
      const words = lastWords(dead.output);
      if (/^panic:/m.test(dead.output)) return { verdict: 'panics', rehearsal, words };
      if (!TAKEN.test(dead.output)) return { verdict: /failed to run Kubelet/.test(dead.output) ? 'fails' : 'refused', rehearsal, words };
      const taken = /Using lenient decoding/.test(dead.output) ? 'warned' : 'accepted';
      if (!start) return { verdict: taken, rehearsal, words: '' };
      const live = await run([INSIDE, scratch, binary, ...own, ...STANDS_IN, `--kubeconfig=${scratch}/kubeconfig`, `--container-runtime-endpoint=unix://${runtimeSocket}`, '--v=2'], STARTED);
      return live.ended ? { verdict: 'fails', rehearsal, words: lastWords(live.output) } : { verdict: taken, rehearsal, words: '' };
    },
  };
}

/** The last line of its start: the container manager and all behind it are up (kubelet.go initializeRuntimeDependentModules). */
const STARTED = /Starting Kubelet Plugin Manager/;
/** Its servers listen in goroutines of their own, and end it when they cannot. */
const SETTLES_MS = 200;
const PATIENCE_MS = 20_000;

async function run(argv: readonly string[], until: RegExp | undefined): Promise<{ output: string; ended: boolean }> {
  const child: ChildProcess = spawn('unshare', ['--net', '--mount', '--', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    child.kill('SIGKILL');
  };
  const patience = setTimeout(stop, PATIENCE_MS);
  let settling: NodeJS.Timeout | undefined;
  const hear = (chunk: Buffer): void => {
    output += chunk.toString();
    if (until?.test(output)) settling ??= setTimeout(stop, SETTLES_MS);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  await new Promise<void>((resolve, reject) => child.once('error', reject).once('close', () => resolve()));
  clearTimeout(patience);
  clearTimeout(settling);
  return { output, ended: !stopped };
}

function lastWords(output: string): string {
  const lines = output.trimEnd().split('\n');
  const line = lines.find((text) => /^panic:/.test(text)) ?? lines.filter((text) => /command failed|^E\d{4}|"level":"error"|^F\d{4}|Error:/.test(text)).at(-1) ?? lines.at(-1) ?? '';
  const several = /err=<\n([\s\S]*?)\n? *>/.exec(output)?.[1];
  if (several !== undefined && line.includes('err=<')) return several.replace(/\s+/g, ' ').slice(0, 1000);
  const words = /err="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? line;
  return words.replaceAll('\\"', '"').replace(/, path: &TypeMeta.*$/, '').slice(0, 500);
}
