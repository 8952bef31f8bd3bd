/** A part that is down and that nothing else explains: what it said last. */
import type { Cause, Rule } from '../cause.ts';
import { layerOf, LOST_LEASE, standings } from '../components.ts';
import type { ContainerFacts, Evidence } from '../evidence.ts';
import { kubeletSaid } from './kubelet-down.ts';
import { cause, commands } from './said.ts';

export const lastWords: Rule = {
  about: 'what is down says why',
  find: (evidence) => standings(evidence).filter(({ ok, words }) => !ok && words !== LOST_LEASE).flatMap(({ component }): Cause[] => {
    const pod = evidence.pods.find(({ name }) => name === component);
    const container = pod?.containers.find(({ state }) => state === 'exited');
    if (component === 'kubelet') return kubeletWords(evidence);
    const image = container === undefined ? undefined : withoutProgram(component, container);
    if (image !== undefined && pod !== undefined) return [image];
    if (pod === undefined || container === undefined || container.words === '' || isOfBefore(evidence, pod.file, container.finishedAt)) return [];
    const message = `${component} ends with exit status ${container.exitCode}`;
    return [{ id: 'container-ends', severity: 'error', message, where: pod.file === undefined ? [] : [{ file: `${evidence.directory.path}/${pod.file}` }], notes: [`it says: ${container.words}`], help: [], component, layer: layerOf(component), verdict: `it ends with exit status ${container.exitCode}`, sure: 'likely', now: true, evidence: [container.words] }];
  }),
};

/** The runtime found no such program in it: the manifest's command is right, and another image has that tag. */
function withoutProgram(component: string, { image, message, made }: ContainerFacts): Cause | undefined {
  const program = /exec: "([^"]+)": executable file not found/.exec(message)?.[1];
  if (program === undefined || program !== component || (made !== undefined && made.command[0] !== program)) return undefined;
  const tag = made?.image ?? image;
  return cause({ id: 'image', component, layer: layerOf(component), now: true, sure: 'likely', message: `the image ${tag} has no program ${program}`, verdict: `its image has no program ${program}`, notes: ['another image has its tag in the store of the runtime'], evidence: [message.slice(0, 300)], ...commands(`crictl rmi ${tag}`, `crictl pull ${tag}`) });
}

/** The manifest was written after it ended: what it said is of another text. */
function isOfBefore({ directory }: Evidence, file: string | undefined, endedAt: string): boolean {
  const entry = directory.entries.find(({ name }) => name === file);
  return entry !== undefined && endedAt !== '' && entry.changedAt > endedAt;
}

/** Its last fatal line; E-level ones stand in every healthy start. */
function kubeletWords(evidence: Evidence): Cause[] {
  const words = kubeletSaid(evidence, /"command failed"|^F\d{4} |panic: |unknown flag/);
  if (words === undefined || evidence.unit === undefined) return [];
  return [cause({ id: 'kubelet-ends', component: 'kubelet', layer: 'kubelet', now: true, sure: 'likely', message: 'the kubelet ends at its start', verdict: 'it ends at its start', notes: [`the kubelet says: ${words}`], help: ['see its journal:', '  journalctl -xeu kubelet'], evidence: [words] })];
}
