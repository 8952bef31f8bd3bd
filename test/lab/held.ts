/**
 * What a node holds and a change of staticPodPath may not spoil: its files with all their attributes, its containers, what
 * the kubelet runs with, and that kcfg left nothing behind. Compared before and after each fault.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabNode } from './node.ts';

export const CONFIG = '/var/lib/kubelet/config.yaml';
const INSTANCE_CONFIG = '/var/lib/kubelet/instance-config.yaml';
/** Edited by a move, there and back. */
const EDITED = [CONFIG, INSTANCE_CONFIG];
/** Of a pin, the number of the change that made it, and its day (src/manifests/mark.ts). */
const PIN = /(?<=^ *# Pinned by kcfg, change ).*$/gm;
const PLACES = ['/etc/kubernetes', ...EDITED];
/** A label as SELinux would give it, and a user's own attribute. Written without SELinux too: only root may. */
const ATTRIBUTES = ['user.kcfg-test', 'security.selinux'];

/** Type, owner, mode, time, content and extended attributes of each file, by path. */
export type Held = Record<string, string>;

/**
 * A directory's time changes when a hidden name comes and goes in it, and a link that gave way is made anew: neither has one
 * here. `reached`: a state that a change leads to, without what differs from one such change to the next.
 */
export async function held(node: LabNode, reached?: 'reached'): Promise<Held> {
  const found: Held = {};
  const contentOf = (machine: string): Buffer | string => {
    const bytes = readFileSync(machine);
    return reached ? bytes.toString('latin1').replace(PIN, '') : bytes;
  };
  const walk = (path: string): void => {
    const machine = node.file(path);
    const info = lstatSync(machine, { bigint: true });
    const time = info.isFile() && !(reached && EDITED.includes(path)) ? info.mtimeNs : '';
    const content = info.isSymbolicLink() ? readlinkSync(machine) : info.isFile() ? createHash('sha256').update(contentOf(machine)).digest('hex') : '';
    found[path] = `${info.mode.toString(8)} ${info.uid}:${info.gid} ${time} ${content}`;
    if (info.isDirectory()) for (const name of readdirSync(machine)) walk(`${path}/${name}`);
  };
  for (const place of PLACES) walk(place);
  // what a write that was cut off leaves beside the file
  for (const name of readdirSync(node.file('/var/lib/kubelet'))) if (name.startsWith('.')) found[`/var/lib/kubelet/${name}`] = 'left behind';
  const { stdout } = await node.run(['python3', '-c', READ_ATTRIBUTES, ...Object.keys(found)]);
  for (const [path, attributes] of Object.entries(JSON.parse(stdout) as Record<string, string>)) {
    // a copy of a manifest is a new file, with the label of its place
    if (!reached || EDITED.includes(path)) found[path] += ` ${attributes}`;
  }
  return found;
}

const READ_ATTRIBUTES = `import json, os, sys
def read(path): return ' '.join(f'{n}={os.getxattr(path, n, follow_symlinks=False).decode()}' for n in sorted(os.listxattr(path, follow_symlinks=False)))
print(json.dumps({p: a for p in sys.argv[1:] if os.path.lexists(p) and (a := read(p))}))`;

/** Gives files attributes that a change must keep. Throws where the disk does not take them. */
export async function label(node: LabNode, paths: readonly string[]): Promise<void> {
  const set = `import os, sys
for p in sys.argv[1:]:
  for n in ${JSON.stringify(ATTRIBUTES)}: os.setxattr(p, n, b'kcfg_test_t')`;
  const { code, stderr } = await node.run(['python3', '-c', set, ...paths]);
  assert.equal(code, 0, stderr);
}

export async function identities(node: LabNode): Promise<string[]> {
  return (await node.containers()).map(({ name, id, pid }) => `${name} ${id} ${pid}`).sort();
}

export function pathInFile(node: LabNode): string {
  return /^staticPodPath: (.*)$/m.exec(node.read(CONFIG))?.[1] ?? '';
}

/** As the running kubelet says. Asked again for a while: it may have been started a moment ago. */
export async function pathInForce(node: LabNode): Promise<string> {
  for (let look = 0; ; look++) {
    const { code, stdout, stderr } = await node.kubectl('get', '--raw', `/api/v1/nodes/${node.name}/proxy/configz`);
    if (code === 0) return (JSON.parse(stdout) as { kubeletconfig: { staticPodPath: string } }).kubeletconfig.staticPodPath;
    assert.ok(look < 20, stderr);
    await sleep(250);
  }
}

export interface Told {
  id: string;
  result: string;
}
/** The last change, as history tells it. */
export async function lastTold(node: LabNode): Promise<Told> {
  const { stdout, stderr } = await node.run(['kcfg', 'history', '-o', 'json']);
  return (JSON.parse(stdout) as { changes: Told[] }).changes[0] ?? assert.fail(stderr);
}

export const isPending = (node: LabNode): boolean => existsSync(node.file('/var/lib/kcfg/pending'));

/** Of kcfg's units, those that systemd has in memory; the one for the boot is always there. */
export async function units(node: LabNode): Promise<string[]> {
  const { stdout } = await node.run(['systemctl', 'list-units', '--all', '--no-legend', '--plain', 'kcfg-*']);
  return stdout.split('\n').map((line) => line.split(' ')[0] ?? '').filter((unit) => unit !== '' && unit !== 'kcfg-recover.service');
}
