/** Two pods in the network of the node that run one program on one port: a copy under another pod's name. The second one ends with 'address already in use'. */
import type { Cause, Rule } from '../cause.ts';
import { CONTROL_PLANE, layerOf } from '../components.ts';
import type { EntryFacts, Evidence } from '../evidence.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import { cause } from './said.ts';

/** Their own where no flag says another (kubernetes cmd/*, ports.go; etcd embed/config.go). */
const PORTS: Record<string, readonly [string, string]> = { 'kube-apiserver': ['secure-port', '6443'], 'kube-controller-manager': ['secure-port', '10257'], 'kube-scheduler': ['secure-port', '10259'], etcd: ['listen-client-urls', 'http://localhost:2379'] };

export const samePort: Rule = {
  about: 'no two static pods listen on one port',
  find(evidence) {
    const listening = evidence.directory.entries.filter(({ skipped, pod }) => skipped === undefined && pod?.hostNetwork === true).flatMap((entry) => portOf(entry).map((port) => ({ entry, port })));
    return listening.flatMap(({ entry, port }, index) => {
      const first = listening.slice(0, index).find((each) => each.port === port && each.entry.pod?.name !== entry.pod?.name);
      return first === undefined ? [] : [causeOf(evidence, first.entry, entry, port)];
    });
  },
};

function portOf({ containers }: EntryFacts): string[] {
  return containers.flatMap(({ command }) => {
    const [flag, own] = PORTS[command[0]?.split('/').at(-1) ?? ''] ?? [];
    if (flag === undefined || own === undefined) return [];
    const value = parseFlags(command.slice(1)).get(flag) ?? own;
    return [/(\d+)\/?$/.exec(value.split(',').at(-1) ?? '')?.[1] ?? own];
  });
}

function causeOf({ pods, node }: Evidence, first: EntryFacts, second: EntryFacts, port: string): Cause {
  const usual = (entry: EntryFacts): boolean => (CONTROL_PLANE as readonly string[]).includes(entry.pod?.name ?? '');
  const stray = usual(first) && !usual(second) ? second : usual(second) && !usual(first) ? first : second;
  const right = stray === first ? second : first;
  const down = pods.find(({ name }) => name === right.pod?.name)?.state !== 'up';
  const name = down ? (right.pod?.name ?? '') : (stray.pod?.name ?? '');
  return cause({
    ...{ id: 'same-port', component: name, layer: layerOf(right.pod?.name ?? name), now: node.live && (down || pods.find((each) => each.name === name)?.state !== 'up') },
    ...{ message: `${first.name} and ${second.name} both listen on port ${port}`, verdict: `${stray.name} listens on port ${port} too` },
    where: [{ file: stray.path, label: `pod ${stray.pod?.name ?? ''}` }, { file: right.path, label: `pod ${right.pod?.name ?? ''}` }],
    notes: ['both are in the network of the node: whichever starts second ends'],
    ...(stray.sha256 === undefined ? {} : { fix: { kind: 'set-aside', file: stray.path, sha256: stray.sha256, why: `it listens on port ${port} of ${right.pod?.name ?? ''}` } }),
  });
}
