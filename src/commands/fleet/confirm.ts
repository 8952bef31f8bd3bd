/** `kcfg fleet confirm FILE`: nodes on which a plan's change is on trial keep it. Over new connections, which prove that nodes can still be reached. */
import type { Context } from '../../cli/context.ts';
import { EXIT, type ExitStatus } from '../../errors.ts';
import { changesOfPlan } from '../../fleet/change-of-plan.ts';
import { askPlays, confirmPlays } from '../../fleet/plays.ts';
import { ask } from '../../fleet/run-plays.ts';
import { names } from '../../report/fleet.ts';
import { count } from '../../report/format.ts';
import { carryOut } from './carry-out.ts';
import { readPlan } from './target.ts';

/** Ansible keeps connections open between its runs, and what comes over the same connection is the same login (ansible docs, ssh connection, control_path; ssh_config(5), ControlPath). */
const NEW_LOGIN = { ANSIBLE_SSH_EXTRA_ARGS: '-o ControlPath=none' };

export async function run(context: Context, words: readonly string[]): Promise<ExitStatus> {
  const { host, out } = context;
  const { file, plan } = await readPlan(host, words);
  const answers = await ask(host, plan.target, askPlays({ looks: ['history'] }));
  const changes = changesOfPlan(answers, plan.id, ['on trial']);
  if (changes.size === 0) {
    await out.document({ result: 'unchanged', plan: plan.id, nodes: [] });
    out.lines('Nothing to confirm: no node has a change of this plan on trial.');
    return EXIT.done;
  }
  const ended = await carryOut(context, plan.target, [...changes.keys()], confirmPlays(changes), NEW_LOGIN);
  const left = [...changes.keys()].filter((name) => ended.get(name)?.ok !== true);
  await out.document({ result: left.length === 0 ? 'done' : 'stopped', plan: plan.id, nodes: [...changes.keys()].map((name) => ({ name, ...(ended.get(name) ?? {}) })) });
  out.lines('', out.style.strong(left.length === 0 ? `Kept on ${count(changes.size, 'node')}.` : `Kept on ${changes.size - left.length} of ${count(changes.size, 'node')}. Still on trial: ${names(left)}.`));
  if (left.length > 0) out.lines(out.style.strong('Next'), `  ${out.style.typed(`kcfg fleet confirm ${file}`)}   once more, before they go back by themselves`);
  return left.length === 0 ? EXIT.done : EXIT.failed;
}
