/** Ports that something else holds: a component that is to listen there ends with 'address already in use'. An orphan of its own pod is a wedge, told by wedge.ts. */
import type { Cause, Rule } from '../cause.ts';
import { layerOf } from '../components.ts';
import type { Evidence } from '../evidence.ts';
import type { Listener } from '../machine-evidence.ts';
import { kubeletDown } from './kubelet-down.ts';
import { cause, commands } from './said.ts';

const TAKEN = /listen tcp[46]? \S*?:(\d+): bind: address already in use/;

export const ports: Rule = {
  about: 'the ports of the control plane are free for it',
  find(evidence) {
    const found: Cause[] = [];
    for (const pod of evidence.pods) {
      if (pod.state === 'up' || (pod.older?.length ?? 0) > 0) continue;
      const line = pod.containers.flatMap(({ state, log, words }) => (state === 'running' ? [] : [words, ...log])).findLast((each) => TAKEN.test(each));
      if (line !== undefined) found.push(...heldBy(evidence, pod.name, line));
    }
    const said = kubeletDown(evidence) ? evidence.journal.findLast(({ message }) => TAKEN.test(message))?.message : undefined;
    if (said !== undefined) found.push(...heldBy(evidence, 'kubelet', said));
    return found;
  },
};

function heldBy(evidence: Evidence, component: string, words: string): Cause[] {
  const port = Number(TAKEN.exec(words)?.[1]);
  const holder = evidence.host.listening.find((each) => each.port === port && each.pid !== undefined);
  const name = program(holder);
  const own = evidence.pods.some(({ containers }) => containers.some(({ id, state }) => id === holder?.container && state === 'running'));
  return [cause({ id: 'port-taken', component, layer: component === 'kubelet' ? 'kubelet' : layerOf(component), now: true, sure: holder === undefined ? 'likely' : 'certain', message: name === undefined ? `port ${port} is taken, and ${component} cannot listen on it` : `port ${port} is held by ${name}, and ${component} cannot listen on it`, verdict: name === undefined ? `its port ${port} is taken` : `its port ${port} is held by ${name}`, evidence: [words.slice(0, 300)], ...(holder?.pid === undefined ? commands(`ss -ltnp 'sport = :${port}'`) : holder.container !== undefined && !own ? commands(`crictl stop ${holder.container.slice(0, 13)}`) : commands(`ss -ltnp 'sport = :${port}'`, `kill ${holder.pid}`)) })];
}

/** 'haproxy (PID 812)' */
function program(holder: Listener | undefined): string | undefined {
  if (holder?.pid === undefined) return undefined;
  const name = holder.program?.split('/').at(-1);
  return `${name ?? 'a process'} (PID ${holder.pid}${holder.container === undefined ? '' : `, in container ${holder.container.slice(0, 13)}`})`;
}
