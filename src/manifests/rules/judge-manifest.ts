/** The strict check of a manifest: all rules, all findings at once. Pure; what the node has of it is in the facts. */
import { KcfgError } from '../../errors.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import { placedBefore } from '../../kubelet/rules/behind.ts';
import { type Finding, inOrder } from '../../kubelet/rules/finding.ts';
import { readSource, whereAt } from '../../kubelet/source.ts';
import { parseYaml, type Yaml } from '../../kubelet/yaml.ts';
import { lineEdits } from '../../plan/settings/line-edits.ts';
import type { Edit } from '../../plan/step.ts';
import { apiObjects } from './api-objects.ts';
import type { Case, Facts, Told } from './case.ts';
import { choices } from './choices.ts';
import { documents } from './documents.ts';
import { endsAtOnce } from './ends-at-once.ts';
import { featureGates } from './feature-gates.ts';
import { flags } from './flags.ts';
import { glued } from './glued.ts';
import { hostNetwork } from './host-network.ts';
import { identity } from './identity.ts';
import { limits } from './limits.ts';
import { mendYaml } from './mend-yaml.ts';
import { readFurther } from './read-further.ts';
import { paths } from './paths.ts';
import { podValues } from './pod-values.ts';
import { probeAnswers } from './probe-answers.ts';
import { probePorts } from './probe-ports.ts';
import { program } from './program.ts';
import { requiredFlags } from './required-flags.ts';
import { runtimeConfig } from './runtime-config.ts';
import { schema } from './schema.ts';
import { servers } from './servers.ts';
import { shutOut } from './shut-out.ts';
import { volumes } from './volumes.ts';
import { nothingWords, problemWords } from './yaml-words.ts';

const RULES: readonly ((subject: Case) => Finding[])[] = [identity, apiObjects, schema, podValues, hostNetwork, program, flags, choices, featureGates, runtimeConfig, limits, requiredFlags, endsAtOnce, servers, shutOut, paths, volumes, probePorts, probeAnswers];

/** What `--force` does not override: with these it is no edit of this pod, or of no pod at all. */
export const FIXED: ReadonlySet<string> = new Set(['invalid-yaml', 'kind', 'identity', 'mirror-annotation']);

export function judgeManifest(file: string, bytes: Uint8Array, facts: Facts = {}): Finding[] {
  const yaml = readManifestText(file, bytes);
  if ('id' in yaml) return [yaml, ...behind(file, bytes, yaml, facts)];
  const found = judge({ yaml, facts }).map((finding) => withSoundEdits(finding, file, bytes, facts));
  const alone = aloneIn(found);
  // which pod the file was of until now says nothing of the other one in it
  const { pod: _, ...others } = facts;
  return alone === undefined ? found : [...found, ...placedBefore(judgeManifest(file, applyEdits(bytes, alone), others), bytes, alone)];
}

/** Its own pod, where another one stands before it. */
const aloneIn = (found: readonly Finding[]): Edit[] | undefined => found.find(({ id }) => id === 'several-documents')?.edits;

/** What else is wrong, behind what keeps the text from being read. Where that has no mend, edits of the rest are of no use. */
function behind(file: string, bytes: Uint8Array, { edits }: Finding, facts: Facts): Finding[] {
  const change = changeOf(bytes);
  if (change === undefined) return [];
  const found = placedBefore(judgeManifest(file, applyEdits(bytes, change.edits), facts), bytes, change.edits);
  return edits === undefined ? found.map(({ edits: _, ...rest }) => rest) : found;
}

/** The text as it is read once what keeps it from that is changed, its own pod alone; itself where nothing is known to. */
export function readableText(bytes: Uint8Array, file = ''): Uint8Array {
  const yaml = readManifestText(file, bytes);
  const edits = 'id' in yaml ? changeOf(bytes)?.edits : yaml.documents > 1 ? aloneIn(documents({ yaml, facts: {} })) : undefined;
  return edits === undefined ? bytes : readableText(applyEdits(bytes, edits), file);
}

function judge(subject: Case): Finding[] {
  const all = RULES.flatMap((rule) => rule(subject));
  // a text for the value of the first, where that takes it
  const two = glued(subject).map(({ runs, ...told }) => (runs === true && all.every((other) => other.field !== told.field || !ends(other)) ? { ...told, runs } : told));
  // what is said of two flags as if they were one is no help
  const places = new Set(two.map(({ field }) => field));
  return inOrder([...documents(subject), ...two, ...all.filter(({ field }) => !places.has(field))].map(({ readAs, ...told }: Told) => (readAs === undefined || !startsAs(subject, told, readAs) ? told : { ...told, runs: true as const })));
}

function ends({ severity, runs }: Finding): boolean {
  return severity === 'error' && runs !== true;
}

/** Nothing ends it that does not end it anyway, with the text as its program reads it. */
function startsAs(subject: Case, { id, field }: Finding, edits: Edit[]): boolean {
  const { yaml } = read('', applyEdits(subject.yaml.source.bytes, edits));
  const key = (told: Finding): string => `${told.id} ${told.message}`;
  const before = new Set(RULES.flatMap((rule) => rule(subject)).filter((told) => told.id !== id || told.field !== field).map(key));
  return yaml !== undefined && judge({ ...subject, yaml }).every((told) => !ends(told) || before.has(key(told)));
}

