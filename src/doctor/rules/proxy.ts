/**
 * A proxy in the environment of a component, which its own calls go through as well: kubeadm copies these variables from the
 * shell at init. A controller manager behind one waits for its lease for ever, and its /healthz says ok, because one that does
 * not lead is healthy (client-go leaderelection/healthzadaptor.go): its log alone says it.
 */
import type { Cause, Rule } from '../cause.ts';
import { CONTROL_PLANE, layerOf } from '../components.ts';
import type { EntryFacts, Evidence } from '../evidence.ts';
import { plainWords } from '../words.ts';
import { cause, warning } from './said.ts';

/** net/http Transport.dialConn wraps what a proxy does not do in 'proxyconnect'. */
const REFUSED = /proxyconnect tcp|Proxy Authentication Required/;
const RANGES = /^--(?:service-cluster-ip-range|cluster-cidr)=(\S+)$/;

export const proxy: Rule = {
  about: 'the control plane asks its own parts without a proxy',
  find: (evidence) => evidence.directory.entries.filter(({ skipped, pod }) => skipped === undefined && (CONTROL_PLANE as readonly string[]).includes(pod?.name ?? '')).flatMap((entry) => through(evidence, entry)),
};

function through(evidence: Evidence, entry: EntryFacts): Cause[] {
  const { proxies, pod } = entry;
  if (proxies === undefined || pod === undefined || (proxies.noProxy ?? '') !== '') return [];
  const facts = evidence.pods.find(({ name }) => name === pod.name);
  const words = facts?.containers.flatMap(({ log }) => log).findLast((line) => REFUSED.test(line));
  const says = { component: pod.name, layer: layerOf(pod.name), id: 'proxy', message: `${pod.name} has ${proxies.names.join(' and ')}, and no NO_PROXY`, where: [proxies.where ?? { file: entry.path }], notes: ['calls to the API server, to services and to webhooks go through the proxy', 'kubeadm copies these variables from the shell at init'], ...mend(evidence, entry) };
  if (words !== undefined) return [cause({ ...says, now: true, verdict: 'it asks the API server through a proxy, which does not answer', evidence: [plainWords(words)] })];
  // down by itself it says little: many a cause is told before
  return evidence.node.live && facts?.state !== 'up' ? [cause({ ...says, now: true, sure: 'likely', verdict: 'it asks through a proxy, and has no NO_PROXY' })] : [warning(says)];
}

/** What is asked from here: this node, its API server by each of its names, pods and services. Go's clients take ranges in NO_PROXY (golang.org/x/net/http/httpproxy). */
function mend({ directory, host, kubeconfigs }: Evidence, { path, proxies, sha256 }: EntryFacts): Pick<Cause, 'fix' | 'help'> {
  const ranges = directory.entries.flatMap(({ containers }) => containers.flatMap(({ command }) => command.flatMap((word) => RANGES.exec(word)?.[1]?.split(',') ?? [])));
  const servers = kubeconfigs.flatMap(({ server }) => (server === undefined || !URL.canParse(server) ? [] : [new URL(server).hostname.replace(/^\[|\]$/g, '')]));
  const own = host.addresses.filter((address) => !address.startsWith('fe80:'));
  const list = [...new Set(['127.0.0.1', 'localhost', ...own, ...servers, ...ranges, '.svc', '.cluster.local'])].join(',');
  if (proxies?.behind === undefined || sha256 === undefined) return { help: ['name what is not to be asked through the proxy in NO_PROXY:', `  ${list}`] };
  const { offset, indent, eol } = proxies.behind;
  return { fix: { kind: 'edit', file: path, sha256, edits: [{ offset, remove: 0, insert: `${indent}- name: NO_PROXY${eol}${indent}  value: ${list}${eol}` }] }, help: [] };
}
