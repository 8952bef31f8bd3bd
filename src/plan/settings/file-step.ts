/** Changes of files, as the steps that make them. */
import { hash } from '../copy-manifests.ts';
import type { Step } from '../step.ts';
import type { FileChange, Placed } from './place-settings.ts';

/** With the directory that they need, which is made before. */
export function fileSteps({ files, makes }: Placed): Step[] {
  return [...(makes === undefined ? [] : [{ kind: 'make-directory' as const, path: makes, create: { mode: 0o755, uid: 0, gid: 0 }, files: [] }]), ...files.map(fileStep)];
}

function fileStep({ path, before, edits, after, fields, gone }: FileChange): Step {
  if (gone) return { kind: 'set-aside', path, why: 'the change that is undone made it' };
  const bytes = before ?? Buffer.alloc(0);
  const create = before === undefined ? { create: { mode: 0o644, uid: 0, gid: 0 } } : {};
  return { kind: 'edit-config', path, sha256: hash(bytes), edits, result: hash(after), field: nameOf(fields), line: lineOf(bytes, edits[0]?.offset ?? 0), ...create };
}

/** What changes, in words: 'maxPods', '3 settings'; '' where no setting of the kubelet is in it. */
export function nameOf(fields: readonly string[]): string {
  const [first = '', ...others] = fields;
  return others.length === 0 ? first : `${fields.length} settings`;
}

function lineOf(bytes: Uint8Array, offset: number): number {
  return Buffer.from(bytes).subarray(0, offset).toString('utf8').split('\n').length;
}
