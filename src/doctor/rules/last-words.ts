/** A part that is down and that nothing else explains: what it said last. */
import type { Cause, Rule } from '../cause.ts';
import { layerOf, standings } from '../components.ts';
import type { ContainerFacts, Evidence } from '../evidence.ts';
import { cause, commands } from './said.ts';

export const lastWords: Rule = {
  about: 'what is down says why',
  find: (evidence) => standings(evidence).filter(({ ok }) => !ok).flatMap(({ component }): Cause[] => {
    const pod = evidence.pods.find(({ name }) => name === component);
    const container = pod?.containers.find(({ state }) => state === 'exited');
    if (component === 'kubelet') return kubeletWords(evidence);
    const image = container === undefined ? undefined : withoutProgram(component, container);
    if (image !== undefined && pod !== undefined) return [image];
    if (pod === undefined || container === undefined || container.words === '' || isOfBefore(evidence, pod.file, container.finishedAt)) return [];
    const message = `${component} ends with exit status ${container.exitCode}`;
    return [{ id: 'container-ends', severity: 'error', message, where: pod.file === undefined ? [] : [{ file: `${evidence.directory.path}/${pod.file}` }], notes: [`it says: ${container.words}`], help: [], component, layer: layerOf(component), verdict: message, sure: 'likely', now: true, evidence: [container.words] }];
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
function kubeletWords({ journal, unit }: Evidence): Cause[] {
  const fatal = journal.findLast(({ message }) => /"command failed"|^F\d{4} |panic: |unknown flag/.test(message));
  if (fatal === undefined || unit === undefined) return [];
  const words = /err="((?:[^"\\]|\\.)*)"/.exec(fatal.message)?.[1]?.replaceAll('\\"', '"') ?? fatal.message;
  return [{ id: 'kubelet-ends', severity: 'error', message: 'the kubelet ends at its start', where: [], notes: [`the kubelet says: ${words.slice(0, 400)}`], help: ['see its journal:', '  journalctl -xeu kubelet'], component: 'kubelet', layer: 'kubelet', verdict: 'it ends at its start', sure: 'likely', now: true, evidence: [words.slice(0, 400)] }];
}
