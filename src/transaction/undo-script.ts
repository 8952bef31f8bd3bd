/** README and undo.sh in a change's folder: the way back in plain sh, for the day kcfg itself is gone. */
import { posix } from 'node:path';
import type { Host } from '../host/host.ts';
import { describe } from '../plan/describe.ts';
import { shellWord } from '../plan/shell-word.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { savedPath } from './saved.ts';
import { PENDING, writePrivate, type Folder } from './store.ts';

export async function writeUndoScript(host: Host, folder: Folder, plan: Plan): Promise<void> {
  await writePrivate(host, `${folder.path}/undo.sh`, undoScript(folder, plan));
  await writePrivate(host, `${folder.path}/README`, readme(folder, plan));
}

/** Stops the kubelet, puts every file back, starts the kubelet. Can be run twice, and from any point of the change. */
export function undoScript(folder: Folder, plan: Plan): string {
  const undo = [...plan.steps].reverse().flatMap((step) => undoLines(folder, step));
  return `#!/bin/sh
# Undoes change ${plan.id} of kcfg on ${plan.node}: ${plan.field} ${plan.to} -> ${plan.from}.
# Without kcfg. Run as root: sh ${folder.path}/undo.sh
set -eu
systemctl stop ${shellWord(plan.ground.unit)}
${undo.join('\n')}
rm -f ${shellWord(PENDING)}
systemctl start ${shellWord(plan.ground.unit)}
echo "Change ${plan.id} is undone. Check: systemctl status kubelet"
`;
}

function undoLines(folder: Folder, step: Step): string[] {
  switch (step.kind) {
    case 'edit-config':
      if (step.create !== undefined) return [`rm -f ${shellWord(step.path)}`];
      return [`cp -p ${shellWord(savedPath(folder, step.path))} ${shellWord(step.path)}`];
    case 'require-mount':
      if (step.sha256 !== undefined) return [`cp -p ${shellWord(savedPath(folder, step.path))} ${shellWord(step.path)}`];
      return [`rm -f ${shellWord(step.path)}`, ...(step.makes ? [`rmdir ${shellWord(posix.dirname(step.path))} 2>/dev/null || true`] : [])];
    case 'set-aside':
      return [`if [ -e ${shellWord(savedPath(folder, step.path))} ]; then cp -p ${shellWord(savedPath(folder, step.path))} ${shellWord(step.path)}; fi`];
    case 'unpin-manifests':
      return step.files.map(({ path }) => `cp -p ${shellWord(savedPath(folder, path))} ${shellWord(path)}`);
    case 'link-directory':
    case 'remove-directory': {
      const { path } = step;
      const files = step.entries.map(({ name }) => `cp -p ${shellWord(savedPath(folder, `${path}/${name}`))} ${shellWord(`${path}/${name}`)}`);
      return [`if [ -L ${shellWord(path)} ]; then rm ${shellWord(path)}; fi`, `mkdir -p -m 0700 ${shellWord(path)}`, ...files];
    }
    case 'make-directory': {
      if (step.replaces !== undefined) {
        return [`if [ ! -L ${shellWord(step.path)} ]; then rm -rf ${shellWord(step.path)}; ln -s ${shellWord(step.replaces)} ${shellWord(step.path)}; fi`];
      }
      const files = step.files.filter((file) => file.exists === undefined).map(({ name }) => `rm -f ${shellWord(`${step.path}/${name}`)}`);
      return [...files, ...(step.create === undefined ? [] : [`rmdir ${shellWord(step.path)} 2>/dev/null || true`])];
    }
    default:
      return [];
  }
}

function readme(folder: Folder, plan: Plan): string {
  const steps = plan.steps.map((step, index) => {
    const { title, why } = describe(step, plan);
    return `  ${index + 1} ${title}: ${why}`;
  });
  return `Change ${plan.id} of kcfg ${plan.kcfg} on ${plan.node}, planned ${plan.madeAt}.

${plan.field}: ${plan.from} -> ${plan.to}

${steps.join('\n')}

old/       every file it touches, as it was before, under its own path
found/     what others wrote meanwhile, set aside (only if that happened)
journal    what was begun and what was done, one record a line
undo.sh    puts everything back without kcfg: sh ${folder.path}/undo.sh

With kcfg: kcfg show ${plan.id}, kcfg rollback ${plan.id}
`;
}
