/**
 * A node's files for the fuzz: keys, certificates and kubeconfigs from kubeadm itself, its four manifests, the kubelet's
 * configuration; and networks of its own in which the node's address is there: one with nothing in it for etcd, one with an
 * etcd for the API server, one with both for the others. Needs root.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { FileKind } from '../../src/manifests/rules/case.ts';

export const ADDRESS = '10.9.8.7';
export const NODE = 'cp1';
export const ENDPOINT = 'unix:///var/run/containerd/containerd.sock';
export const PODS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
export const MANIFESTS = '/etc/kubernetes/manifests';
export const CONFIG = '/var/lib/kubelet/config.yaml';
const NETWORKS = ['alone', 'stored', 'cluster'] as const;
export type Network = (typeof NETWORKS)[number];

export interface FuzzNode {
  version: string;
  scratch: string;
  /** Its files: NODE/etc/kubernetes is /etc/kubernetes. */
  files: string;
  /** Namespace of each. */
  networks: Record<Network, string>;
  /** What runs as long as the node is there. */
  running: ChildProcess[];
  kind(path: string): FileKind | null;
  close(): void;
}

const CAPABILITIES = ['chown', 'dac_override', 'dac_read_search', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid', 'net_bind_service', 'net_admin', 'net_raw', 'sys_admin', 'sys_chroot', 'sys_ptrace', 'sys_nice', 'mknod', 'syslog'].map((name) => `+${name}`).join();
/**
 * As a user of its own, with root's rights: the kernel counts inotify instances by user (fs.inotify.max_user_instances, 128), a
 * kubelet takes 7, an API server 6, and labs run beside.
 */
export const AS_ANOTHER = ['setpriv', '--reuid=54321', '--clear-groups', `--inh-caps=${CAPABILITIES}`, `--ambient-caps=${CAPABILITIES}`];
/** Not a word of the subject: the machine is at its end. */
export const MACHINE = /too many open files|no space left on device|cannot allocate memory/i;

export function run(argv: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8', ...(input === undefined ? {} : { input }) });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

/** `fixtures`: a directory with kubeadm's configuration and the manifests that it made of it. */
export function makeNode(kubeadm: string, version: string, fixtures: string): FuzzNode {
  const scratch = mkdtempSync(`${tmpdir()}/kcfg-fuzz-`);
  const files = `${scratch}/node`;
  for (const directory of [MANIFESTS, '/var/lib/etcd', '/var/lib/kubelet/pki', '/etc/ssl/certs', '/etc/ca-certificates', '/usr/share/ca-certificates', '/usr/local/share/ca-certificates']) mkdirSync(`${files}${directory}`, { recursive: true });
  mkdirSync(`${scratch}/bin`);
  const config = `${scratch}/kubeadm.yaml`;
  const configuration = readFileSync(`${fixtures}/kubeadm.yaml`, 'utf8');
  writeFileSync(config, configuration.replace(/certificatesDir: .*/, `certificatesDir: ${files}/etc/kubernetes/pki`));
  run([kubeadm, 'init', 'phase', 'certs', 'all', '--config', config]);
  for (const one of ['admin', 'super-admin', 'kubelet', 'controller-manager', 'scheduler']) run([kubeadm, 'init', 'phase', 'kubeconfig', one, '--config', config, '--kubeconfig-dir', `${files}/etc/kubernetes`]);
  for (const pod of PODS) copyFileSync(`${fixtures}/${pod}.yaml`, `${files}${MANIFESTS}/${pod}.yaml`);
  writeFileSync(`${files}${CONFIG}`, kubeletConfig(kubeadm, version));
  writeFileSync(`${files}/etc/hostname`, `${NODE}\n`);
  writeFileSync(`${files}/etc/resolv.conf`, 'nameserver 127.0.0.53\n');
  kubeletCertificate(files);
  const networks = Object.fromEntries(NETWORKS.map((name) => [name, `kcfg-fuzz-${process.pid}-${name}`])) as Record<Network, string>;
  for (const name of Object.values(networks)) {
    run(['ip', 'netns', 'add', name]);
    run(['ip', '-n', name, 'link', 'set', 'lo', 'up']);
    run(['ip', '-n', name, 'addr', 'add', `${ADDRESS}/32`, 'dev', 'lo']);
  }
  const running: ChildProcess[] = [];
  return {
    version,
    scratch,
    files,
    networks,
    running,
    kind(path) {
      const found = statSync(`${files}${path}`, { throwIfNoEntry: false });
      return found === undefined ? null : found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'socket or device';
    },
    close() {
      for (const child of running) child.kill('SIGKILL');
      for (const name of Object.values(networks)) run(['ip', 'netns', 'del', name]);
      rmSync(scratch, { recursive: true, force: true, maxRetries: 3, retryDelay: 500 });
    },
  };
}

/** As kubeadm writes it on a node of the lab: cgroupfs, and cgroup v1 allowed (test/lab/cluster.sh). */
function kubeletConfig(kubeadm: string, version: string): string {
  const printed = run([kubeadm, 'config', 'print', 'init-defaults', '--component-configs', 'KubeletConfiguration']);
  const text = printed.split(/^---\n/m).find((document) => document.includes('kind: KubeletConfiguration')) ?? '';
  const later = Number(version.split('.')[1]) >= 31;
  return text
    .replace('cgroupDriver: systemd', 'cgroupDriver: cgroupfs')
    .replace('containerRuntimeEndpoint: ""', `containerRuntimeEndpoint: ${later ? ENDPOINT : '""'}`)
    .replace('fileCheckFrequency', `${later ? 'failCgroupV1: false\n' : ''}failSwapOn: false\nfileCheckFrequency`);
}

/** A kubelet keeps its certificate in a file of its own, once it has been renewed (kubeadm phases/kubelet-finalize). */
function kubeletCertificate(files: string): void {
  const path = `${files}/etc/kubernetes/kubelet.conf`;
  const text = readFileSync(path, 'utf8');
  const part = (name: string): string => Buffer.from(new RegExp(`${name}: (\\S+)`).exec(text)?.[1] ?? '', 'base64').toString();
  const own = '/var/lib/kubelet/pki/kubelet-client-current.pem';
  writeFileSync(`${files}${own}`, part('client-certificate-data') + part('client-key-data'), { mode: 0o600 });
  writeFileSync(path, text.replace(/client-certificate-data: \S+/, `client-certificate: ${own}`).replace(/client-key-data: \S+/, `client-key: ${own}`));
}

/** The program below `root`, as its image has it. One copy for all, where they are of another disk. */
export function install(node: FuzzNode, binary: string, name: string, root: string): void {
  const kept = `${node.scratch}/bin/${name}`;
  if (statSync(kept, { throwIfNoEntry: false }) === undefined) copyFileSync(binary, kept);
  mkdirSync(`${root}/usr/local/bin`, { recursive: true });
  linkSync(kept, `${root}/usr/local/bin/${name}`);
}
