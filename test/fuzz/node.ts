/**
 * A node's files for the fuzz: keys and certificates from kubeadm itself, an etcd that has data, a network of its own in which
 * the node's address is there and no API server answers. Needs root.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { FileKind } from '../../src/manifests/rules/case.ts';

export const ADDRESS = '10.9.8.7';

export interface FuzzNode {
  scratch: string;
  /** Its files: NODE/etc/kubernetes is /etc/kubernetes. */
  files: string;
  namespaces: string[];
  kind(path: string): FileKind | null;
  close(): void;
}

export function run(argv: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8', ...(input === undefined ? {} : { input }) });
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

/** `configuration`: of kubeadm, as the fixtures have it. */
export function makeNode(kubeadm: string, configuration: string, atATime: number): FuzzNode {
  const scratch = mkdtempSync(`${tmpdir()}/kcfg-fuzz-`);
  const files = `${scratch}/node`;
  mkdirSync(`${files}/etc/kubernetes`, { recursive: true });
  mkdirSync(`${files}/var/lib/etcd`, { recursive: true });
  mkdirSync(`${files}/etc/ssl/certs`, { recursive: true });
  mkdirSync(`${scratch}/bin`);
  const config = `${scratch}/kubeadm.yaml`;
  writeFileSync(config, configuration.replace(/certificatesDir: .*/, `certificatesDir: ${files}/etc/kubernetes/pki`));
  run([kubeadm, 'init', 'phase', 'certs', 'all', '--config', config]);
  for (const one of ['controller-manager', 'scheduler']) run([kubeadm, 'init', 'phase', 'kubeconfig', one, '--config', config, '--kubeconfig-dir', `${files}/etc/kubernetes`]);
  const namespaces = Array.from({ length: atATime }, (_, i) => `kcfg-fuzz-${process.pid}-${i}`);
  for (const name of namespaces) {
    run(['ip', 'netns', 'add', name]);
    run(['ip', '-n', name, 'link', 'set', 'lo', 'up']);
    run(['ip', '-n', name, 'addr', 'add', `${ADDRESS}/32`, 'dev', 'lo']);
  }
  return {
    scratch,
    files,
    namespaces,
    kind(path) {
      const found = statSync(`${files}${path}`, { throwIfNoEntry: false });
      return found === undefined ? null : found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'socket or device';
    },
    close() {
      for (const name of namespaces) run(['ip', 'netns', 'del', name]);
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** The program below `root`, as its image has it. One copy for all, where they are of another disk. */
export function install(node: FuzzNode, binary: string, name: string, root: string): void {
  const kept = `${node.scratch}/bin/${name}`;
  if (statSync(kept, { throwIfNoEntry: false }) === undefined) copyFileSync(binary, kept);
  mkdirSync(`${root}/usr/local/bin`, { recursive: true });
  linkSync(kept, `${root}/usr/local/bin/${name}`);
}

