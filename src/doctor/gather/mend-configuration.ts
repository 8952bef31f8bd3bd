/**
 * The one clear edit for what a judge finds in the kubelet's configuration, where there is one. Each is tried on a copy: it
 * counts only where the finding is gone afterwards and nothing new is there. Pure.
 */
import { applyEdits } from '../../kubelet/edits.ts';
import type { FieldSet } from '../../kubelet/fields/field-set.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { judge } from '../../kubelet/rules/judge.ts';
import { editAt, lineStart, nextLine, readSource, type Source } from '../../kubelet/source.ts';
import { parseYaml } from '../../kubelet/yaml.ts';
import { mendYaml } from '../../manifests/rules/mend-yaml.ts';
import { readFurther } from '../../manifests/rules/read-further.ts';
import { lineEdits } from '../../plan/settings/line-edits.ts';
import type { Edit } from '../../plan/step.ts';

/** More than these, and the file is better replaced. */
const MOST = 20;
/** What the kubelet reads past: of a mend it is no part. Other warnings may come, such as of a gate that is on anyway. */
const IGNORED: ReadonlySet<string> = new Set(['unknown-field', 'wrong-case']);
/** Keys that a removed one leaves empty take the line above with them. */
const REMOVED: ReadonlySet<string> = new Set(['unknown-gate', 'locked-gate', 'removed']);

/** `near`: for a path that is not there, the one that may be meant. */
export function mendFindings(fields: FieldSet, file: string, bytes: Uint8Array, findings: readonly Finding[], near: (path: string) => string | undefined): Finding[] {
  const before = keysOf(fields, file, bytes);
  return findings.map((finding, index) => {
    if (index >= MOST || finding.where[0]?.file !== file || finding.edits !== undefined) return finding;
    const edits = mend(fields, file, bytes, finding, before, near);
    return edits === undefined ? finding : { ...finding, edits };
  });
}

function mend(fields: FieldSet, file: string, bytes: Uint8Array, finding: Finding, before: ReadonlySet<string>, near: (path: string) => string | undefined): Edit[] | undefined {
  const source = readSource(file, bytes);
  if (source === undefined || source.encoding !== 'utf-8') return undefined;
  if (finding.id === 'invalid-yaml') return mendYaml(parseYaml(source), (mended) => isClean(fields, file, mended));
  return candidates(source, finding, near).find((edits) => {
    const after = keysOf(fields, file, applyEdits(bytes, edits));
    // a path that is there or not is nothing that this judge sees
    return finding.id === 'no-such-file' ? [...after].every((key) => before.has(key)) : !after.has(keyOf(finding)) && [...after].every((key) => before.has(key));
  });
}

/** What is no YAML, as it may have been meant: what else is wrong with it is found there. `mends`: it is the one clear change. */
export function asMeant(fields: FieldSet, file: string, bytes: Uint8Array): { text: Buffer; edits: Edit[]; mends: boolean } | undefined {
  const source = readSource(file, bytes);
  const yaml = source === undefined ? undefined : parseYaml(source);
  if (yaml?.problem === undefined) return undefined;
  const one = mendYaml(yaml, (text) => isClean(fields, file, text));
  if (one !== undefined) return { text: applyEdits(bytes, one), edits: one, mends: true };
  const text = readFurther(yaml, (after) => keysOf(fields, file, after.source.bytes).size);
  return text === undefined ? undefined : { text, edits: lineEdits(Buffer.from(bytes), text), mends: false };
}

function keyOf({ id, message }: Finding): string {
  return `${id} ${message}`;
}

function keysOf(fields: FieldSet, file: string, bytes: Uint8Array): Set<string> {
  const findings = judge(fields, { config: { file, bytes }, dropIns: [], flags: [] });
  return new Set(findings.filter(({ severity, id }) => severity === 'error' || IGNORED.has(id)).map(keyOf));
}

/** Of a text that did not parse at all nothing else is known: then no error and no unknown key is to be there. */
function isClean(fields: FieldSet, file: string, bytes: Uint8Array): boolean {
  return judge(fields, { config: { file, bytes }, dropIns: [], flags: [] }).every(({ id, severity }) => severity === 'warning' && !IGNORED.has(id));
}

function candidates(source: Source, { id, where: [place], message }: Finding, near: (path: string) => string | undefined): Edit[][] {
  if (place?.line === undefined || place.column === undefined) return [];
  const start = indexOf(source, place.line) + place.column - 1 + (place.line === 1 && source.text.startsWith('\uFEFF') ? 1 : 0);
  const length = place.length ?? 0;
  const written = source.text.slice(start, start + length);
  const found: Edit[][] = [];
  const replace = (text: string): void => void found.push([editAt(source, start, start + length, text)]);
  const label = place.label ?? '';
  const meant = /^did you mean (\S+)\?$/.exec(label)?.[1];
  if (meant !== undefined) replace(meant);
  if (id === 'no-such-file') {
    const path = near(/(\/\S+)$/.exec(message)?.[1] ?? '');
    if (path !== undefined) replace(path);
    return found;
  }
  if (id === 'wrong-case' || (/^\S+$/.test(label) && (id === 'type' || id === 'api-version'))) replace(label);
  if (id === 'type') {
    const bare = /^(["'])(.*)\1$/.exec(written)?.[2];
    if (bare !== undefined && bare !== '') replace(bare);
    else if (written !== '' && !written.includes('"')) replace(`"${written}"`);
    if (bare === undefined && /^[\w.:/-]+$/.test(written)) replace(`[${written}]`);
  }
  if (REMOVED.has(id)) {
    const from = lineStart(source.text, start);
    const to = nextLine(source.text, start);
    const above = from === 0 ? 0 : lineStart(source.text, from - 1);
    const isLast = !/^\s/.test(source.text.slice(to)) && /^\w+:\s*$/.test(source.text.slice(above, from).trimEnd());
    found.push(isLast ? [editAt(source, above, to, '')] : [editAt(source, from, to, '')]);
  }
  return found;
}

function indexOf({ text }: Source, line: number): number {
  let at = 0;
  for (let i = 1; i < line; i++) at = nextLine(text, at);
  return at;
}