/** Edits stay where the text that they make is read, and what they are to mend is gone from it. */
function withSoundEdits(finding: Finding, file: string, bytes: Uint8Array, facts: Facts): Finding {
  const { edits, ...rest } = finding;
  if (edits === undefined) return finding;
  const { yaml } = read(file, applyEdits(bytes, edits));
  const gone = yaml !== undefined && judge({ yaml, facts }).every(({ id, message }) => id !== finding.id || message !== finding.message);
  return gone ? finding : rest;
}

/** The text as YAML, or what is wrong with it; with the edits that mend it, where they are known to. */
export function readManifestText(file: string, bytes: Uint8Array): Yaml | Finding {
  const { yaml, wrong, broken } = read(file, bytes);
  if (yaml !== undefined) return yaml;
  const change = broken === undefined ? undefined : changeOf(bytes, broken);
  return change?.mends === true ? { ...wrong, edits: change.edits } : wrong;
}

/** `mends`: with the edits of what is found behind it, if there is any, nothing is wrong any more. */
interface Change {
  edits: Edit[];
  mends: boolean;
}
/** The facts of a node are gathered for the changed text, and then it is judged: one look is enough. */
const looked = new WeakMap<Uint8Array, Change | null>();

function changeOf(bytes: Uint8Array, broken = read('', bytes).broken): Change | undefined {
  const before = looked.get(bytes);
  if (before !== undefined) return before ?? undefined;
  const change = broken === undefined ? undefined : findChange(bytes, broken);
  looked.set(bytes, change ?? null);
  return change;
}

const faults = (yaml: Yaml): number => judge({ yaml, facts: {} }).filter(({ id, severity }) => severity === 'error' || id === 'duplicate-key').length;

function findChange(bytes: Uint8Array, broken: Yaml): Change | undefined {
  const isSound = (text: Buffer): boolean => {
    const after = read('', text).yaml;
    return after !== undefined && faults(after) === 0;
  };
  const one = mendYaml(broken, isSound, ['as it is']);
  if (one !== undefined) return { edits: one, mends: true };
  const text = readFurther(broken, (yaml) => faults(yaml) + judge({ yaml, facts: {} }).filter(({ id }) => id === 'unknown-field').length);
  const rest = text === undefined ? [] : judgeManifest('', text).filter(({ severity }) => severity === 'error');
  const mends = text !== undefined && rest.every(({ edits }) => edits !== undefined);
  const cleaned = mends ? undefined : mendYaml(broken, isSound, ['cleaned']);
  if (cleaned !== undefined) return { edits: cleaned, mends: true };
  return text === undefined ? undefined : { edits: lineEdits(Buffer.from(bytes), text), mends };
}

type Read = { yaml: Yaml; wrong?: never; broken?: never } | { yaml?: never; wrong: Finding; broken?: Yaml };

/** Of each text, by the name that it was read under: what is asked first of its files is judged next. */
const known = new WeakMap<Uint8Array, { file: string; found: Read }>();

function read(file: string, bytes: Uint8Array): Read {
  const before = known.get(bytes);
  if (before?.file === file) return before.found;
  const found = readAnew(file, bytes);
  known.set(bytes, { file, found });
  return found;
}

function readAnew(file: string, bytes: Uint8Array): Read {
  const source = readSource(file, bytes);
  const wrong = (message: string, where = [{ file }] as Finding['where']): Finding => ({ id: 'invalid-yaml', severity: 'error', message, where, notes: ['the kubelet takes no pod from it, and stops the one from before'], help: [] });
  if (source === undefined) return { wrong: wrong('it is not UTF-8 text') };
  const yaml = parseYaml(source);
  const { problem } = yaml;
  if (problem !== undefined) {
    const message = `it is not ${yaml.format === 'json' ? 'JSON' : 'YAML'}: ${problemWords(source, problem)}`;
    return { wrong: wrong(message, problem.start === undefined ? [{ file }] : [whereAt(source, problem.start, problem.end ?? problem.start)]), broken: yaml };
  }
  return yaml.root === undefined ? { wrong: wrong(nothingWords(source.bytes)), broken: yaml } : { yaml };
}

/** Throws `invalid-manifest` with all findings where one of them is an error that is not overridden. */
export function refuseManifest(findings: readonly Finding[], force: readonly string[]): void {
  const open = findings.filter(({ id, severity }) => severity === 'error' && (FIXED.has(id) || !force.includes(id)));
  if (open.length === 0) return;
  const names = [...new Set(open.map(({ id }) => id))].filter((id) => !FIXED.has(id));
  const fixed = open.some(({ id }) => FIXED.has(id));
  throw new KcfgError('invalid-manifest', open[0]?.message ?? '', {
    findings,
    help: fixed || names.length === 0 ? [] : [`to try it all the same: ${names.map((name) => `--force ${name}`).join(' ')}`],
  });
}
