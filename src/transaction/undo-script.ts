/**
 * README and undo.sh in a change's folder: the way back in plain sh and coreutils, for the day kcfg itself is gone. It puts
 * back what the change found, exactly: bytes, owner, mode, times, ACL and label (`cp -a`), of a directory that it makes anew
 * owner, mode and time. What someone else wrote meanwhile is kept in found/, as kcfg itself does. It can be run twice, and from
 * any point of the change.
 */
import { posix } from 'node:path';
import type { FileInfo, Host } from '../host/host.ts';
import { describe } from '../plan/describe.ts';
import { shellWord } from '../plan/shell-word.ts';
import type { Plan } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { hiddenName } from './hidden-name.ts';
import { savedPath } from './saved.ts';
import { PENDING, writePrivate, type Folder } from './store.ts';
import { concludeUnitOf, revertTimerOf } from './units.ts';

/** Those that make way, as they were before the change, by path. */
type Directories = ReadonlyMap<string, Pick<FileInfo, 'mode' | 'uid' | 'gid' | 'mtimeNs'>>;

/** Before the first deed: what it records of directories is how they were. */
export async function writeUndoScript(host: Host, folder: Folder, plan: Plan): Promise<void> {
  const directories = new Map<string, FileInfo>();
  for (const step of plan.steps) {
    if (step.kind !== 'link-directory' && step.kind !== 'remove-directory') continue;
    const info = await host.files.info(step.path);
    if (info?.kind === 'directory') directories.set(step.path, info);
  }
  await writePrivate(host, `${folder.path}/undo.sh`, undoScript(folder, plan, directories));
  await writePrivate(host, `${folder.path}/README`, readme(folder, plan));
}

/** Stops the kubelet, puts every file back, starts the kubelet. */
export function undoScript(folder: Folder, plan: Plan, directories: Directories): string {
  const undo = [...plan.steps].reverse().flatMap((step) => undoLines(folder, step, directories));
  const unit = shellWord(plan.ground.unit);
  return `#!/bin/sh
# ${oneLine(`Undoes change ${plan.id} of kcfg on ${plan.node}: ${plan.field} ${plan.to} -> ${plan.from}.`)}
# Without kcfg. Run as root: sh ${folder.path}/undo.sh
set -eu
umask 077
export LC_ALL=C

# foreign PATH HASH...: of a file that is none of these, a copy is kept
foreign() {
  if [ ! -f "$1" ] || [ -L "$1" ]; then return 0; fi
  case " $* " in *" $(sha256sum < "$1" | cut -c 1-64) "*) return 0 ;; esac
  mkdir -p ${shellWord(`${folder.path}/found`)}"$(dirname -- "$1")"
  cp -a -T -- "$1" ${shellWord(`${folder.path}/found`)}"$1"
}
# back SAVED PATH: whole or not at all, with owner, mode, times, ACL and label
back() {
  if [ -L "$2" ]; then rm -f -- "$2"; fi
  cp -a -T -- "$1" "$(dirname -- "$2")/.kcfg-undo"
  mv -f -T -- "$(dirname -- "$2")/.kcfg-undo" "$2"
}

systemctl stop ${[revertTimerOf(plan.id), concludeUnitOf(plan.id)].map(shellWord).join(' ')} 2>/dev/null || true
systemctl stop ${unit}
${undo.join('\n')}
rm -f -- ${shellWord(PENDING)}
systemctl start ${unit}
echo "Change ${plan.id} is undone. Check: systemctl status kubelet"
`;
}

