/**
 * A plan as the user reads it before the question: the steps with their reasons, the diff of every file, and what will
 * be disturbed. The words of the steps are describe()'s; this file only lays them out.
 */
import { describe } from '../plan/describe.ts';
import type { Plan } from '../plan/plan.ts';
import { shellWord } from '../plan/shell-word.ts';
import { findingLines } from './error.ts';
import { diffLines, type FileDiff } from './diff.ts';
import { coarse, count, list, number } from './format.ts';
import type { Style } from './style.ts';
import { padEnd, padStart, width, wrap } from './width.ts';

export interface PlanView {
  style: Style;
  columns: number;
  /** Every file that changes, with its text before and after; absent: no Diff block (as in a script). */
  files?: readonly FileDiff[];
  /** Each copy in full, not folded with the ones alike. */
  everyDiff?: boolean;
}

/** The blocks Plan, Diff and Disturbs. */
export function planLines(plan: Plan, view: PlanView): string[] {
  const { style, columns, files = [], everyDiff = false } = view;
  return [
    ...stepBlock(plan, style, columns),
    ...(files.length > 0 ? [style.strong('Diff'), ...diffLines(files, style, columns, !everyDiff)] : []),
    ...findingLines(plan.warnings ?? [], style, columns),
    style.strong('Disturbs'),
    ...disturbs(plan).flatMap((text) => wrap(text, columns - 2).map((line) => `  ${line}`)),
  ];
}

/** The block Plan: number, title, and why, in columns; a long reason goes on below itself. */
export function stepBlock(plan: Plan, style: Style, columns: number): string[] {
  const steps = plan.steps.map((step) => describe(step, plan));
  const digits = String(steps.length).length;
  // The titles of a usual plan are up to 28 columns; one with a long path in it must not push all reasons out.
  const titles = Math.min(32, Math.max(...steps.map((step) => width(step.title))));
  const before = 2 + digits + 1 + titles + 4;
  const lines = steps.flatMap(({ title, why }, i) => {
    const head = `  ${padStart(String(i + 1), digits)} ${padEnd(title, titles)}`;
    const reason = why === '' ? [] : wrap(why, columns - before);
    const beside = width(title) <= titles ? (reason.shift() ?? '') : '';
    return [
      beside === '' ? head.trimEnd() : `${head}    ${style.faint(beside)}`,
      ...reason.map((line) => ' '.repeat(before) + style.faint(line)),
    ];
  });
  return [style.strong('Plan'), ...lines];
}

/** The sentences of the block Disturbs: the price, also where it is nothing. */
export function disturbs(plan: Plan): string[] {
  const { kubeletRestart, kept, recreated, apiAwaySeconds, pinned, home } = plan.disturbs;
  if (plan.settings !== undefined && plan.steps.some((step) => step.kind === 'arm')) return disturbsBySettings(plan);
  if (!kubeletRestart) return [plan.steps.some((step) => step.kind === 'arm') ? 'Nothing: the kubelet has this path already, and is not restarted.' : 'Nothing: no kubelet runs from this tree.'];
  const sentences: string[] = [];
  if (recreated.length > 0) {
    const pods = count(recreated.length, 'static pod');
    sentences.push(
      `The kubelet restarts, and ${pods} ${recreated.length === 1 ? 'is' : 'are'} re-created: ${list(recreated)}.`,
    );
    if (apiAwaySeconds) sentences.push(...awayWords(plan.node, apiAwaySeconds, plan.disturbs));
  } else {
    sentences.push(`The kubelet restarts, about 1 s. No container does${keeps(kept.length)}.`);
  }
  sentences.push(`Open kubectl exec, logs -f and port-forward to pods of ${plan.node} are cut.`);
  if (pinned.length > 0) {
    const are = pinned.length === 1 ? 'manifest is' : 'manifests are';
    sentences.push(`Afterwards ${number(pinned.length)} ${are} pinned until kcfg unpin.`);
    if (apiAwaySeconds !== undefined && plan.strategy === 'adopt') {
      // Measured on the lab: recreate costs 5 to 7 s (BENCHMARKS.md).
      sentences.push('No pins, but 5 to 7 s without this API server: --strategy recreate.');
    }
  }
  if (home !== undefined) sentences.push(`Without any outage: kcfg set staticPodPath ${shellWord(home)} takes them home, where they need no pin.`);
  return sentences;
}

/** With other control planes the price depends on whom a client asks. */
function awayWords(node: string, seconds: number, { otherMembers: others = 0, drains }: Plan['disturbs']): string[] {
  const away = `The API server of ${node} is away for about ${coarse(seconds)}`;
  if (others === 0) return [`${away}.`];
  const serve = others === 1 ? 'that of the other control plane serves' : `those of the ${others} other control planes serve`;
  const lost = drains
    ? 'Through a balancer that checks /readyz no request is lost.'
    : 'Through a balancer that checks /readyz only a request that is just on its way can be lost; with --shutdown-delay-duration in its manifest, none.';
  return [`${away}; ${serve} meanwhile. ${lost}`];
}

/** What a restart with other settings does beyond the restart itself. */
function disturbsBySettings({ node, disturbs: { kubeletRestart, kept, because = [], class: worst } }: Plan): string[] {
  if (!kubeletRestart) return ['Nothing: the kubelet has these values already, and is not restarted.'];
  const [why, ...others] = because.map((text) => text.replace(/\.$/, ''));
  const reason = worst === 'restart' || why === undefined ? '' : `: ${why}`;
  return [
    worst === 'drain'
      ? `Drain ${node} first${reason}.`
      : worst === 'containers'
        ? `The kubelet restarts, about 1 s. Containers may restart too${reason}.`
        : `The kubelet restarts, about 1 s. No container does${keeps(kept.length)}.`,
    `Open kubectl exec, logs -f and port-forward to pods of ${node} are cut.`,
    ...(worst === 'restart' && why !== undefined ? [`${sentence(why)}.`] : []),
    ...others.map((text) => `${sentence(text)}.`),
  ];
}

/** A field's name keeps its small letter: it is no sentence of its own. */
function sentence(text: string): string {
  return /^[a-z]+[A-Z]|^kubeadm /.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}

function keeps(pods: number): string {
  if (pods === 0) return '';
  return pods === 1 ? ': the kubelet keeps the 1 there is' : `: the kubelet keeps all ${number(pods)}`;
}
