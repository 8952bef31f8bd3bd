/**
 * Ends kcfg on a lab node at a chosen point: at a call that changes the machine, or at a record of its journal.
 *
 *     const faults = await installFaults(cp);
 *     faults.arm([{ verb: 'run', record: 7, when: 'after' }], 'kill');
 *     await cp.run(['kcfg', 'set', …]);
 *     const struck = faults.disarm();
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Kill } from '../fault/sandbox/kill-hook.ts';
import type { Ending } from './fault-hook.ts';
import type { LabNode } from './node.ts';

const DIRECTORY = '/root/kcfg-faults';
const MAIN = '/usr/lib/kcfg/dist/main.js';

export interface Strike {
  /** `182 rename /etc/… /etc/…`: the last call that it ended at. */
  what: string;
  /** When, in ms since 1970. */
  at: number;
  /** How many of the faults have struck. */
  count: number;
}
export interface Call {
  verb: string;
  call: number;
  what: string;
  record?: number;
}
export interface Faults {
  /** Each strikes once, in the order given, from now on. None: every call is written down instead. */
  arm(kills: readonly Kill[], ending?: Ending): void;
  /** The last strike so far. */
  struck(): Strike | undefined;
  calls(): Call[];
  disarm(): Strike | undefined;
}

/** Into the installed program; each change keeps a copy of that. Idle until armed. */
export async function installFaults(node: LabNode): Promise<Faults> {
  const at = (name: string): string => node.file(`${DIRECTORY}/${name}`);
  mkdirSync(node.file(DIRECTORY), { recursive: true });
  copyFileSync(fileURLToPath(new URL('fault-hook.ts', import.meta.url)), at('fault-hook.ts'));
  copyFileSync(fileURLToPath(new URL('../fault/sandbox/kill-hook.ts', import.meta.url)), at('kill-hook.ts'));
  const [shebang = '', ...rest] = readFileSync(node.file(MAIN), 'utf8').split('\n');
  writeFileSync(node.file(MAIN), [shebang, `import '${DIRECTORY}/fault-hook.ts';`, ...rest].join('\n'));
  const lines = (name: string): string[] => (existsSync(at(name)) ? readFileSync(at(name), 'utf8').split('\n').filter((line) => line !== '') : []);
  const struck = (): Strike | undefined => {
    const fired = lines('kill.fired').filter((line) => !/^\d+$/.test(line));
    const what = fired.at(-1);
    return what === undefined ? undefined : { what, at: statSync(at('kill.fired')).mtimeMs, count: fired.length };
  };
  const clear = (): void => {
    for (const name of ['ending', 'kill.json', 'kill.calls', 'kill.fired']) rmSync(at(name), { force: true });
  };
  return {
    arm(kills, ending = 'kill') {
      clear();
      writeFileSync(at('kill.json'), JSON.stringify(kills));
      writeFileSync(at('ending'), ending);
    },
    struck,
    calls: () =>
      lines('kill.calls').flatMap((line): Call[] => {
        const [, verb, call, what = '', record] = /^(\S+) (\d+) (.*?)(?: record (\d+))?$/.exec(line) ?? [];
        return verb === undefined ? [] : [{ verb, call: Number(call), what, ...(record === undefined ? {} : { record: Number(record) }) }];
      }),
    disarm() {
      const strike = struck();
      clear();
      return strike;
    },
  };
}
