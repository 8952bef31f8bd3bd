/**
 * How well a text fits the node as it is now: the strict check, the images that are in the store, the certificates' names, etcd's data,
 * and versions, which go forward only. Pure: what it needs of the node is in the facts.
 */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { minorOf, partsOfImage } from '../render/parameters.ts';
import type { Fits } from './candidate.ts';
import type { LastRun } from './last-runs.ts';

export interface FitFacts {
  /** Of the strict check. */
  findings: readonly Finding[];
  /** In the runtime's store; absent: it was not told. */
  images?: readonly string[];
  kubeletVersion?: string;
  /** By container. */
  ran: ReadonlyMap<string, LastRun>;
  /** Of this node; empty: not known. */
  addresses: readonly string[];
  /** Certificate → names in it; empty: it could not be read. */
  names: ReadonlyMap<string, readonly string[]>;
  /** Of etcd: its data directory has a member. Absent: not known. */
  member?: boolean;
}

/** Told of what is known only after the first look at the text: which certificates it names. */
export function certificatesOf(manifest: Manifest): string[] {
  return manifest.containers.flatMap(({ command }) => {
    const flags = flagsOf(command);
    return ['tls-cert-file', 'cert-file', 'peer-cert-file'].flatMap((name) => flags.get(name) ?? []);
  });
}

export function fit(manifest: Manifest, facts: FitFacts, doubts: readonly string[]): { fits: Fits; why: string[] } {
  const errors = facts.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message);
  const against = [...errors];
  const unsure = [...doubts];
  for (const { name, image, command } of manifest.containers) {
    const flags = flagsOf(command);
    const run = facts.ran.get(name);
    if (facts.images !== undefined && !isStored(image, facts.images)) unsure.push(`its image is not in the runtime's store, and has to be pulled: ${image}`);
    against.push(...tooOld(manifest.name, image, run, facts.kubeletVersion));
    against.push(...addressesAgainst(manifest.name, flags, facts));
    if (manifest.name === 'etcd') {
      if (facts.member === false) against.push(`there is no member's data in ${flags.get('data-dir') ?? 'its data directory'}: it would begin an empty cluster`);
      unsure.push(...etcdUnlike(flags, run));
    }
  }
  if (against.length > 0) return { fits: 'does not fit', why: [...new Set(against)] };
  if (unsure.length > 0) return { fits: 'doubtful', why: [...new Set(unsure)] };
  return { fits: 'fits', why: alike(manifest, facts) };
}

/** Flags that are in one of the two alone, and another image. Undefined where nothing ran that could be compared. */
export function differences(manifest: Manifest, ran: ReadonlyMap<string, LastRun>): number | undefined {
  let count: number | undefined;
  for (const { name, image, command } of manifest.containers) {
    const run = ran.get(name);
    if (run === undefined) continue;
    const [now, then] = [new Map(flagsOf(command)), new Map(flagsOf([...run.config.command, ...run.config.args]))];
    count = (count ?? 0) + (run.image === image ? 0 : 1) + [...new Set([...now.keys(), ...then.keys()])].filter((key) => now.get(key) !== then.get(key)).length;
  }
  return count;
}

function alike(manifest: Manifest, { ran }: FitFacts): string[] {
  const count = differences(manifest, ran);
  if (count === undefined) return [];
  return [count === 0 ? 'says what its container last ran with' : `${count} ${count === 1 ? 'flag differs' : 'flags differ'} from what last ran`];
}

/** Words without the program. */
function flagsOf(command: readonly string[]): ReadonlyMap<string, string> {
  return parseFlags(command.filter((word) => word.startsWith('-')));
}

/** Runtimes write a name without a registry out in full. */
function isStored(image: string, images: readonly string[]): boolean {
  const names = [image, `docker.io/${image}`, `docker.io/library/${image}`, `localhost/${image}`];
  return images.some((each) => names.includes(each) || names.includes(`${each.replace(/:latest$/, '')}`));
}

/** etcd's data and the API server's objects are of the newest that ran; the kubelet is at most three minors older than its API server, and never newer (Kubernetes version skew policy). */
function tooOld(pod: string, image: string, run: LastRun | undefined, kubelet: string | undefined): string[] {
  const { name, tag } = partsOfImage(image);
  const before = run === undefined ? undefined : partsOfImage(run.image);
  const found: string[] = [];
  if (before !== undefined && before.name === name && compare(tag, before.tag) < 0) found.push(`older than ${pod === 'etcd' ? "etcd's data" : 'what ran last'}: ${bare(tag)} after ${bare(before.tag)}`);
  const [own, needs] = [minorOf(tag), minorOf(kubelet ?? '')];
  // of the others one minor behind the API server is supported
  if (own < needs - (name === 'kube-apiserver' ? 0 : 1) && name.startsWith('kube-')) found.push(`older than the kubelet, which is ${kubelet ?? ''}: ${bare(tag)}`);
  if (name === 'kube-apiserver' && own > needs + 3) found.push(`more than three minors newer than the kubelet, which is ${kubelet ?? ''}: ${bare(tag)}`);
  return found;
}

/** Of tags as 'v1.37.2' and '3.5.12-0'; 0 where one is none. */
function compare(a: string, b: string): number {
  const parts = (tag: string): number[] => /^v?(\d+)\.(\d+)\.(\d+)/.exec(tag)?.slice(1).map(Number) ?? [];
  const [left, right] = [parts(a), parts(b)];
  const at = left.findIndex((part, i) => right[i] !== undefined && part !== right[i]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function bare(tag: string): string {
  return tag.replace(/^v/, '').replace(/-\d+$/, '');
}

/** What it listens on, or is reached by, is this node's, and in the certificate that it shows. */
function addressesAgainst(pod: string, flags: ReadonlyMap<string, string>, { addresses, names }: FitFacts): string[] {
  const own = pod === 'kube-apiserver' ? [flags.get('advertise-address')] : pod === 'etcd' ? ['advertise-client-urls', 'initial-advertise-peer-urls'].flatMap((name) => (flags.get(name) ?? '').split(',').map(hostOf)) : [];
  const wanted = [...new Set(own.filter((address) => address !== undefined && address !== ''))] as string[];
  const foreign = addresses.length === 0 ? [] : wanted.filter((address) => isAddress(address) && !addresses.includes(address));
  const certificates = ['tls-cert-file', 'cert-file'].flatMap((name) => flags.get(name) ?? []);
  const unnamed = certificates.flatMap((file) => {
    const known = names.get(file) ?? [];
    return known.length === 0 ? [] : wanted.filter((address) => !known.includes(address)).map((address) => `${file} does not have ${address}`);
  });
  return [...foreign.map((address) => `${address} is no address of this node`), ...unnamed];
}

/** A member is known by its name and its peers' address to the others. */
function etcdUnlike(flags: ReadonlyMap<string, string>, run: LastRun | undefined): string[] {
  if (run === undefined) return [];
  const then = flagsOf([...run.config.command, ...run.config.args]);
  return ['name', 'data-dir', 'initial-advertise-peer-urls'].flatMap((name) => (then.has(name) && then.get(name) !== flags.get(name) ? [`--${name} is ${flags.get(name) ?? 'not there'}, and ${then.get(name) ?? ''} ran`] : []));
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}

function isAddress(text: string): boolean {
  return /^\d+(\.\d+){3}$/.test(text) || text.includes(':');
}
