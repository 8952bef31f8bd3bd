/** Outcomes of the fuzz → the confusion matrix, and each in which doctor and programs differ. */
import type { Truth } from './truth.ts';

export interface Outcome {
  version: string;
  /** 'kubelet' or the name of a pod. */
  subject: string;
  kind: string;
  /** The first line that differs, before and after. */
  change: string;
  text: string;
  truth: Truth;
  /** Errors of the doctor. */
  told: { id: string; message: string }[];
}

/**
 * It runs, and is broken all the same: etcd with data that goes with its container, a UID or a mirror that the API takes for
 * another one's.
 */
const RUNS_BROKEN = new Set(['etcd-data-unmounted', 'etcd-data', 'foreign-uid', 'mirror-annotation', 'several-documents']);

export function report(outcomes: readonly Outcome[]): string[] {
  const dies = outcomes.filter(({ truth }) => !truth.survives);
  const lives = outcomes.filter(({ truth }) => truth.survives);
  const missed = dies.filter(({ told }) => told.length === 0);
  const alarms = lives.filter(({ told }) => told.length > 0);
  const broken = alarms.filter(({ told }) => told.some(({ id }) => RUNS_BROKEN.has(id)));
  const found = dies.length - missed.length;
  const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
  const cell = (value: number | string): string => String(value).padStart(10);
  const subjects = [...new Set(outcomes.map(({ subject }) => subject))].sort();
  const of = (subject: string): string => {
    const own = (all: readonly Outcome[]): number => all.filter((one) => one.subject === subject).length;
    return `${subject.padEnd(26)}${cell(own(dies) - own(missed))}${cell(own(missed))}${cell(own(alarms))}${cell(own(lives) - own(alarms))}`;
  };
  return [
    `${[...new Set(outcomes.map(({ version }) => version))].join(', ')}: ${outcomes.length} slips`,
    `${''.padEnd(26)}${cell('told')}${cell('not told')}`,
    `${'does not survive'.padEnd(26)}${cell(found)}${cell(missed.length)}`,
    `${'survives'.padEnd(26)}${cell(alarms.length)}${cell(lives.length - alarms.length)}   of those told ${broken.length} run and are broken all the same`,
    `recall ${percent(found, dies.length)}, precision ${percent(found, found + alarms.length)}`,
    '',
    `${'of each'.padEnd(26)}${cell('found')}${cell('missed')}${cell('alarms')}${cell('silent')}`,
    ...subjects.map(of),
    ...(missed.length > 0 ? ['', 'Not told:', ...missed.flatMap(line)] : []),
    ...(alarms.length > 0 ? ['', 'Told, and it survives:', ...alarms.flatMap(line)] : []),
  ];
}

function line({ subject, kind, change, truth, told }: Outcome): string[] {
  return [`  ${subject}, ${kind}, line ${change}`, `    it: ${truth.survives ? 'runs' : truth.words}`, `    doctor: ${told.map(({ id, message }) => `${id}: ${message}`).join('; ') || 'sound'}`];
}

/** The first lines that differ. */
export function difference(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const at = a.findIndex((text, i) => text !== b[i]);
  return `${at + 1}: ${JSON.stringify(a[at] ?? '')} → ${JSON.stringify(b[at] ?? '')}`;
}
