/**
 * Pods that are re-created, watched while they come up: one whose container ends at once will not come up by waiting, and each
 * second of waiting is one without it. What its container said last is why.
 */
import { KcfgError } from '../errors.ts';
import type { Container, Host } from '../host/host.ts';
import type { Wanted } from './verify.ts';

export interface Broken {
  pod: string;
  detail: string;
  /** Its container's own last words; empty where it left none. */
  words: string;
}

/** What no second start makes better: the program did not take its command line, or a file of it is not there. */
const FINAL = /unknown (shorthand )?flag|flag provided but not defined|flag needs an argument|invalid argument|no such file or directory/;
/** The end of a log, where the reason stands. */
const TAIL_BYTES = 8192;
const LONGEST_WORDS = 300;

/** A pod of the change whose new container ended twice, or once for good. Undefined also where the runtime does not say. */
export async function findBroken(host: Host, wanted: Wanted): Promise<Broken | undefined> {
  const { containersBefore } = wanted.before;
  const renewed = wanted.pods.filter((pod) => pod.uid === undefined);
  if (containersBefore === undefined || renewed.length === 0) return undefined;
  const cri = host.cri(wanted.kubelet.runtimeEndpoint);
  try {
    const all = await cri.containers();
    for (const pod of renewed) {
      const ended = all.filter((c) => c.podName === pod.fullName && c.namespace === pod.namespace && c.state === 'exited' && !containersBefore.includes(c.id));
      const last = ended.sort((a, b) => a.attempt - b.attempt).at(-1);
      if (last === undefined) continue;
      const { exitCode, logPath } = await cri.status(last.id);
      const words = await lastWords(host, logPath);
      const again = ended.length > 1 || (last.attempt > 0 && last.sandboxId !== pod.sandboxId);
      if (again || FINAL.test(words)) return { pod: pod.name, detail: `${nameOf(last, pod.name)} ended${again ? ' again' : ''}, with exit status ${exitCode}`, words };
    }
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
  }
  return undefined;
}

/** What a pod that runs and is not ready says of itself. */
export async function wordsOf(host: Host, wanted: Wanted, fullName: string): Promise<string> {
  const cri = host.cri(wanted.kubelet.runtimeEndpoint);
  try {
    const newest = (await cri.containers()).filter((c) => c.podName === fullName).sort((a, b) => (BigInt(a.createdAt) < BigInt(b.createdAt) ? -1 : 1)).at(-1);
    return newest === undefined ? '' : await lastWords(host, (await cri.status(newest.id)).logPath);
  } catch (error) {
    if (error instanceof KcfgError) return '';
    throw error;
  }
}

function nameOf({ name }: Container, pod: string): string {
  return name === pod ? name : `${name} of ${pod}`;
}

/** The line that says why, else the last. The runtime puts time, stream and a sign before each (kuberuntime/logs/logs.go). */
export async function lastWords(host: Pick<Host, 'files'>, logPath: string): Promise<string> {
  if (logPath === '') return '';
  const size = (await host.files.target(logPath))?.size ?? 0;
  const text = (await host.files.readPart(logPath, Math.max(0, size - TAIL_BYTES), TAIL_BYTES))?.toString('utf8') ?? '';
  const lines = text.split('\n').map((line) => line.replace(/^\d{4}-\S+ std(out|err) [FP] /, '')).filter((line) => line.trim() !== '');
  const telling = lines.findLast((line) => /^(Error|panic|F\d{4}|fatal)|"command failed"|"level":"(fatal|panic|error)"|flag provided but not defined/.test(line));
  const words = telling ?? lines.at(-1) ?? '';
  return words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS)}...` : words;
}
