/**
 * The two states that the kubelet does not leave by itself while the API server is down, because it deletes no pod before all of
 * its sources are ready (kubernetes/kubernetes#112814; kubelet pod_workers.go allowPodStart, kubelet.go deletePod):
 * 1. an orphan, whose UID is of no manifest any more, holds the port or the lock of the one that is to take its place;
 * 2. a mended manifest waits behind a UID that this kubelet does not delete: no container is made. One more start clears it.
 */
import type { Cause, Rule } from '../cause.ts';
import { layerOf } from '../components.ts';
import type { EntryFacts, Evidence, PodFacts } from '../evidence.ts';
import { plainWords } from '../words.ts';
import { cause } from './said.ts';

/** After an edit a kubelet that acts has made a sandbox. It lists again every 20 s. */
const ACTS_WITHIN_MS = 20_000;
const HELD = /address already in use|resource temporarily unavailable|cannot acquire|file lock|database is locked|already locked|timeout.*(lock|bolt)/i;

export const wedges: Rule = {
  about: 'no pod waits for one that the kubelet does not delete',
  find(evidence) {
    const { api, node, pods, unit, kubelet } = evidence;
    if (!node.live || api?.status === 200 || unit?.active !== 'active' || kubelet.healthy === false) return [];
    return pods.flatMap((pod) => {
      const entry = evidence.directory.entries.find(({ name }) => name === pod.file);
      const held = orphan(pod, entry);
      return held.length > 0 ? held : waiting(evidence, pod, entry);
    });
  },
};

function orphan(pod: PodFacts, entry: EntryFacts | undefined): Cause[] {
  const [old] = pod.older ?? [];
  if (old === undefined || entry?.pod === undefined || pod.state === 'up') return [];
  const newest = pod.containers.find(({ name }) => name === old.name);
  if (newest === undefined || newest.podUid === old.podUid || newest.state === 'running') return [];
  // a pinned manifest names the UID that is right
  if (entry.pod.uid === old.podUid) return [];
  const words = [newest.words, ...newest.log].findLast((line) => HELD.test(line)) ?? newest.words;
  const isHeld = HELD.test(words) || [newest.words, ...newest.log].some((line) => HELD.test(line));
  return [
    cause({
      ...{ id: 'orphan', component: pod.name, layer: layerOf(pod.name), now: true, sure: isHeld ? 'certain' : 'likely' },
      message: `an old container of ${pod.name} still runs, and the new one cannot start beside it`,
      verdict: 'a container from before holds what the new one needs',
      where: [{ file: entry.path }],
      notes: ['the kubelet stops no old pod before it has heard the API server, and that waits for this one: it stays so', `running since ${old.startedAt}, of the pod UID ${old.podUid}; the manifest is another pod now`],
      evidence: words === '' ? [] : [plainWords(words)],
      fix: { kind: 'stop-container', id: old.id, pod: pod.name },
    }),
  ];
}

function waiting(evidence: Evidence, pod: PodFacts, entry: EntryFacts | undefined): Cause[] {
  const { unit, at } = evidence;
  if (entry?.pod === undefined || entry.skipped !== undefined || entry.pod.uid !== undefined || pod.state === 'up' || pod.state === 'starting') return [];
  if (entry.findings.some(({ severity }) => severity === 'error') || pod.containers.length === 0) return [];
  const changed = Date.parse(entry.changedAt);
  const started = Date.parse(unit?.startedAt ?? '');
  const last = Math.max(...[...pod.sandboxes, ...pod.containers].map(({ createdAt }) => Date.parse(createdAt ?? '') || 0));
  const ended = Math.max(...pod.containers.map(({ finishedAt }) => Date.parse(finishedAt) || 0));
  const now = Date.parse(at);
  // the process was there before the edit, and has made nothing of it
  if (!(started < changed) || last >= changed || now - Math.max(changed, ended) < ACTS_WITHIN_MS || pod.containers.some(({ state }) => state === 'running')) return [];
  const other = differs(entry, pod);
  if (other === false) return [];
  return [
    cause({
      ...{ id: 'waiting-pod', component: pod.name, layer: layerOf(pod.name), now: true, sure: other ? 'certain' : 'likely' },
      message: `the manifest of ${pod.name} is mended, and this kubelet does not act on it`,
      verdict: 'the kubelet waits with its mended manifest',
      where: [{ file: entry.path, label: `written ${entry.changedAt}` }],
      notes: ['the new pod waits behind the one of before, which the kubelet does not delete before it has heard the API server', 'one more start of the kubelet clears it'],
      evidence: [`no container was made since; the last one ended ${new Date(ended).toISOString()}`],
      fix: { kind: 'restart-kubelet' },
    }),
  ];
}

/** The container was made from another text than the manifest's; undefined where the runtime does not tell. */
function differs(entry: EntryFacts, pod: PodFacts): boolean | undefined {
  const told = pod.containers.flatMap(({ name, made }) => {
    const now = entry.containers.find((each) => each.name === name);
    return made === undefined || now === undefined ? [] : [[made.command, now.command] as const];
  });
  // mounts and probes are not compared: the same command says nothing
  if (told.some(([made, now]) => made.join(' ') !== now.join(' '))) return true;
  // two words that were one have one UID: the hash behind it runs them together (go-spew format.go:274)
  return told.some(([made, now]) => made.length !== now.length) ? false : undefined;
}
