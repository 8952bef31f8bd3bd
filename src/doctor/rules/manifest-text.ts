/** Manifests by the strict check (manifests/rules): what the kubelet takes no pod from, and what ends a container at its start. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import type { Cause, Fix, Rule } from '../cause.ts';
import { CONTROL_PLANE, layerOf } from '../components.ts';
import type { EntryFacts, Evidence, PodFacts } from '../evidence.ts';
import { endpointFix } from './etcd-endpoint.ts';
import { portFix } from './secure-port.ts';

/** What no diagnosis needs to tell: that flags of some program are not checked. */
const LEFT_OUT: ReadonlySet<string> = new Set(['flags-unchecked']);
/** With these the kubelet takes no pod from the file at all, and stops the one from before at its next listing (file.go:117-190). */
const NO_POD: ReadonlySet<string> = new Set(['invalid-yaml', 'kind', 'identity', 'mirror-annotation', 'type']);
const UNREAD = 'invalid-yaml';
/** A misspelt field takes others with it: mounts, volumes, arguments. */
const TAKES_OTHERS: ReadonlySet<string> = new Set([...NO_POD, 'unknown-field']);

/** The end of the verdict, where the message itself would be told twice. */
const VERDICTS: Readonly<Record<string, string>> = {
  'unknown-flag': 'its manifest has a flag that it does not know',
  'required-flag': 'its manifest lacks a flag that it needs',
  'flag-value': 'a flag of its manifest has a value that it refuses',
  'flag-twice': 'its manifest has a flag twice',
  'invalid-yaml': 'its manifest is no YAML',
  'several-documents': 'its file has more than one document, and the kubelet reads the first alone',
  'unknown-field': 'its manifest has a field that no Pod has',
  type: 'its manifest has a value of the wrong type',
  path: 'its manifest names a file that is not there',
  'path-unmounted': 'its manifest names a file that it does not mount',
  'host-path': 'its manifest mounts a path that is not there',
  'unknown-gate': 'its manifest names a feature gate that it does not know',
  'unknown-plugin': 'its manifest names an admission plugin that it does not know',
};

export const manifestText: Rule = {
  about: 'manifests can be read, and their programs know what they say',
  find: (evidence) => evidence.directory.entries.flatMap((entry) => (entry.skipped?.why === 'hidden' ? [] : inFile(evidence, entry))),
};

/** In one file what keeps the kubelet from reading it, or a misspelt field, is the cause; the rest is told under it. Behind what is no YAML other faults stand on their own. */
function inFile(evidence: Evidence, entry: EntryFacts): Cause[] {
  const findings = entry.findings.filter(({ id }) => !LEFT_OUT.has(id));
  const first = findings.find(({ id, severity }) => severity === 'error' && NO_POD.has(id) && id !== UNREAD) ?? findings.find(({ id }) => TAKES_OTHERS.has(id) && id !== UNREAD);
  return findings.map((finding) => {
    const cause = causeOf(evidence, entry, finding);
    return first === undefined || finding === first || TAKES_OTHERS.has(finding.id) ? cause : { ...cause, under: first.id };
  });
}

function causeOf(evidence: Evidence, entry: EntryFacts, told: Finding): Cause {
  const name = partOf(evidence, entry);
  const pod = evidence.pods.find((each) => each.file === entry.name && each.name === name) ?? evidence.pods.find((each) => each.name === name) ?? (name === (entry.pod?.name ?? name) ? evidence.pods.find((each) => each.file === entry.name) : undefined);
  // what runs with it is not down for it
  const harmless = told.runs === true && (pod === undefined || pod.state === 'up' || pod.containers.length === 0) && entry.findings.every(({ severity, runs }) => severity !== 'error' || runs === true) && !(CONTROL_PLANE.some((part) => part === name) && entry.pod?.hostNetwork === false);
  const finding: Finding = harmless ? { ...told, severity: 'warning' } : told;
  const unread = entry.skipped?.why === 'invalid' || NO_POD.has(finding.id);
  // a file beside the manifests that never was one: the kubelet says so at each listing, and nothing else comes of it
  const stray = unread && pod === undefined && !CONTROL_PLANE.some((part) => part === name);
  // the kubelet and kubectl miss it there, too
  const moved = name === 'kube-apiserver' ? portFix(evidence, finding) : undefined;
  const fix = moved ?? (finding.id === 'etcd-servers' ? endpointFix(evidence) : undefined) ?? editOf(entry, finding) ?? (finding.severity === 'error' && !stray && (unread || (evidence.node.live && pod?.state !== 'up')) ? ({ kind: 'restore', pod: name } as const) : undefined);
  return {
    ...finding,
    ...(stray ? { severity: 'warning' } : {}),
    component: name,
    layer: unread ? 'manifests' : layerOf(name),
    verdict: verdictOf(finding),
    sure: 'certain',
    // from a file that it cannot read it stops the pod at its next listing, also one that still ends
    now: evidence.node.live && !stray && (pod?.state !== 'up' || moved !== undefined || (unread && finding.severity === 'error')),
    ...(moved === undefined ? {} : { notes: [...finding.notes, 'every kubeconfig leads to the old port'] }),
    evidence: seen(pod, unread),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** 'it is empty', of a manifest, is a verdict by itself. */
function verdictOf({ id, severity, message }: Finding): string {
  if (id === 'invalid-yaml' && /^it is (?!not )/.test(message)) return message.replace(/^it/, 'its manifest');
  return (severity === 'error' || id === 'unknown-field' ? VERDICTS[id] : undefined) ?? message;
}

/** What no one edit mends is restored: the manifest as it ran last. */
function editOf({ path, sha256 }: EntryFacts, { edits = [] }: Finding): Fix | undefined {
  return edits.length === 0 || sha256 === undefined ? undefined : { kind: 'edit', file: path, sha256, edits };
}

/** kube-scheduler.yaml is the scheduler's, whatever other pod stands in it first. */
function partOf({ directory }: Evidence, { name, pod }: EntryFacts): string {
  const own = name.replace(/\.(ya?ml|json)$/, '');
  const meant = CONTROL_PLANE.some((part) => part === own) && directory.entries.every((other) => other.pod?.name !== own);
  return meant ? own : (pod?.name ?? own);
}

/** What its container did meanwhile. */
function seen(pod: PodFacts | undefined, unread: boolean): string[] {
  const container = pod?.containers[0];
  if (container === undefined) return [];
  if (unread) return container.state === 'running' ? ['its container from before still runs'] : [`its container ended ${container.finishedAt}, and none was started since`];
  if (container.state !== 'exited') return [];
  return [`its container has ended ${container.attempt + 1} times, last with exit status ${container.exitCode}`, ...(container.words === '' ? [] : [container.words])];
}
