/**
 * npm run fuzz:manifests -- --build DIRECTORY --etcd DIRECTORY [--runs N] [--seed N] [--seconds N] [--verbose]: slips in kubeadm's
 * own manifests, before our rules and before the programs themselves. Needs root, Go and `ip`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Finding } from '../../src/kubelet/rules/finding.ts';
import { programFacts } from '../../src/manifests/programs/of-manifest.ts';
import type { Facts, FileKind } from '../../src/manifests/rules/case.ts';
import { judgeManifest, readManifestText } from '../../src/manifests/rules/judge-manifest.ts';
import { filesNamed } from '../../src/manifests/rules/paths.ts';
import { hostPaths } from '../../src/manifests/rules/volumes.ts';
import { chance } from '../harness/random.ts';
import { mutate } from './mutate.ts';
import { ADDRESS, type FuzzNode, makeNode, run } from './node.ts';
import { startParser, type Truth, truthOf } from './truth.ts';

const FIXTURES = `${import.meta.dirname}/../fixtures/kubeadm-manifests`;
const PODS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
const AT_A_TIME = 2;
/**
 * Told as errors, and not seen here: only a kubelet's probes, a running etcd or the API see these; or the program starts all the
 * same, and not as its manifest says (a field that the kubelet drops, data that is lost with the container, a flag that is part of
 * another's text, a file that is read once the API answers).
 */
const UNSEEN = new Set(['probe-port', 'probe-shut-out', 'etcd-servers', 'host-network', 'unknown-field', 'wrong-case', 'several-documents', 'foreign-uid', 'mirror-annotation', 'path-unmounted', 'glued']);
/** It starts, without the flag that it took for a value. */
const TAKES = 'it takes the flag that stands next for its value';
/** What it reads once the API answers: told before it does. */
const LATER = /--(cluster-cidr|allocate-node-cidrs|root-ca-file|cluster-signing-\S+|service-account-private-key-file|kubelet-client-\S+|proxy-client-\S+) /;

export interface Outcome {
  pod: string;
  kind: string;
  change: string;
  truth: Truth;
  errors: Finding[];
}

