/** A pretend node on which kcfg can be killed at any of its calls: the hook is in every process of it, idle until told. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync } from 'esbuild';
import { kcfgCommand, type NodeOptions, type SandboxNode, startNode } from '../../sandbox/node.ts';
import type { Kill } from './kill-hook.ts';

export interface HookedNode extends SandboxNode {
  /** From now on; an empty list makes the hook write down every call instead. */
  arm(kills: readonly Kill[]): void;
  /** The hook does nothing from now on. What it did: the calls that were written down, and those at which it killed. */
  disarm(): { calls: Call[]; fired: string[] };
}
export interface Call {
  verb: string;
  /** Counted from 1 in its process. */
  call: number;
  /** `rename /a /b`. */
  what: string;
  /** It writes the record with this number. */
  record?: number;
}

export async function startHookedNode(options: NodeOptions = {}): Promise<HookedNode> {
  const hook = join(dirname(kcfgCommand()[1] ?? ''), 'kill-hook.mjs');
  if (!existsSync(hook)) writeFileSync(hook, transformSync(readFileSync(fileURLToPath(new URL('kill-hook.ts', import.meta.url)), 'utf8'), { loader: 'ts', target: 'node20' }).code);
  const node = await startNode({ ...options, hook: pathToFileURL(hook).href });
  const at = (name: string): string => join(node.dir, `kill.${name}`);
  const lines = (name: string): string[] => (existsSync(at(name)) ? readFileSync(at(name), 'utf8').split('\n').filter((line) => line !== '') : []);
  const clear = (): void => {
    for (const name of ['json', 'calls', 'fired']) rmSync(at(name), { force: true });
  };
  return {
    ...node,
    arm(kills) {
      clear();
      writeFileSync(at('json'), JSON.stringify(kills));
    },
    disarm() {
      const calls = lines('calls').map((line): Call => {
        const [, verb = '', call, what = '', record] = /^(\S+) (\d+) (.*?)(?: record (\d+))?$/.exec(line) ?? [];
        return { verb, call: Number(call), what, ...(record === undefined ? {} : { record: Number(record) }) };
      });
      const fired = lines('fired').filter((line) => !/^\d+$/.test(line));
      clear();
      return { calls, fired };
    },
  };
}
