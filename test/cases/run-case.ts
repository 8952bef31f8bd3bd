/** One case from beginning to end: break, wait, diagnose, mend, look. */
import type { Case } from './case.ts';
import type { CaseNode } from './case-node.ts';
import { changedPaths, type Diagnosis, lost, outsidePlan, placeOf, pointsAt, typed } from './judge.ts';
import { doStep, lookBefore, settle } from './steps.ts';

export interface Result {
  id: string;
  name: string;
  class: string;
  node: 'sandbox' | 'lab';
  /** Why the case could not be made, or what went wrong outside kcfg. */
  problem?: string;
  /** 0: first; -1: not named; for a case that breaks nothing: 0 when no error is told. */
  place: number;
  line?: boolean;
  repaired: 'recover' | 'command' | 'person' | 'nothing to do' | 'no';
  worse: string[];
  /** Of doctor, to its end; of the whole repair until all is Ready. */
  seconds: { shows: number; doctor: number; repair?: number };
  /** For reading: verdict and errors as told. */
  told: string[];
  /** What the repair said at its end. */
  said?: string;
}

/** Until victims have come out of their back-off (5 min at most). */
const READY_S = 330;
/** Of kcfg: the change is made, and not decided yet. */
const UNDECIDED = 8;

export async function runCase(subject: Case, node: CaseNode): Promise<Result> {
  const result: Result = { id: subject.id, name: subject.name, class: subject.class, node: node.kind, place: -1, repaired: 'no', worse: [], seconds: { shows: 0, doctor: 0 }, told: [] };
  await node.ready(READY_S);
  const etcd = await node.etcdData();
  const before = await lookBefore(node);
  const began = Date.now();
  try {
    for (const step of subject.break) await doStep(node, step, before);
    await settle(node, subject.settle, before);
  } catch (error) {
    return { ...result, problem: (error as Error).message };
  }
  result.seconds.shows = since(began);

  const [up, broken] = [await node.up(), node.tree()];
  const diagnosis = await diagnose(subject, node, result);
  if (diagnosis === undefined) return result;
  const read = changedPaths(broken, node.tree());
  if (read.length > 0) result.worse.push(`doctor changed ${read.join(', ')}`);

  const mending = Date.now();
  await repair(subject, node, diagnosis, result, broken);
  if (result.repaired === 'recover' || result.repaired === 'command') {
    await node.ready(READY_S).catch((error: Error) => {
      result.said = `${result.repaired} was done, and ${error.message}. ${result.said ?? ''}`;
      result.repaired = 'no';
    });
    result.seconds.repair = since(mending);
  }
  const gone = lost(up, await node.up());
  // what kcfg did not touch may go down by itself: victims do
  if (gone.length > 0 && (result.repaired === 'recover' || result.repaired === 'command' || changedPaths(broken, node.tree()).length > 0)) result.worse.push(`answered before, and not after: ${gone.join(', ')}`);
  if (result.repaired !== 'no' && result.repaired !== 'person' && !touchesEtcd(subject) && (await node.etcdData()) !== etcd) result.worse.push('etcd has other data');
  return result;
}

/** Whose own steps put etcd's data aside, for whatever it begins with then. */
const touchesEtcd = ({ id }: Case): boolean => id === 'B140h' || id === 'B142';

async function diagnose(subject: Case, node: CaseNode, result: Result): Promise<Diagnosis | undefined> {
  const began = Date.now();
  const { code, stdout, stderr } = await node.kcfg(['doctor', '-o', 'json']);
  result.seconds.doctor = since(began);
  let diagnosis: Diagnosis;
  try {
    diagnosis = JSON.parse(stdout) as Diagnosis;
  } catch {
    result.problem = `doctor ended with ${code}: ${stderr.slice(0, 500)}`;
    return undefined;
  }
  const errors = diagnosis.findings.filter(({ severity }) => severity === 'error');
  result.told = [diagnosis.verdict, ...errors.slice(0, 4).map(({ id, component, file, line, cause, fix }) => `${id} ${component} ${file ?? ''}:${line ?? ''} ${cause} [${fix?.kind ?? 'no fix'}]`)];
  if (subject.expect.ids.length === 0) result.place = errors.length === 0 ? 0 : -1;
  else {
    result.place = placeOf(subject, diagnosis);
    const at = pointsAt(subject, errors[result.place], node);
    if (at !== undefined) result.line = at;
    if (code !== 3) result.told.push(`exit status ${code}`);
  }
  return diagnosis;
}

