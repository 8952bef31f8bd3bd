/**
 * npm run fuzz:lab -- --from FILE [--count 40] [--seed N]: slips of which the programs have told what they come to (run.ts, --out),
 * on a real node. Each: the kubelet is stopped, the slip written, the kubelet started; all containers Ready within 90 s or not;
 * what `kcfg doctor` says then; and everything back. `--keep`: a node cp1 is there, and stays. Prints who was right: the doctor, and the cheap truth.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chance } from '../harness/random.ts';
import { type LabNode, openLab } from '../lab/node.ts';
import { ADDRESS, PODS } from './node.ts';
import { type Outcome, report } from './report.ts';
import { fileOf, KUBELET, SUBJECTS } from './subjects.ts';

/** Issue 7: what survives is Ready 90 s after a start of the kubelet; `--patience`: on a machine that others use. */
let READY_MS = 90_000;
/** A kubelet that takes no pod from a file stops the old one within its housekeeping; what is Ready before was before. */
const SETTLED_MS = 40_000;

interface Sample {
  outcome: Outcome;
  survives: boolean;
  words: string;
}

/** Half that the programs survive and half that they do not, from all subjects. */
export function choose(outcomes: readonly Outcome[], count: number, seed: number): Outcome[] {
  const by = chance(seed);
  const chosen: Outcome[] = [];
  for (let i = 0; i < count; i++) {
    const fits = outcomes.filter((one) => !chosen.includes(one) && one.subject === SUBJECTS[i % SUBJECTS.length] && one.truth.survives === (Math.floor(i / SUBJECTS.length) % 2 === 0));
    if (fits.length > 0) chosen.push(by.pick(fits));
  }
  return chosen;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { from: { type: 'string', multiple: true, default: [] }, count: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' }, seconds: { type: 'string', default: '3600' }, out: { type: 'string' }, keep: { type: 'boolean', default: false }, patience: { type: 'string', default: '90' } } });
  READY_MS = Number(values.patience) * 1000;
  const outcomes = values.from.flatMap((file) => readFileSync(file, 'utf8').trim().split('\n')).map((line) => JSON.parse(line) as Outcome);
  const lab = await openLab({ keep: values.keep });
  const samples: Sample[] = [];
  try {
    const cp = values.keep ? lab.left('cp1') : await lab.controlPlane('cp1');
    if (!values.keep) await cp.save('healthy');
    if (values.keep) await cp.restore('healthy');
    await cp.installKcfg();
    const address = /advertise-address=(\S+)/.exec(cp.read(fileOf('kube-apiserver')))?.[1] ?? '';
    const healthy = new Map(SUBJECTS.map((subject) => [subject, cp.read(fileOf(subject))]));
    const until = Date.now() + Number(values.seconds) * 1000;
    for (const chosen of choose(outcomes, Number(values.count), Number(values.seed))) {
      if (Date.now() > until) break;
      const sample = await onNode(cp, chosen, address);
      samples.push(sample);
      console.log(`${sample.survives === chosen.truth.survives ? 'as told' : 'OTHERWISE'}: ${chosen.subject}, ${chosen.kind}, line ${chosen.change}: ${sample.survives ? 'Ready' : sample.words}; doctor: ${sample.outcome.told.map(({ id }) => id).join(', ') || 'sound'}`);
      if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify({ ...sample.outcome, cheap: chosen.truth })}\n`);
      await putBack(cp, fileOf(chosen.subject), healthy.get(chosen.subject) ?? '');
    }
  } finally {
    if (!values.keep) await lab.close();
  }
  const same = samples.filter(({ survives, outcome }) => survives === outcomes.find(({ text, subject }) => text === outcome.text && subject === outcome.subject)?.truth.survives).length;
  console.log([...report(samples.map(({ outcome }) => outcome)), '', `the programs alone said the same as the node of ${same} of ${samples.length}`].join('\n'));
}

async function onNode(cp: LabNode, { text, ...chosen }: Outcome, address: string): Promise<Sample> {
  const bytes = text.replaceAll(ADDRESS, address);
  await cp.run(['systemctl', 'stop', 'kubelet']);
  const old = new Set((await cp.containers()).map(({ id }) => id));
  writeFileSync(cp.file(fileOf(chosen.subject)), bytes);
  await cp.run(['systemctl', 'reset-failed', 'kubelet']);
  const began = Date.now();
  await cp.run(['systemctl', 'start', 'kubelet'], { timeout: 20_000 });
  const words = await notReady(cp, chosen.subject, old, began);
  const { stdout } = await cp.run(['kcfg', 'doctor', '--output', 'json'], { timeout: 60_000 });
  const { findings } = JSON.parse(stdout) as { findings: { id: string; severity: string; cause: string }[] };
  const told = findings.filter(({ severity }) => severity === 'error').map(({ id, cause }) => ({ id, message: cause }));
  const survives = words === undefined;
  return { outcome: { ...chosen, text, truth: { survives, words: words ?? '' }, told }, survives, words: words ?? '' };
}

/** What is not Ready after 90 s; undefined as soon as all is, and what runs is of the file with the slip. */
async function notReady(cp: LabNode, subject: string, old: ReadonlySet<string>, began: number): Promise<string | undefined> {
  for (;;) {
    const left = READY_MS - (Date.now() - began);
    const words = await cp.ready('ready', Math.max(0, left)).then(() => undefined, (error: unknown) => String(error));
    const running = await cp.containers();
    const all = PODS.every((pod) => running.some(({ name }) => name === pod));
    const fresh = subject !== KUBELET && running.some(({ id, name }) => name === subject && !old.has(id));
    if (words === undefined && all && (fresh || Date.now() - began > SETTLED_MS)) return undefined;
    if (left <= 0) return words ?? 'a container is missing';
    await sleep(2000);
  }
}

async function putBack(cp: LabNode, file: string, text: string): Promise<void> {
  await cp.run(['systemctl', 'stop', 'kubelet']);
  writeFileSync(cp.file(file), text);
  await cp.run(['systemctl', 'reset-failed', 'kubelet']);
  await cp.run(['systemctl', 'start', 'kubelet'], { timeout: 20_000 });
  await sleep(5000);
  if (await cp.ready('ready', READY_MS).then(() => true, () => false)) return;
  await cp.restore('healthy');
}

if (process.argv[1] === import.meta.filename) await main();
