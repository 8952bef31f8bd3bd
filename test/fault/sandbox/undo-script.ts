/** undo.sh, as a person runs it on a node without kcfg. Here the node lies below a directory: a copy has its paths. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxNode } from '../../sandbox/node.ts';

/** Twice in a row: it can be run again. Returns what went wrong. */
export async function runUndoScript(node: SandboxNode, id: number): Promise<string[]> {
  const path = join(node.root, `var/lib/kcfg/${id}/undo.sh`);
  if (!existsSync(path)) return existsSync(join(node.root, `var/lib/kcfg/${id}/journal`)) ? ['there is no undo.sh'] : [];
  const mapped = readFileSync(path, 'utf8')
    .replaceAll(/(?<=[\s'"])\/(?=(etc|var|usr|srv|run)\/)/g, `${node.root}/`)
    // what a link points to is a path of the node
    .replaceAll(new RegExp(`ln -s '?${node.root}`, 'g'), (found) => found.slice(0, -node.root.length));
  const copy = join(node.dir, 'undo.sh');
  writeFileSync(copy, mapped);
  for (const time of ['first', 'second']) {
    const { status, stderr } = spawnSync('sh', [copy], { env: { ...node.env, PATH: `${join(node.dir, 'bin')}:${node.env.PATH ?? ''}` }, encoding: 'utf8', timeout: 60_000 });
    if (status !== 0) return [`undo.sh, the ${time} time: exit ${status}: ${stderr}`];
  }
  return [];
}