function undoLines(folder: Folder, step: Step, directories: Directories): string[] {
  const saved = (path: string): string => shellWord(savedPath(folder, path));
  /** Of a file that was there: `hashes` are those of before and after. */
  const back = (path: string, ...hashes: string[]): string[] => [['foreign', shellWord(path), ...hashes].join(' '), `back ${saved(path)} ${shellWord(path)}`];
  /** Of a file that was not there. */
  const gone = (path: string, ...hashes: string[]): string[] => [['foreign', shellWord(path), ...hashes].join(' '), `rm -f -- ${shellWord(path)}`];
  const hidden = (path: string): string => shellWord(hiddenName(path, folder.id));
  switch (step.kind) {
    case 'edit-config':
      return [...(step.create === undefined ? back(step.path, step.sha256, step.result) : gone(step.path, step.result)), `rm -f -- ${hidden(step.path)}`];
    case 'require-mount': {
      const directory = posix.dirname(step.path);
      if (step.sha256 !== undefined) return back(step.path, step.sha256, step.needs?.result ?? '');
      return [...gone(step.path, step.needs?.result ?? ''), ...(step.makes ? [`rmdir -- ${shellWord(directory)} 2>/dev/null || true`] : [])];
    }
    case 'set-aside':
      return [`if [ -e ${saved(step.path)} ] || [ -L ${saved(step.path)} ]; then back ${saved(step.path)} ${shellWord(step.path)}; fi`];
    case 'unpin-manifests':
    case 'edit-manifests':
      return step.files.flatMap(({ path, sha256, result }) => [...back(path, sha256, result), `rm -f -- ${hidden(path)}`]);
    case 'link-directory':
    case 'remove-directory': {
      const [path, aside] = [shellWord(step.path), hidden(step.path)];
      // a link made way for another one; nothing was there
      if (step.kind === 'link-directory' && (step.was !== undefined || (step.entries.length === 0 && !directories.has(step.path)))) {
        return [`if [ -L ${path} ]; then rm -f -- ${path}; fi`, `rm -f -- ${aside}`, ...(step.was === undefined ? [] : [`if [ ! -e ${path} ]; then ln -s ${shellWord(step.was)} ${path}; fi`])];
      }
      return [
        `if [ -L ${path} ]; then rm -f -- ${path}; fi`,
        // the very directory, where it still waits beside its place
        `if [ ! -d ${path} ] && [ -d ${aside} ] && [ ! -L ${aside} ]; then mv -T -- ${aside} ${path}; fi`,
        `mkdir -p -- ${path}`,
        ...step.entries.flatMap(({ name, sha256 }) => back(`${step.path}/${name}`, sha256)),
        ...step.entries.map(({ name }) => `rm -f -- ${aside}/${shellWord(name)}`),
        `rmdir -- ${aside} 2>/dev/null || true`,
        ...likeBefore(step.path, directories),
      ];
    }
    case 'make-directory': {
      const [path, aside] = [shellWord(step.path), hidden(step.path)];
      const files = step.files.filter((file) => file.exists === undefined);
      if (step.replaces === undefined) {
        const emptied = step.create === undefined ? [] : [`rmdir -- ${path} 2>/dev/null || true`];
        return [...files.flatMap(({ name, result }) => gone(`${step.path}/${name}`, result)), ...emptied];
      }
      return [
        ...step.files.map(({ name }) => `rm -f -- ${aside}/${shellWord(name)}`),
        `rmdir -- ${aside} 2>/dev/null || true`,
        `if [ ! -L ${path} ]; then`,
        ...step.files.flatMap(({ name, result }) => gone(`${step.path}/${name}`, result)).map((line) => `  ${line}`),
        // what others put there goes along
        `  if [ -d ${path} ]; then rmdir -- ${path} 2>/dev/null || mv -T -- ${path} ${shellWord(`${folder.path}/undo-found`)}; fi`,
        `  ln -s ${shellWord(step.replaces)} ${path}`,
        'fi',
      ];
    }
    default:
      return [];
  }
}

/** Owner, mode and time of a directory, as they were. The time last: what is done in it changes it. */
function likeBefore(path: string, directories: Directories): string[] {
  const before = directories.get(path);
  if (before === undefined) return [];
  const { mode, uid, gid, mtimeNs } = before;
  const seconds = `${mtimeNs.slice(0, -9) || '0'}.${mtimeNs.slice(-9).padStart(9, '0')}`;
  const word = shellWord(path);
  return [`chown ${uid}:${gid} -- ${word}`, `chmod ${mode.toString(8).padStart(4, '0')} -- ${word}`, `touch -m -d @${seconds} -- ${word}`];
}

/** What a comment must be: a line break in a value would begin a command. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}

function readme(folder: Folder, plan: Plan): string {
  const steps = plan.steps.map((step, index) => {
    const { title, why } = describe(step, plan);
    return `  ${index + 1} ${title}: ${why}`;
  });
  return `Change ${plan.id} of kcfg ${plan.kcfg} on ${plan.node}, planned ${plan.madeAt}.

${oneLine(`${plan.field}: ${plan.from} -> ${plan.to}`)}

${steps.join('\n')}

old/       every file it touches, as it was before, under its own path
found/     what others wrote meanwhile, set aside (only if that happened)
journal    what was begun and what was done, one record a line
undo.sh    puts everything back without kcfg: sh ${folder.path}/undo.sh

With kcfg: kcfg show ${plan.id}, kcfg rollback ${plan.id}
`;
}