async function factsOf(node: FuzzNode, bytes: Buffer, kubeletVersion: string): Promise<Facts> {
  const yaml = readManifestText('', bytes);
  if ('id' in yaml) return { kubeletVersion };
  const subject = { yaml, facts: {} };
  const files = new Map<string, FileKind | null>([...filesNamed(subject), ...hostPaths(subject)].map((path) => [path, node.kind(path)]));
  return { kubeletVersion, files, addresses: [ADDRESS, '127.0.0.1', '::1'], ...(await programFacts(subject)) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { build: { type: 'string', default: '' }, etcd: { type: 'string', default: '' }, runs: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' }, seconds: { type: 'string', default: '600' }, verbose: { type: 'boolean', default: false } } });
  const version = /v(\S+)/.exec(run([`${values.build}/kubelet`, '--version']))?.[1] ?? '';
  const fixtures = `${FIXTURES}/${version}/first`;
  if (statSync(fixtures, { throwIfNoEntry: false }) === undefined) throw new Error(`there are manifests of ${readdirSync(FIXTURES).join(', ')}, and not of ${version}`);
  const node = makeNode(`${values.build}/kubeadm`, readFileSync(`${fixtures}/kubeadm.yaml`, 'utf8'), AT_A_TIME);
  const kubelet = `${node.scratch}/kubelet`;
  const built = spawnSync('go', ['build', '-trimpath', '-o', kubelet, '.'], { cwd: `${import.meta.dirname}/kubelet`, env: { ...process.env, CGO_ENABLED: '0' }, encoding: 'utf8' });
  const parser = built.status === 0 ? startParser(kubelet) : undefined;
  try {
    if (parser === undefined) throw new Error(built.stderr);
    const texts = new Map(PODS.map((pod) => [pod, readFileSync(`${fixtures}/${pod}.yaml`, 'utf8')]));
    const binary = (pod: string): string => `${pod === 'etcd' ? values.etcd : values.build}/${pod}`;
    const judge = async (pod: string, kind: string, text: string, slot: number): Promise<Outcome> => {
      const bytes = Buffer.from(text);
      const original = texts.get(pod) ?? '';
      const image = /image: (\S+)/.exec(original)?.[1] ?? '';
      const [truth, facts] = [await truthOf(node, parser, bytes, image, binary(pod), slot, kind === 'none'), await factsOf(node, bytes, version)];
      return { pod, kind, change: difference(original, text), truth, errors: judgeManifest(`${pod}.yaml`, bytes, facts).filter(({ severity }) => severity === 'error') };
    };
    // etcd first: its data is then there for all others
    for (const [pod, text] of texts) {
      const { truth, errors } = await judge(pod, 'none', text, 0);
      if (!truth.survives || errors.length > 0) throw new Error(`${pod} as kubeadm wrote it: ${truth.words}; ${errors.map(({ message }) => message).join('; ')}`);
    }
    const by = chance(Number(values.seed));
    const work = Array.from({ length: Number(values.runs) }, () => {
      const pod = by.pick(PODS);
      return { pod, ...mutate(texts.get(pod) ?? '', by) };
    });
    const until = Date.now() + Number(values.seconds) * 1000;
    const outcomes: Outcome[] = [];
    await Promise.all(Array.from({ length: AT_A_TIME }, async (_, slot) => {
      for (let one = work.shift(); one !== undefined && Date.now() < until; one = work.shift()) outcomes.push(await judge(one.pod, one.kind, one.text, slot));
    }));
    console.log(report(version, outcomes, values.verbose).join('\n'));
  } finally {
    parser?.close();
    node.close();
  }
}

/** The first lines that differ. */
function difference(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const at = a.findIndex((line, i) => line !== b[i]);
  return `${at + 1}: ${JSON.stringify(a[at] ?? '')} → ${JSON.stringify(b[at] ?? '')}`;
}

export function report(version: string, outcomes: readonly Outcome[], verbose: boolean): string[] {
  const seen = (one: Outcome): boolean => one.errors.some(({ id, where, notes }) => !UNSEEN.has(id) && !notes.includes(TAKES) && !(/^(path|flag-limit|required-flag)$/.test(id) && LATER.test((where[0]?.text ?? '').replace('=', ' '))));
  // whether there is such an image the runtime says, and its release page
  const images = outcomes.filter(({ truth }) => /^no image/.test(truth.words));
  const dies = outcomes.filter(({ truth }) => !truth.survives && !/^no image/.test(truth.words));
  const lives = outcomes.filter(({ truth }) => truth.survives);
  const missed = dies.filter(({ errors }) => errors.length === 0);
  const alarms = lives.filter(seen);
  const beyond = lives.filter((one) => one.errors.length > 0 && !seen(one));
  const found = dies.length - missed.length;
  const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);
  const line = (one: Outcome): string => `  ${one.pod}, ${one.kind}, line ${one.change}\n    it says: ${one.truth.survives ? 'runs' : one.truth.words}\n    we say: ${one.errors.map(({ id, message }) => `${id}: ${message}`).join('; ') || 'sound'}`;
  return [
    `${version}: ${outcomes.length} manifests`,
    `              told as error   not told`,
    `does not run  ${String(found).padStart(13)}   ${String(missed.length).padStart(8)}`,
    `runs          ${String(alarms.length).padStart(13)}   ${String(lives.length - alarms.length - beyond.length).padStart(8)}   and ${beyond.length} told for what is not seen here`,
    `an image that there is not: ${images.filter(({ errors }) => errors.length > 0).length} of ${images.length} told`,
    `recall ${percent(found, dies.length)}, precision ${percent(found, found + alarms.length)}`,
    ...(missed.length > 0 ? ['Not told:', ...missed.map(line)] : []),
    ...(alarms.length > 0 ? ['Told, and it runs:', ...alarms.map(line)] : []),
    ...(verbose ? ['Told for what is not seen here:', ...beyond.map(line)] : []),
  ];
}

if (process.argv[1] === import.meta.filename) await main();
