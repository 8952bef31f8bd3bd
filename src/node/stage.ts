/** What the kubelet would be given once a plan is carried out: its files with the edits made, and its command line. */
import type { Host } from '../host/host.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { parseFlags } from '../kubelet/flags.ts';
import { unitCommand } from '../kubelet/unit.ts';
import type { Plan } from '../plan/plan.ts';
import { listDropIns } from './drop-ins.ts';
import type { Observed } from './observed.ts';
import type { Staged } from './rehearse.ts';
import { observeService } from './service.ts';

export async function stage(host: Host, plan: Pick<Plan, 'steps'>, { kubelet }: Pick<Observed, 'kubelet'>): Promise<Staged> {
  const files = new Map<string, Uint8Array>();
  const made: string[] = [];
  const gone = new Set(plan.steps.flatMap((step) => (step.kind === 'set-aside' ? [step.path] : [])));
  for (const step of plan.steps) {
    if (step.kind !== 'edit-config') continue;
    const bytes = step.create === undefined ? await host.files.read(step.path) : Buffer.alloc(0);
    if (bytes === undefined) continue;
    files.set(step.path, applyEdits(bytes, step.edits));
    if (step.create !== undefined) made.push(step.path);
  }
  const argv = await commandLine(host, kubelet.argv, files);
  const directory = parseFlags(argv.slice(1)).get('config-dir');
  const present = directory === undefined ? [] : (await listDropIns(host, directory)).files;
  const dropIns = directory === undefined ? [] : [...present.filter((path) => !gone.has(path)), ...made.filter((path) => path.startsWith(`${directory}/`))].sort();
  return { argv, files, dropIns };
}

/** The flags change only where an environment file of the unit does. */
async function commandLine(host: Host, argv: readonly string[], files: ReadonlyMap<string, Uint8Array>): Promise<readonly string[]> {
  if ([...files.keys()].every((path) => /\.(ya?ml|json|conf)$/.test(path))) return argv;
  const { sources } = await observeService(host);
  const after = sources.map((source) => ({ ...source, text: Buffer.from(files.get(source.file) ?? source.text).toString('utf8') }));
  return after.some((source, i) => source.text !== sources[i]?.text) ? unitCommand(after) : argv;
}
