/** Evidence → diagnosis: all rules, their causes in order, what follows from them, and one sentence. Pure. */
import { type Cause, LAYERS, parentOf, type Rule } from './cause.ts';
import { list } from '../report/format.ts';
import { JUST_STARTED, LOST_LEASE, standings, standsOn, subject, type Standing } from './components.ts';
import type { Evidence } from './evidence.ts';
import { asMeant } from './meant-directory.ts';
import { RULES } from './rules.ts';

export interface Consequence {
  component: string;
  words: string;
  /** What it stands on, that is down for a reason of its own. */
  because: string;
}
export interface Diagnosis {
  healthy: boolean;
  /** One sentence, with its full stop. */
  verdict: string;
  /** Errors, the root cause first. */
  causes: Cause[];
  warnings: Cause[];
  consequences: Consequence[];
  standings: Standing[];
  /** What the rules that found nothing stand for (`Rule.about`). */
  held: string[];
}

export function diagnose(evidence: Evidence, rules: readonly Rule[] = RULES): Diagnosis {
  const found = standings(evidence);
  const looked = rules.map((rule) => ({ about: rule.about, found: rule.find(evidence) }));
  const all = ordered(unique([...looked.flatMap((rule) => rule.found), ...behindPath(evidence, rules)]));
  const told = all.filter(({ severity }) => severity === 'error');
  const causes = told.filter((cause) => !isVictim(cause, told));
  const warnings = all.filter(({ severity }) => severity === 'warning');
  const consequences = found.filter(({ ok, component }) => !ok && !causes.some((cause) => cause.component === component)).flatMap((standing): Consequence[] => {
    const because = causes.find((cause) => (cause.now || standing.words === LOST_LEASE) && standsOn(standing.component, cause.component));
    return because === undefined ? [] : [{ component: standing.component, words: standing.words, because: because.component }];
  });
  return { healthy: causes.length === 0 && found.every(({ ok }) => ok), verdict: verdict(evidence, causes, found, consequences), causes, warnings, consequences, standings: found, held: looked.flatMap((rule) => (rule.found.length === 0 ? [rule.about] : [])) };
}

/** Of a directory that the kubelet does not read for a slip in its path: what is wrong with the files in it. */
function behindPath(evidence: Evidence, rules: readonly Rule[]): Cause[] {
  const { meant } = evidence.directory;
  if (meant === undefined) return [];
  return rules.flatMap((rule) => rule.find(asMeant(evidence))).filter(({ where: [place] }) => place?.file.startsWith(`${meant.path}/`) === true);
}

/** What is only likely, of a part that stands on another one that is down, or that has a certain cause of its own: its words are the victim's. */
function isVictim(cause: Cause, all: readonly Cause[]): boolean {
  return cause.sure === 'likely' && all.some((other) => other !== cause && other.now && (standsOn(cause.component, other.component) || (other.sure === 'certain' && cause.component === other.component)));
}

/** What is so now before what waits for the next start; then by layer; what comes of another one after that; then what is certain. */
function ordered(causes: readonly Cause[]): Cause[] {
  const rank = (cause: Cause): number[] => [cause.severity === 'error' ? 0 : 1, cause.now ? 0 : 1, LAYERS.indexOf(cause.layer), parentOf(cause, causes) === undefined ? 0 : 1, cause.sure === 'certain' ? 0 : 1, cause.where[0]?.line ?? 0];
  return causes
    .map((cause, index) => ({ cause, key: [...rank(cause), index] }))
    .sort((a, b) => {
      const at = a.key.findIndex((part, i) => part !== b.key[i]);
      return at < 0 ? 0 : (a.key[at] ?? 0) - (b.key[at] ?? 0);
    })
    .map(({ cause }) => cause);
}

function unique(causes: readonly Cause[]): Cause[] {
  const seen = new Set<string>();
  return causes.filter(({ id, component, where, message }) => {
    const key = JSON.stringify([id, component, where[0]?.file, where[0]?.line, where[0]?.column, message]);
    return !seen.has(key) && seen.add(key);
  });
}

function verdict({ node }: Evidence, causes: readonly Cause[], found: readonly Standing[], consequences: readonly Consequence[]): string {
  // what is told under another one is no root
  const first = causes.find((each) => parentOf(each, causes) === undefined) ?? causes[0];
  if (first === undefined) {
    const down = found.filter(({ ok }) => !ok);
    if (down.length > 0 && down.every(({ words }) => words === JUST_STARTED)) return `${node.name} settles: ${list(down.map(({ component }) => component))} ${down.length === 1 ? 'has' : 'have'} just started again. Look once more in half a minute.`;
    if (down.length > 0 && down.every(({ words }) => words === JUST_STARTED || words === LOST_LEASE)) return `${node.name} settles: the API server was away, and ${list(down.map(({ component }) => component))} ${down.length === 1 ? 'starts' : 'start'} again. Look once more in half a minute.`;
    if (down.length === 0) return `Nothing is wrong with ${node.name}.`;
    return `${down.map(({ component, words }) => `${subject(component)} ${words}`).join(', ')}; nothing here says why.`;
  }
  if (!first.now) return `${node.name} runs, and ${subject(first.component).replace(/^T/, 't')} has a fault that shows at its next start: ${first.verdict}.`;
  // the API server is what people miss, whoever took it down
  const folded = causes.some(({ component, under }) => component === 'kube-apiserver' && under === first.id);
  const api = first.component !== 'kube-apiserver' && (folded || consequences.some(({ component }) => component === 'kube-apiserver')) ? 'The API server is down, because of ' : '';
  const own = found.find(({ component }) => component === first.component);
  if (api !== '') return `${api}${first.component === 'etcd' || first.component === 'host' ? first.component.replace('host', 'this machine') : subject(first.component).replace(/^The/, 'the')}: ${first.verdict}.`;
  return `${subject(first.component)} ${own === undefined || own.ok ? 'has a problem' : own.words}: ${first.verdict}.`;
}
