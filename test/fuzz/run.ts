/**
 * npm run fuzz -- --build DIRECTORY --etcd DIRECTORY [--runs N] [--seed N] [--seconds N] [--out FILE]: slips in kubeadm's four
 * manifests and in the kubelet's configuration, before the doctor and before the programs themselves. Needs root, Go, ip and
 * curl. FILE gets a line for each, as it comes; `--again FILE` puts those before the doctor as it is now, and runs nothing.
 */
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chance } from '../harness/random.ts';
import { kubeletTruth } from './kubelet-truth.ts';
import { mutate } from './mutate.ts';
import { type FuzzNode, MACHINE, makeNode, run } from './node.ts';
import { startParser } from './parser.ts';
import { freeLease } from './probes.ts';
import { difference, type Outcome, report } from './report.ts';
import { fileOf, KUBELET, SUBJECTS } from './subjects.ts';
import { atOnce, keepRunning, type Truth, truthOf } from './truth.ts';
import { type Ask, openDoctor } from './verdict.ts';

const FIXTURES = `${import.meta.dirname}/../fixtures/kubeadm-manifests`;
/** Each subject has a network and ports of its own: one of each runs at a time. */
const AT_A_TIME = SUBJECTS.length;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { build: { type: 'string', default: '' }, etcd: { type: 'string', default: '' }, runs: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, seconds: { type: 'string', default: '3600' }, only: { type: 'string' }, out: { type: 'string' }, again: { type: 'string', multiple: true } } });
  const version = /v(\S+)/.exec(run([`${values.build}/kubelet`, '--version']))?.[1] ?? '';
  const fixtures = `${FIXTURES}/${version}/first`;
  if (statSync(fixtures, { throwIfNoEntry: false }) === undefined) throw new Error(`there are manifests of ${readdirSync(FIXTURES).join(', ')}, and not of ${version}`);
  const node = makeNode(`${values.build}/kubeadm`, version, fixtures);
  try {
    const texts = new Map(SUBJECTS.map((subject) => [subject, readFileSync(`${node.files}${fileOf(subject)}`, 'utf8')]));
    const images = [...texts.values()].flatMap((text) => /image: (\S+)/.exec(text)?.[1] ?? []);
    const tree = `${node.scratch}/tree`;
    cpSync(node.files, tree, { recursive: true });
    putData(`${tree}/var/lib/etcd/member`);
    const ask = await openDoctor(tree, version, images);
    for (const [subject, text] of texts) if ((await told(ask, subject, text)).length > 0) throw new Error(`${subject} as kubeadm wrote it: ${JSON.stringify(await told(ask, subject, text))}`);
    const outcomes = values.again === undefined ? await fuzz(node, texts, ask, values) : await again(node, texts, ask, values.again);
    console.log(report(outcomes).join('\n'));
  } finally {
    node.close();
  }
}

function imageOf(texts: ReadonlyMap<string, string>, subject: string): string {
  return /image: (\S+)/.exec(texts.get(subject) ?? '')?.[1] ?? '';
}

/** As much of etcd's as the doctor looks at. */
function putData(member: string): void {
  for (const part of ['snap', 'wal']) mkdirSync(`${member}/${part}`, { recursive: true, mode: 0o700 });
  writeFileSync(`${member}/snap/db`, Buffer.alloc(20_480));
  writeFileSync(`${member}/wal/0000000000000000-0000000000000000.wal`, Buffer.alloc(1000));
}

async function told(ask: Ask, subject: string, text: string): Promise<Outcome['told']> {
  return (await ask(fileOf(subject), Buffer.from(text))).map(({ id, message }) => ({ id, message }));
}

/** What programs came to stays; what needs none is looked at anew as well. */
async function again(node: FuzzNode, texts: ReadonlyMap<string, string>, ask: Ask, files: readonly string[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const parser = startParser(`${node.scratch}/parser`);
  for (const line of files.flatMap((file) => readFileSync(file, 'utf8').split('\n'))) {
    if (line === '') continue;
    const one = JSON.parse(line) as Outcome;
    if (one.version !== node.version) continue;
    const wrong = one.subject === KUBELET ? undefined : atOnce(await parser.parse(Buffer.from(one.text)), imageOf(texts, one.subject));
    outcomes.push({ ...one, ...(wrong === undefined ? {} : { truth: { survives: false, words: wrong } }), told: await told(ask, one.subject, one.text) });
  }
  parser.close();
  return outcomes;
}

async function fuzz(node: FuzzNode, texts: ReadonlyMap<string, string>, ask: Ask, values: { build: string; etcd: string; runs: string; seed: string; seconds: string; only?: string | undefined; out?: string | undefined }): Promise<Outcome[]> {
  const parser = startParser(`${node.scratch}/parser`);
  try {
    const binary = (subject: string): string => `${subject === 'etcd' ? values.etcd : values.build}/${subject}`;
    const original = (subject: string): Buffer => Buffer.from(texts.get(subject) ?? '');
    const truth = async (subject: string, bytes: Buffer, keep = false): Promise<Truth> => {
      for (let tries = 1; ; tries++) {
        const found = await once(subject, bytes, keep);
        if (!MACHINE.test(found.words) || tries === 3) return found;
      }
    };
    const once = async (subject: string, bytes: Buffer, keep: boolean): Promise<Truth> => {
      if (subject === KUBELET) return await kubeletTruth(node, binary(KUBELET), bytes);
      if (/manager|scheduler/.test(subject)) await freeLease(node, subject);
      return await truthOf(node, parser, bytes, imageOf(texts, subject), binary(subject), keep);
    };
    const sound = async (subject: string): Promise<void> => {
      const { survives, words } = await truth(subject, original(subject), true);
      if (!survives) throw new Error(`${subject} as kubeadm wrote it: ${words}`);
    };
    // etcd first: its data is then there for all others
    await sound('etcd');
    for (const network of ['stored', 'cluster'] as const) await keepRunning(node, parser, original('etcd'), binary('etcd'), network);
    await keepRunning(node, parser, original('kube-apiserver'), binary('kube-apiserver'), 'cluster');
    for (const subject of SUBJECTS.slice(1)) await sound(subject);
    const by = chance(Number(values.seed));
    const work = Array.from({ length: Number(values.runs) }, () => {
      const subject = by.pick(SUBJECTS);
      return { subject, ...mutate(texts.get(subject) ?? '', by) };
    }).filter(({ subject }) => values.only === undefined || subject === values.only);
    let until = Date.now() + Number(values.seconds) * 1000;
    process.once('SIGTERM', () => {
      until = 0;
    });
    const outcomes: Outcome[] = [];
    const busy = new Set<string>();
    await Promise.all(Array.from({ length: AT_A_TIME }, async () => {
      while (Date.now() < until && work.length > 0) {
        const at = work.findIndex(({ subject }) => !busy.has(subject));
        const [one] = at < 0 ? [] : work.splice(at, 1);
        if (one === undefined) {
          await new Promise((resolve) => setTimeout(resolve, 200));
          continue;
        }
        busy.add(one.subject);
        const { subject, kind, text } = one;
        const outcome: Outcome = { version: node.version, subject, kind, change: difference(texts.get(subject) ?? '', text), text, truth: await truth(subject, Buffer.from(text)), told: await told(ask, subject, text) };
        busy.delete(subject);
        outcomes.push(outcome);
        if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(outcome)}\n`);
      }
    }));
    return outcomes;
  } finally {
    parser.close();
  }
}

if (process.argv[1] === import.meta.filename) await main();
