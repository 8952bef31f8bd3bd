/** `kcfg fleet`: many nodes over Ansible. A verb each; what they say is in report/fleet.ts. */
import type { Context } from '../cli/context.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';

const VERBS: Record<string, () => Promise<{ run(context: Context, words: readonly string[]): Promise<ExitStatus> }>> = {
  plan: () => import('./fleet/plan.ts'),
  apply: () => import('./fleet/apply.ts'),
  confirm: () => import('./fleet/confirm.ts'),
  rollback: () => import('./fleet/rollback.ts'),
  report: () => import('./fleet/report.ts'),
  install: async () => ({ run: (await import('./fleet/install.ts')).install }),
  uninstall: async () => ({ run: (await import('./fleet/install.ts')).uninstall }),
  ...Object.fromEntries((['status', 'doctor', 'verify'] as const).map((what) => [what, async () => ({ run: (await import('./fleet/look.ts')).look(what) })])),
};

export async function run(context: Context): Promise<ExitStatus> {
  const [verb = '', ...words] = context.request.words;
  const load = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (load === undefined) throw new KcfgError('usage', `kcfg fleet has no ${verb}`, { help: [Object.keys(VERBS).join(', ')] });
  return await (await load()).run(context, words);
}
