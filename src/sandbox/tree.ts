/**
 * Writes the directory tree of a node: all that kcfg reads on a real kubeadm node, at the same paths, with the same
 * modes. What belongs to a running machine (/proc, /run, sockets) comes with the boot.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Issuer } from './certificates.ts';
import { findInside } from './inside.ts';
import {
  CONTAINERD_UNIT,
  INSTANCE_CONFIG,
  KUBEADM_DROP_IN,
  KUBEADM_FLAGS,
  KUBELET_UNIT,
  kubeletConfig,
} from './kubeadm-files.ts';
import { kubeadmManifests } from './kubeadm-manifests.ts';
import { controlSocket, type NodeSettings, nodeDirectory } from './layout.ts';
import { AGE_DAYS, apiServerIdentity, controlPlaneFiles, kubeletFiles, loadAuthority, makeClusterAuthority } from './pki.ts';
import { CONTROL_PLANE_PROGRAMS, PERL, PROGRAMS, programScript } from './scripts.ts';

const DIRECTORIES: [string, number][] = [
  ['/etc/kubernetes/manifests', 0o700],
  ['/etc/kubernetes/pki', 0o755],
  ['/etc/systemd/system/multi-user.target.wants', 0o755],
  ['/var/lib/kubelet/pki', 0o700],
  ['/var/lib/kubelet/pods', 0o750],
  ['/var/log/pods', 0o755],
  ['/run', 0o755],
  ['/root', 0o700],
  ['/tmp', 0o1777],
];

/** Makes BASE/NAME with everything in it, and node.json. `extra`: node path → content, or null to take a file away. */
export function makeTree(
  base: string,
  settings: NodeSettings,
  extra: Record<string, string | null> = {},
  now = new Date(),
): void {
  const directory = nodeDirectory(base, settings.name);
  const root = join(directory, 'root');
  for (const [path, mode] of DIRECTORIES) {
    mkdirSync(join(root, path), { recursive: true });
    chmodSync(join(root, path), mode);
  }
  const put = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode });
  };
  const controlPlane = settings.role === 'control plane';
  const ca = authorityOf(base, settings, now);
  for (const [path, text] of Object.entries(machineFiles(settings))) put(path, text);
  const secret = { ...kubeletFiles(settings, ca, now), ...(controlPlane ? controlPlaneFiles(settings, ca, now) : {}) };
  for (const [path, text] of Object.entries(secret))
    put(path, text, path.endsWith('.crt') || path.endsWith('.pub') ? 0o644 : 0o600);
  if (controlPlane) {
    for (const [name, text] of Object.entries(kubeadmManifests(settings))) put(`/etc/kubernetes/manifests/${name}`, text, 0o600);
    mkdirSync(join(root, 'var/lib/etcd/member'), { recursive: true, mode: 0o700 });
  } else if (settings.cluster === undefined) {
    // the API server of a worker without a control plane in the sandbox runs outside the tree
    const { cert, key } = apiServerIdentity(settings, ca, now);
    mkdirSync(join(directory, 'outside'), { mode: 0o700 });
    writeFileSync(join(directory, 'outside/tls.json'), JSON.stringify({ cert, key, ca: ca.cert }), { mode: 0o600 });
  }
  rotated(root, now);
  const script = programScript(existsSync(PERL) ? PERL : process.execPath, controlSocket(base), settings.name);
  mkdirSync(join(directory, 'bin'));
  for (const program of PROGRAMS) writeFileSync(join(directory, 'bin', program), script, { mode: 0o755 });
  put('/usr/bin/kubelet', script, 0o755);
  // in their images on a real node: /proc/PID/exe of their containers leads there
  if (controlPlane) for (const program of CONTROL_PLANE_PROGRAMS) put(`/usr/local/bin/${program}`, script, 0o755);
  // Debian's link says /run; this one also stays in the tree for programs that know nothing of it
  symlinkSync('../run', join(root, 'var/run'));
  for (const unit of ['kubelet', 'containerd']) {
    symlinkSync(
      `/usr/lib/systemd/system/${unit}.service`,
      join(root, `etc/systemd/system/multi-user.target.wants/${unit}.service`),
    );
  }
  for (const [path, text] of Object.entries(extra)) {
    const real = join(findInside(root, dirname(path)) ?? join(root, dirname(path)), basename(path));
    if (text === null) rmSync(real, { recursive: true, force: true });
    else put(real.slice(root.length), text, 0o600);
  }
  age(root, new Date(now.getTime() - AGE_DAYS * 86_400_000));
  writeFileSync(join(directory, 'node.json'), `${JSON.stringify(settings, null, 2)}\n`);
}

/** Files as old as the cluster: what is younger than its container was edited since. */
function age(root: string, at: Date): void {
  // not readdir's own recursion: it follows links, out of the tree too
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) age(path, at);
    lutimesSync(path, at, at);
  }
}

/** The kubelet's client certificate is a link to the one of its last rotation. */
function rotated(root: string, now: Date): void {
  const current = join(root, 'var/lib/kubelet/pki/kubelet-client-current.pem');
  const name = `kubelet-client-${now.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '-')}.pem`;
  const text = readFileSync(current);
  writeFileSync(join(dirname(current), name), text, { mode: 0o600 });
  symlinkSync(name, `${current}.link`);
  renameSync(`${current}.link`, current);
}

function authorityOf(base: string, settings: NodeSettings, now: Date): Issuer {
  if (settings.cluster === undefined) return makeClusterAuthority(now);
  const pki = join(nodeDirectory(base, settings.cluster), 'root/etc/kubernetes/pki');
  const read = (name: string): string => readFileSync(join(pki, name), 'utf8');
  return loadAuthority({ cert: read('ca.crt'), key: read('ca.key') });
}

function machineFiles(settings: NodeSettings): Record<string, string> {
  const { name } = settings;
  return {
    '/etc/hostname': `${name}\n`,
    '/etc/hosts': `127.0.0.1 localhost\n127.0.1.1 ${name}\n`,
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
    '/etc/group': 'root:x:0:\n',
    '/etc/machine-id': `${createHash('md5').update(name).digest('hex')}\n`,
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n',
    '/etc/default/kubelet': 'KUBELET_EXTRA_ARGS=\n',
    '/usr/lib/systemd/system/kubelet.service': KUBELET_UNIT,
    '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf': KUBEADM_DROP_IN,
    '/usr/lib/systemd/system/containerd.service': CONTAINERD_UNIT,
    '/etc/containerd/config.toml':
      "version = 3\n[plugins.'io.containerd.cri.v1.images'.pinned_images]\n  sandbox = 'registry.k8s.io/pause:3.10.1'\n",
    '/var/lib/kubelet/config.yaml': kubeletConfig(settings),
    '/var/lib/kubelet/instance-config.yaml': INSTANCE_CONFIG,
    '/var/lib/kubelet/kubeadm-flags.env': KUBEADM_FLAGS,
    '/var/lib/kubelet/cpu_manager_state': '{"policyName":"none","defaultCpuSet":"","checksum":1353318690}',
    '/var/lib/kubelet/memory_manager_state': '{"policyName":"None","machineState":{},"checksum":4236770233}',
  };
}
