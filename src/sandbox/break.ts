/** Ways to break a pretend node that people meet on real ones, for trying what kcfg makes of them. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KcfgError } from '../errors.ts';
import { ask } from './control.ts';
import { resolveInside } from './inside.ts';
import { controlSocket, nodeRoot } from './layout.ts';

type Break = (base: string, name: string) => Promise<string>;

/** Case → does it, and says what it did. */
export const BREAKS: Record<string, Break> = {
  'unknown-flag': async (base, name) =>
    editManifest(base, name, 'kube-apiserver.yaml', (text) =>
      text.replace('--enable-admission-plugins=', '--enable-admission-plugin='),
    ),
  'bad-yaml': async (base, name) =>
    editManifest(base, name, 'kube-scheduler.yaml', (text) => text.replace('metadata:', 'metadata;')),
  'stray-file': async (base, name) => {
    const directory = manifestDirectory(base, name);
    const copy = join(directory.node, 'kube-apiserver.yaml.bak');
    writeFileSync(join(directory.real, 'kube-apiserver.yaml.bak'), readFileSync(join(directory.real, 'kube-apiserver.yaml')), {
      mode: 0o600,
    });
    return `a second file for one pod: ${copy}`;
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

function manifestDirectory(base: string, name: string): { node: string; real: string } {
  const root = nodeRoot(base, name);
  const config = readFileSync(resolveInside(root, '/var/lib/kubelet/config.yaml'), 'utf8');
  const node = /^staticPodPath: *"?([^"\s#]+)/m.exec(config)?.[1] ?? '/etc/kubernetes/manifests';
  return { node, real: resolveInside(root, node) };
}

/** As an editor does it: a hidden file, renamed over the old one. */
function editManifest(base: string, name: string, file: string, edit: (text: string) => string): string {
  const { node, real } = manifestDirectory(base, name);
  const path = join(real, file);
  const text = edit(readFileSync(path, 'utf8'));
  const temporary = join(dirname(path), `.${file}.swp`);
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
  return `edited ${join(node, file)}`;
}
