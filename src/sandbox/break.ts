/** Ways to break a pretend node that people meet on real ones, for trying what kcfg makes of them. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KcfgError } from '../errors.ts';
import { ask } from './control.ts';
import { resolveInside } from './inside.ts';
import { controlSocket, nodeRoot } from './layout.ts';
import { AGE_DAYS, apiServerIdentity, loadAuthority } from './pki.ts';

type Break = (base: string, name: string) => Promise<string>;

const PKI = '/etc/kubernetes/pki';
const DAY_MS = 86_400_000;

/** Case → does it, and says what it did. */
export const BREAKS: Record<string, Break> = {
  'unknown-flag': async (base, name) => editManifest(base, name, 'kube-apiserver.yaml', '--enable-admission-plugins=', '--enable-admission-plugin='),
  'bad-yaml': async (base, name) => editManifest(base, name, 'kube-scheduler.yaml', 'metadata:', 'metadata;'),
  'wrong-path': async (base, name) => editManifest(base, name, 'kube-apiserver.yaml', '=/etc/kubernetes/pki/apiserver.crt', '=/etc/kubernetes/pki/api-server.crt'),
  'wrong-port': async (base, name) => editManifest(base, name, 'kube-apiserver.yaml', /(?<=--etcd-servers=https:\/\/127\.0\.0\.1:)\d+/, '2397'),
  'stray-file': async (base, name) => {
    const directory = manifestDirectory(base, name);
    const copy = join(directory.node, 'kube-apiserver.yaml.bak');
    writeFileSync(join(directory.real, 'kube-apiserver.yaml.bak'), readFileSync(join(directory.real, 'kube-apiserver.yaml')), {
      mode: 0o600,
    });
    return `a second file for one pod: ${copy}`;
  },
  'moved-manifest': async (base, name) => {
    const { node, real } = manifestDirectory(base, name);
    renameSync(join(real, 'kube-apiserver.yaml'), join(inside(base, name, '/root'), 'kube-apiserver.yaml'));
    return `moved ${join(node, 'kube-apiserver.yaml')} to /root`;
  },
  'no-directory': async (base, name) => {
    const { node, real } = manifestDirectory(base, name);
    rmSync(real, { recursive: true });
    return `removed ${node}, and all in it`;
  },
  'expired-certificate': async (base, name) => {
    const { nodes } = await ask(controlSocket(base), { op: 'list' });
    const settings = nodes.find((node) => node.name === name);
    const pki = inside(base, name, PKI);
    const authority = loadAuthority({ cert: readFileSync(join(pki, 'ca.crt'), 'utf8'), key: readFileSync(join(pki, 'ca.key'), 'utf8') });
    if (settings === undefined) throw new KcfgError('sandbox', `${name} is not up`, { help: [`kcfg sandbox up ${name}`] });
    const ended = new Date(Date.now() - (365 - AGE_DAYS + 6) * DAY_MS);
    const { cert, key } = apiServerIdentity(settings, authority, ended);
    writeFileSync(join(pki, 'apiserver.crt'), cert);
    writeFileSync(join(pki, 'apiserver.key'), key, { mode: 0o600 });
    await ask(controlSocket(base), { op: 'fault', name, fault: 'container-restarts', argument: { name: 'kube-apiserver' } });
    return `${PKI}/apiserver.crt ended 6 days ago, and the API server has started since`;
  },
  'bad-config': async (base, name) => {
    const path = '/var/lib/kubelet/config.yaml';
    edit(inside(base, name, path), 'cgroupDriver: systemd', 'cgroupDriver: systemd\nmaxPods: "110"');
    await systemctl(base, name, 'restart');
    return `edited ${path}, and restarted the kubelet`;
  },
  'kubelet-stopped': async (base, name) => {
    await systemctl(base, name, 'stop');
    return 'the kubelet was stopped, and the containers run on';
  },
  'api-down': async (base, name) => {
    await ask(controlSocket(base), { op: 'fault', name, fault: 'api-down', argument: true });
    return 'the API server runs, and answers nothing';
  },
};

/** Throws `usage` for a case that there is not. Returns what was done, in a few words. */
export async function breakNode(base: string, name: string, what: string): Promise<string> {
  const run = Object.hasOwn(BREAKS, what) ? BREAKS[what] : undefined;
  if (run === undefined)
    throw new KcfgError('usage', `kcfg sandbox cannot break a node by ${what}`, {
      help: [`one of ${Object.keys(BREAKS).join(', ')}`],
    });
  return await run(base, name);
}

/** A directory or file of the node. */
function inside(base: string, name: string, path: string): string {
  const real = resolveInside(nodeRoot(base, name), path);
  mkdirSync(dirname(real), { recursive: true });
  return real;
}

async function systemctl(base: string, name: string, verb: string): Promise<void> {
  await ask(controlSocket(base), { op: 'program', node: name, program: 'systemctl', args: [verb, 'kubelet'], cwd: '/', pid: process.pid });
}

function manifestDirectory(base: string, name: string): { node: string; real: string } {
  const config = readFileSync(inside(base, name, '/var/lib/kubelet/config.yaml'), 'utf8');
  const node = /^staticPodPath: *"?([^"\s#]+)/m.exec(config)?.[1] ?? '/etc/kubernetes/manifests';
  return { node, real: resolveInside(nodeRoot(base, name), node) };
}

function editManifest(base: string, name: string, file: string, from: string | RegExp, to: string): string {
  const { node, real } = manifestDirectory(base, name);
  edit(join(real, file), from, to);
  return `edited ${join(node, file)}`;
}

/** As an editor does it: a hidden file, renamed over the old one. */
function edit(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new KcfgError('sandbox', `${basename(path)} has no ${from instanceof RegExp ? 'such line' : from.trim()} any more`, { help: ['break a fresh node: kcfg sandbox down NAME, kcfg sandbox up NAME'] });
  const temporary = join(dirname(path), `.${basename(path)}.swp`);
  writeFileSync(temporary, after, { mode: 0o600 });
  renameSync(temporary, path);
}
