/** What `set`, `unset` and `plan` were asked for, as wishes: from words on the command line, or from a fragment. */
import { readAssignments } from '../cli/assignments.ts';
import { valueOf, type Request } from '../cli/request.ts';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { type FieldPath, parseFieldPath, valueAt } from '../kubelet/field-path.ts';
import { readFragment } from '../kubelet/fragment.ts';
import type { Layered } from '../kubelet/layered.ts';
import { parseValue } from '../kubelet/parse-value.ts';
import { sameValue } from '../kubelet/same-value.ts';
import type { Wish } from '../node/target.ts';

/** The directory moves on its own: its proof needs all else to stay as it is, for a restart admits every pod anew (kubelet.go:2760-2765). */
export const MOVE = 'staticPodPath';

/** The one field that is wanted, or undefined where there are several or other ones. A move has its own way. */
export function isMove(request: Request, words: readonly string[]): boolean {
  if (valueOf(request, 'file') !== undefined) return false;
  return readAssignments(words).every(({ field }) => field === MOVE);
}

/** Of words such as FIELD VALUE or FIELD=VALUE, or of --file. Throws `usage`, `unknown-field`. */
export async function readWishes(host: Host, request: Request, words: readonly string[], layered: Layered): Promise<Wish[]> {
  const { fields } = layered;
  const file = valueOf(request, 'file');
  const wishes = file === undefined ? typedWishes(words, layered) : await fragmentWishes(host, file, words, layered);
  const move = wishes.find((wish) => wish.path[0] === MOVE);
  const field = move && fields.field(move.path);
  if (move === undefined || field === undefined) return wishes;
  // as it is already: a fragment may name it
  if (sameValue(fields, field, valueAt(layered.value, move.path), move.value)) return wishes.filter((wish) => wish !== move);
  throw new KcfgError('usage', `${MOVE} moves on its own, with the manifests, and not together with other settings`, {
    help: ['make two changes of it:', `  kcfg set ${MOVE} ${String(move.value ?? 'DIR')}`, '  then the others'],
  });
}

function typedWishes(words: readonly string[], { fields }: Layered): Wish[] {
  const wishes = readAssignments(words).map(({ field: text, value }): Wish => {
    const { path, field } = parseFieldPath(text, fields);
    if (value === undefined) throw new KcfgError('usage', `the value for ${text} is missing`, { help: [`kcfg set ${text} VALUE`, `what it takes: kcfg explain ${text.replace(/\[.*$/, '')}`] });
    return { field: text, path, value: parseValue(fields, field, value) };
  });
  refuseTwice(wishes);
  return wishes;
}

async function fragmentWishes(host: Host, file: string, words: readonly string[], { fields }: Layered): Promise<Wish[]> {
  if (words.length > 0) throw new KcfgError('usage', `the settings come from ${file}, or from the command line, not from both`, { help: [`kcfg set -f ${file}`] });
  const text = await host.readReport(file);
  if (text === undefined) throw new KcfgError('usage', `there is no file ${file}`, { help: ['a piece of a KubeletConfiguration: kcfg set -f FILE'] });
  return readFragment(file, Buffer.from(text), fields);
}

export function unsetWishes(words: readonly string[], { fields }: Layered): Wish[] {
  const wishes = words.map((text): Wish => {
    if (text.includes('=')) throw new KcfgError('usage', `kcfg unset takes fields without values, not ${text}`, { help: [`kcfg unset ${text.replace(/=.*$/, '')}`] });
    return { field: text, path: parseFieldPath(text, fields).path };
  });
  refuseTwice(wishes);
  return wishes;
}

/** One within the other, or the same twice: the order would decide, and no one said which. */
function refuseTwice(wishes: readonly Wish[]): void {
  for (const [i, wish] of wishes.entries()) {
    const other = wishes.slice(i + 1).find((each) => isWithin(each.path, wish.path) || isWithin(wish.path, each.path));
    if (other !== undefined) throw new KcfgError('usage', `${wish.field} and ${other.field} are wanted at once`, { help: ['name each value once'] });
  }
}

function isWithin(path: FieldPath, outer: FieldPath): boolean {
  return outer.every((part, i) => path[i] === part);
}
