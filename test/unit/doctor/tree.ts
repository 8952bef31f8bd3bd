/** The files of a control plane without a machine around them, to be broken and then gathered: what kubeadm wrote 41 days ago. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Cause, Rule } from '../../../src/doctor/cause.ts';
import type { Evidence } from '../../../src/doctor/evidence.ts';
import { gather } from '../../../src/doctor/gather/gather.ts';
import { openHost } from '../../../src/host/machine.ts';
import { type Identity, type Issuer, makeIdentity, type Validity } from '../../../src/sandbox/certificates.ts';
import { loadAuthority } from '../../../src/sandbox/pki.ts';
import { makeTree } from '../../../src/sandbox/tree.ts';

export const PORTS = { healthz: 10248, kubelet: 10250, api: 6443, etcd: 2379, etcdMetrics: 2381 };
const DAY_MS = 86_400_000;
export const PKI = '/etc/kubernetes/pki';
export const PEM = '/var/lib/kubelet/pki/kubelet-client-current.pem';

export interface Tree {
  /** Outside the tree. */
  path(path: string): string;
  read(path: string): string;
  write(path: string, text: string): void;
  change(path: string, change: (text: string) => string): void;
  remove(path: string): void;
  link(path: string, target: string): void;
  /** Seconds before now, as the file's last change. */
  age(path: string, seconds: number): void;
  /** The cluster's own authority, or etcd's. */
  authority(name?: 'ca' | 'etcd/ca' | 'front-proxy-ca'): Issuer;
  /** A certificate of this cluster, from so many days before now until so many after. */
  signed(commonName: string, days: { from?: number; until: number }, options?: { by?: Issuer; hosts?: string[]; uses?: readonly ('client' | 'server')[] }): Identity;
  gathered(): Promise<Evidence>;
  found(rule: Rule, change?: (evidence: Evidence) => Evidence): Promise<Cause[]>;
}

export function tree(t: TestContext): Tree {
  const base = mkdtempSync(join(tmpdir(), 'kcfg-'));
  t.after(() => rmSync(base, { recursive: true, force: true }));
  makeTree(base, { name: 'cp1', role: 'control plane', speed: 1, version: '1.37.2', ports: PORTS, server: `https://127.0.0.1:${PORTS.api}` });
  const root = join(base, 'cp1/root');
  const at = (path: string): string => join(root, path);
  const made: Tree = {
    path: at,
    read: (path) => readFileSync(at(path), 'utf8'),
    write(path, text) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    change: (path, change) => writeFileSync(at(path), change(made.read(path))),
    remove: (path) => rmSync(at(path), { recursive: true }),
    link(path, target) {
      unlinkSync(at(path));
      symlinkSync(target, at(path));
    },
    age(path, seconds) {
      const time = new Date(Date.now() - seconds * 1000);
      utimesSync(at(path), time, time);
    },
    authority(name = 'ca') {
      const subject = { ca: 'kubernetes', 'etcd/ca': 'etcd-ca', 'front-proxy-ca': 'front-proxy-ca' }[name];
      return { ...loadAuthority({ cert: made.read(`${PKI}/${name}.crt`), key: made.read(`${PKI}/${name}.key`) }), name: { commonName: subject } };
    },
    signed(commonName, { from = -365, until }, { by = made.authority(), hosts = [], uses = ['client', 'server'] as const } = {}) {
      return makeIdentity(by, { commonName }, uses, between(from, until), hosts);
    },
    gathered: async () => await gather(await openHost({ root }), '0.0.0'),
    found: async (rule, change = (evidence) => evidence) => rule.find(change(await made.gathered())),
  };
  return made;
}

export function between(from: number, until: number): Validity {
  return { from: new Date(Date.now() + from * DAY_MS), until: new Date(Date.now() + until * DAY_MS) };
}

/** A pair into its two files. */
export function put(files: Tree, name: string, { cert, key }: Identity): void {
  files.write(`${PKI}/${name}.crt`, cert);
  files.write(`${PKI}/${name}.key`, key);
}

/** Into a kubeconfig, as kubeadm embeds it. */
export function embed(files: Tree, path: string, { cert, key }: Identity): void {
  const data = (text: string): string => Buffer.from(text).toString('base64');
  files.change(path, (text) => text.replace(/client-certificate(-data)?: .*/, `client-certificate-data: ${data(cert)}`).replace(/client-key(-data)?: .*/, `client-key-data: ${data(key)}`));
}

/** The last words of a container that has ended. */
export function saying(component: string, ...log: string[]): (evidence: Evidence) => Evidence {
  return (evidence) => ({
    ...evidence,
    node: { ...evidence.node, live: true },
    pods: [...evidence.pods.filter(({ name }) => name !== component), { name: component, namespace: 'kube-system', fullName: `${component}-cp1`, state: 'restarting', sandboxes: [], containers: [{ name: component, id: 'c1', podUid: 'u', sandboxId: 's', image: '', state: 'exited', attempt: 4, startedAt: '', finishedAt: '', exitCode: 1, reason: 'Error', message: '', words: '', log }] }],
  });
}

export function openssl(...argv: string[]): string {
  return execFileSync('openssl', argv, { encoding: 'utf8' });
}

/** What a cause tells a person to type. */
export function typed(cause: Cause | undefined): string[] {
  return cause?.fix?.kind === 'commands' ? cause.fix.commands : [];
}
