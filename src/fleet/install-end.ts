/** How the role `kcfg.node.kcfg` ended on a node, out of the many tasks that it has. */
import { ansibleWords } from './ansible-words.ts';
import type { FleetEvent } from './events.ts';

/** The role's last task, by its name in roles/kcfg/tasks. */
const LAST = 'Where the node stands';

/** Undefined for a task in between: the role goes on. A task that fails is the end. */
export function installEnd(event: Extract<FleetEvent, { host: string; result: object }>): { ok: boolean; changed: boolean; words: string } | undefined {
  const words = ansibleWords(event.result.msg ?? 'no words');
  if (event.event === 'unreachable') return { ok: false, changed: false, words: `does not answer: ${words}` };
  if (event.event === 'failed') return { ok: false, changed: false, words };
  return event.task.endsWith(LAST) ? { ok: true, changed: /is (installed|taken away)$/.test(words), words } : undefined;
}
