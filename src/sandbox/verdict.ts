/**
 * The tree's /usr/bin/kubelet: answers --version, and judges a configuration as the real binary does when it is given
 * one with a dead runtime socket: its own words, exit 1, nothing started.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { flagValues } from './flags.ts';
import { findInside } from './inside.ts';
import { deadRuntime } from './kubelet.ts';
import { loadSettings, Refusal } from './kubelet-config.ts';
import type { Machine } from './machine.ts';
import type { ProgramAnswer } from './scripts.ts';

export function judge(machine: Machine, args: readonly string[], cwd: string): ProgramAnswer {
  const { root, settings: node } = machine;
  if (args[0] === '--version') return { exit: 0, stdout: `Kubernetes v${node.version}\n`, stderr: '' };
  const day = new Date(machine.now()).toISOString();
  const stamp = `${day.slice(5, 7)}${day.slice(8, 10)} ${day.slice(11, 23)}000    4711`;
  const flags = flagValues(args);
  const lines = [...flags.keys()]
    .filter((flag) => ['container-runtime-endpoint', 'pod-manifest-path'].includes(flag))
    .map(
      (flag) =>
        `Flag --${flag} has been deprecated, This parameter should be set via the config file specified by the Kubelet's --config flag. See https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/ for more information.`,
    );
  // a path may be the node's own, or one of this machine that kcfg made of it
  const find = (path: string): string | undefined => {
    const absolute = path.startsWith('/') ? path : join(cwd, path);
    if (absolute.startsWith(`${root}/`)) return existsSync(absolute) ? absolute : undefined;
    return findInside(root, absolute) ?? (existsSync(absolute) ? absolute : undefined);
  };
  try {
    const { settings, warnings } = loadSettings(root, args, find);
    for (const { message, rest } of warnings) lines.push(`I${stamp} codec.go:102] ${JSON.stringify(message)} ${rest}`);
    const endpoint = flags.get('container-runtime-endpoint') ?? String(settings.containerRuntimeEndpoint ?? '');
    lines.push(`I${stamp} server.go:545] "Kubelet version" kubeletVersion="v${node.version}"`);
    throw new Refusal(deadRuntime(endpoint));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    lines.push(`E${stamp} run.go:72] "command failed" err=${JSON.stringify(error.message)}`);
  }
  return { exit: 1, stdout: '', stderr: lines.map((line) => `${line}\n`).join('') };
}
