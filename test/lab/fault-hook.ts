/**
 * What a lab node's own kcfg loads first while a test has faults in store for it (faults.ts puts it there): the hook of the
 * sandbox, which knows every call that changes the machine, with more than one way to end. Runs as it is, in the package's
 * Node.js; nothing but Node.js is imported.
 */
import { existsSync, readFileSync } from 'node:fs';

const DIRECTORY = '/root/kcfg-faults';

/** `kill`: SIGKILL. `freeze`: SIGSTOP, until the plug is pulled or someone loses patience. */
export type Ending = 'kill' | 'freeze';

if (existsSync(`${DIRECTORY}/ending`)) {
  const ending = readFileSync(`${DIRECTORY}/ending`, 'utf8') as Ending;
  const { kill } = process;
  process.kill = (pid, signal) => {
    if (pid !== process.pid || signal !== 'SIGKILL' || ending === 'kill') return kill.call(process, pid, signal);
    return kill.call(process, pid, 'SIGSTOP');
  };
  // the hook looks for its orders where a sandbox would be; kcfg must not see one here
  process.env.KCFG_SANDBOX = DIRECTORY;
  await import(`${DIRECTORY}/kill-hook.ts`);
  delete process.env.KCFG_SANDBOX;
}
