import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Host } from '../../../src/host/host.ts';
import { readManifest } from '../../../src/manifests/manifest.ts';
import { editedSince, type Born } from '../../../src/node/edited-since.ts';
import type { Observed } from '../../../src/node/observed.ts';
import { KUBEADM } from '../manifests/shapes.ts';

const UID = '7d3f0b5c2e9a41d68c05f1e2ab94c730';
const PATH = '/etc/kubernetes/static/kube-apiserver.yaml';
const PINNED = KUBEADM.replace('spec:\n', `  # Pinned by kcfg, change 7, node cp1, 2026-11-27: the kubelet keeps\n  # it as it runs, ignores most edits. Edit: kcfg edit kube-apiserver\n  uid: ${UID}\nspec:\n`);
const ARGV = [...KUBEADM.matchAll(/^ +- (kube-apiserver|--.*)$/gm)].map(([, word]) => word ?? '');
const FLAG = '    - --secure-port=6443\n';
const WITH_FLAG = PINNED.replace(FLAG, `    - --v=4\n${FLAG}`);
const WITH_ENV = PINNED.replace('    image:', '    env:\n    - name: A\n      value: b\n    image:');
const line = (text: string, part: string): number => text.split('\n').findIndex((each) => each.includes(part)) + 1;
/** Seconds since the epoch, as the runtime and files have them. */
const ns = (seconds: number): string => `${seconds}000000000`;

interface Case {
  text: string;
  born?: 'text' | 'hash';
  argv?: string[] | null;
  startedAt?: number;
  attempt?: number;
  mtime?: number;
  version?: string;
}

async function look({ text, born, argv = ARGV, startedAt = 1000, attempt = 0, mtime = 2000, version = '1.37.2' }: Case) {
  const info = { path: PATH, kind: 'file', size: 1, mode: 0o600, uid: 0, gid: 0, mtimeNs: ns(mtime), ctimeNs: ns(3000), dev: '1', ino: '1', nlink: 1 };
  const host = {
    live: true,
    files: { read: async () => Buffer.from(text), target: async () => info },
    processes: { argv: async () => argv ?? undefined },
  } as unknown as Host;
  const observed = {
    kubelet: { version },
    directory: { path: '/etc/kubernetes/static', entries: [{ name: 'kube-apiserver.yaml', path: PATH, info, manifest: readManifest(PATH, Buffer.from(text)) }] },
    pods: [{ fullName: 'kube-apiserver-cp1', name: 'kube-apiserver', manifest: 'kube-apiserver.yaml', pin: 'kcfg', uid: UID, containers: [{ name: 'kube-apiserver', id: 'c', startedAt: ns(startedAt), pid: 7, running: true, attempt }] }],
  } as unknown as Observed;
  const bytes = Buffer.from(KUBEADM);
  const known: Born = { sha256: createHash('sha256').update(bytes).digest('hex'), ...(born === 'text' ? { bytes } : {}) };
  return (await editedSince(host, observed, new Map(born === undefined ? [] : [[UID, known]]))).get('kube-apiserver-cp1');
}

test('the text that the pod was made from, with other comments or without its records, is as running', async () => {
  assert.equal(await look({ text: PINNED, born: 'hash' }), undefined);
  assert.equal(await look({ text: PINNED.replace('spec:', '# mine\nspec:'), born: 'text' }), undefined);
  assert.equal(await look({ text: PINNED }), undefined);
});

test('a flag waits while the process lacks it, with the records or without them', async () => {
  const at = new Date(2000_000).toISOString();
  const waits = { at, lines: [line(WITH_FLAG, '--v=4')], waits: true as const };
  assert.deepEqual(await look({ text: WITH_FLAG, born: 'text' }), waits);
  assert.deepEqual(await look({ text: WITH_FLAG, born: 'hash' }), waits);
  assert.deepEqual(await look({ text: WITH_FLAG }), waits);
  const has = [ARGV[0] ?? '', ...ARGV.slice(1, 2), '--v=4', ...ARGV.slice(2)];
  assert.equal(await look({ text: WITH_FLAG, born: 'text', argv: has, attempt: 1, startedAt: 2500 }), undefined);
});

test('what no process shows waits unless a container was started after the edit', async () => {
  const lines = [line(WITH_ENV, 'env:')];
  assert.deepEqual((await look({ text: WITH_ENV, born: 'text' }))?.lines, lines);
  assert.deepEqual((await look({ text: WITH_ENV, born: 'text', attempt: 1 }))?.lines, lines);
  assert.equal(await look({ text: WITH_ENV, born: 'text', attempt: 1, startedAt: 2500 }), undefined);
});

test('an old time on a new text hides nothing: the first container was made from the first text', async () => {
  const found = await look({ text: WITH_ENV, born: 'text', mtime: 500 });
  assert.deepEqual(found, { at: new Date(3000_000).toISOString(), lines: [line(WITH_ENV, 'env:')], waits: true });
});

test('another text, its first one gone, and the process has its flags: said as not known', async () => {
  assert.deepEqual(await look({ text: WITH_ENV, born: 'hash' }), { at: new Date(2000_000).toISOString(), lines: [] });
});

test('a kubelet up to 1.30 takes a container up as it is edited, and a kubelet of any version the image', async () => {
  assert.equal(await look({ text: WITH_FLAG, born: 'text', version: '1.30.4' }), undefined);
  assert.equal(await look({ text: WITH_FLAG, version: '1.30.4' }), undefined);
  assert.equal(await look({ text: PINNED.replace(/image: .*/, 'image: other:1'), born: 'text' }), undefined);
});

test('a process that runs another program, or arguments with variables, are no evidence', async () => {
  assert.equal(await look({ text: WITH_FLAG, argv: ['/bin/sh', '-c', 'x'] }), undefined);
  assert.equal(await look({ text: PINNED.replace(FLAG, `${FLAG}    - --node=$(NODE)\n`) }), undefined);
});
