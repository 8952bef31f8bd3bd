/** What a runtime needs and what is left of one that does not answer: its socket, runc, the networks of pods, its last words. */
import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { RuntimeFacts } from '../machine-evidence.ts';
import { runnable } from './unit.ts';

const SOCKETS = ['/run/containerd/containerd.sock', '/run/crio/crio.sock', '/run/cri-dockerd.sock', '/run/docker.sock'];
const CONTAINERD = '/etc/containerd/config.toml';
/** Both that containerd and CRI-O take where nothing else is said (go-cni, libcni). */
const NETWORKS = '/etc/cni/net.d';
/** In the order of systemd's own PATH for services. */
const RUNC = ['/usr/local/sbin/runc', '/usr/local/bin/runc', '/usr/sbin/runc', '/usr/bin/runc'];
const LINES = 60;
const SHOWN = 3;

export async function aroundRuntime(host: Host, endpoint: string): Promise<Pick<RuntimeFacts, 'socket' | 'sockets' | 'runc' | 'networks'>> {
  const path = /^unix:\/\/(\/.*)$/.exec(endpoint)?.[1];
  const config = (await host.files.read(CONTAINERD).catch(() => undefined))?.toString('utf8') ?? '';
  const sockets: string[] = [];
  for (const socket of SOCKETS) if ((await host.files.target(socket).catch(() => undefined))?.kind === 'other') sockets.push(`unix://${socket}`);
  const runc = host.sandbox ? undefined : await findRunc(host, config);
  const directory = /^\s*conf_dir\s*=\s*["']([^"']+)["']/m.exec(config)?.[1] ?? NETWORKS;
  const names = host.sandbox ? undefined : await host.files.list(directory).catch(() => null);
  return {
    socket: path === undefined ? 'none' : await socketAt(host, path),
    sockets,
    ...(runc === undefined ? {} : { runc }),
    ...(names === undefined || names === null ? (names === undefined && !host.sandbox ? { networks: { directory, files: [] } } : {}) : { networks: { directory, files: names.filter((name) => /\.(conf|conflist|json)$/.test(name)) } }),
  };
}

async function socketAt(host: Host, path: string): Promise<NonNullable<RuntimeFacts['socket']>> {
  const info = await host.files.target(path).catch(() => undefined);
  return info === undefined ? 'missing' : info.kind === 'other' ? 'socket' : 'other';
}

/** The one that config.toml names, else the first in PATH; one that is there and may not be run tells more than none. */
async function findRunc(host: Host, config: string): Promise<RuntimeFacts['runc']> {
  const named = /^\s*BinaryName\s*=\s*["']([^"']*runc[^"']*)["']/m.exec(config)?.[1];
  let found: RuntimeFacts['runc'];
  for (const path of named === undefined ? RUNC : named.startsWith('/') ? [named] : RUNC.map((each) => posix.join(posix.dirname(each), named))) {
    const program = await runnable(host, path);
    if (program === 'runs') return { path, program };
    if (found === undefined || found.program === 'missing') found = { path, program };
  }
  return found;
}

/** What it ended with: its last lines of error or worse. */
export async function serviceWords(host: Host, unit: string | undefined): Promise<string[]> {
  if (unit === undefined) return [];
  const entries = await host.journal.entries({ unit, last: LINES, fields: ['MESSAGE'] }).catch(() => []);
  const said = entries.filter(({ message }) => /level=(fatal|error|warning)|containerd: |failed|error|Error/.test(message)).map(({ message }) => message.slice(0, 400));
  return [...new Set(said)].slice(-SHOWN);
}