/** As a person would: what doctor and recover offer, in that order. */
async function repair(subject: Case, node: CaseNode, { findings }: Diagnosis, result: Result, broken: Record<string, string>): Promise<void> {
  if (subject.repair === 'nothing') {
    result.repaired = 'nothing to do';
    return;
  }
  if (subject.repair === 'person') {
    const { stdout } = await node.kcfg(['doctor']);
    result.repaired = (subject.says ?? /./).test(stdout) && result.place >= 0 ? 'person' : 'no';
    result.said = stdout.slice(-600);
    return;
  }
  const { code, stdout, stderr } = await node.kcfg(['recover', '--yes']);
  result.said = `recover ${code}: ${code === 0 ? stdout.trim().split('\n').slice(-3).join(' | ') : wordsOf(stderr)}`;
  const kept = code === 0 || (code === UNDECIDED && (await decided(node)) === 'done');
  const changed = changedPaths(broken, node.tree());
  if (kept) {
    const outside = outsidePlan(changed, await newestPlan(node));
    if (outside.length > 0) result.worse.push(`changed outside the plan: ${outside.join(', ')}`);
    result.repaired = 'recover';
    return;
  }
  if (changed.length > 0) result.worse.push(`recover ended with ${code}, and left changed: ${changed.join(', ')}`);
  const commands = findings.find(({ severity, fix }) => severity === 'error' && fix?.commands !== undefined)?.fix?.commands ?? [];
  const argvs = commands.map(typed);
  if (commands.length === 0 || argvs.some((argv) => argv === undefined)) {
    result.said += ` | commands: ${commands.join(' ; ')}`;
    return;
  }
  for (const argv of argvs) {
    const run = argv?.[0] === 'kcfg' ? await node.kcfg(argv.slice(1)) : await node.run(argv ?? []);
    result.said += ` | ${(argv ?? []).join(' ')}: ${run.code} ${run.stderr.slice(-120)}`;
  }
  result.repaired = 'command';
}

/** Done, and the rest is decided once the API server answers, by kcfg itself: how that came out. */
async function decided(node: CaseNode): Promise<string | undefined> {
  for (let waited = 0; waited < READY_S; waited += 5) {
    const { stdout } = await node.kcfg(['history', '-o', 'json']);
    try {
      const { changes } = JSON.parse(stdout) as { changes: { result: string }[] };
      if (changes[0] !== undefined && changes[0].result !== 'open' && changes[0].result !== 'running') return changes[0].result;
    } catch {
      // it is being written
    }
    await node.sleep(5);
  }
  return undefined;
}

async function newestPlan(node: CaseNode): Promise<string> {
  const { stdout } = await node.kcfg(['history', '-o', 'json']);
  try {
    const { changes } = JSON.parse(stdout) as { changes: { id: string }[] };
    return node.read(`/var/lib/kcfg/${changes[0]?.id}/plan.json`)?.toString() ?? '';
  } catch {
    return '';
  }
}

const since = (at: number): number => Math.round((Date.now() - at) / 100) / 10;

/** What failed, and why: the lines that say so, and the one behind each. */
function wordsOf(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.filter((line, at) => /^✗|^error|^note|^help/.test(line) || /^✗|^error/.test(lines[at - 1] ?? '')).join(' | ').slice(0, 900) || lines.slice(-6).join(' | ').slice(-900);
}
