/** Plays, run by Ansible; what became of them as events, and clear words where Ansible itself could not begin. */
import { KcfgError, NOTHING_CHANGED } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { FleetEvent } from './events.ts';
import { readEvent } from './events.ts';
import type { Answer, FleetTarget } from './fleet-plan.ts';

/** Exit statuses of ansible-playbook that say something of hosts, not of the run (ansible executor/task_queue_manager.py: failed 2, unreachable 4, both, broken off 8). */
const OF_HOSTS = new Set([0, 2, 4, 6, 8, 10, 12]);

/** What goes with a play: an end by Ctrl-C, Ansible's own settings, and files that lie beside it. */
export interface PlayOptions {
  signal?: AbortSignal;
  env?: Record<string, string>;
  beside?: readonly string[];
}

/** Throws `host-command` where Ansible did not come to the nodes: no program, no inventory, a mistake in it. */
export async function runPlays(host: Host, { inventories, options }: Pick<FleetTarget, 'inventories' | 'options'>, plays: unknown, onEvent: (event: FleetEvent) => void, more: PlayOptions = {}): Promise<void> {
  let heard = false;
  const { code, words, missing } = await host.playbook({
    plays,
    inventories,
    options,
    ...more,
    onLine: (line) => {
      const event = readEvent(line);
      if (event === undefined) return;
      heard = true;
      onEvent(event);
    },
  });
  if (missing) throw new KcfgError('host-command', 'there is no ansible-playbook on this machine', { help: ['install Ansible: apt-get install ansible-core'], outcome: NOTHING_CHANGED });
  if (heard && code !== undefined && OF_HOSTS.has(code)) return;
  if (more.signal?.aborted) return;
  const said = errorOf(words);
  const sources = inventories.map((each) => `-i ${each}`).join(' ');
  const help = /parse inventory/.test(said) ? `what is wrong in it: ansible-inventory ${sources} --graph` : `see that Ansible reaches the nodes: ansible ${sources} all -m ping`;
  throw new KcfgError('host-command', `ansible-playbook ended with ${code ?? 'a signal'}`, { notes: said === '' ? [] : [`it says: ${said}`], help: [help] });
}

/** Ansible folds its words at the width of a terminal; an error begins with ERROR!, and without one the last lines have to do. */
function errorOf(words: string): string {
  const error = words.lastIndexOf('ERROR! ');
  if (error !== -1) return words.slice(error + 7).trim().replace(/\s*\n\s*/g, ' ');
  return words.trim().split('\n').filter((line) => !/^\[WARNING\]/.test(line)).slice(-8).join('\n');
}

/** Asks every node; answers by name, in the order of the inventory. */
export async function ask(host: Host, target: Pick<FleetTarget, 'inventories' | 'options'>, plays: unknown): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer | undefined>();
  let none = false;
  await runPlays(host, target, plays, (event) => {
    if (event.event === 'no-hosts') none = true;
    else if (event.event === 'start') answers.set(event.host, answers.get(event.host));
    else answers.set(event.host, { state: event.event, result: event.result });
  });
  if (none || answers.size === 0) throw new KcfgError('usage', `there is no node in ${target.inventories.join(', ')}`, { help: ['name an inventory of Ansible: -i FILE'] });
  return new Map([...answers].map(([name, answer]) => [name, answer ?? { state: 'failed', result: { msg: 'it did not answer' } }]));
}
