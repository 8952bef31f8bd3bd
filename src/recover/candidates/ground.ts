/** What the candidates of every pod stand on: what ran, which images are there, and the manifests as they are rendered now. */
import type { Evidence } from '../../doctor/evidence.ts';
import type { Host } from '../../host/host.ts';
import { findParameters } from '../render/find-parameters.ts';
import { knownOf } from '../render/known.ts';
import { COMPONENTS, isComponent } from '../render/parameters.ts';
import { renderManifests } from '../render/render.ts';
import { type LastRun, lastRuns } from './last-runs.ts';

export interface RenderedText {
  file: string;
  bytes: Buffer;
  by: 'kubeadm' | 'templates';
  /** What of it is guessed. */
  doubts: string[];
}
export interface Ground {
  /** By pod and container. */
  runs: ReadonlyMap<string, LastRun>;
  /** Absent where the runtime does not answer. */
  images?: readonly string[];
  rendered(pod: string): RenderedText | undefined;
}

const grounds = new WeakMap<Evidence, Promise<Ground>>();

/** Read once for each look at the node: several pods may be asked for, and kubeadm takes a second. */
export function groundOf(host: Host, evidence: Evidence): Promise<Ground> {
  const known = grounds.get(evidence) ?? readGround(host, evidence);
  grounds.set(evidence, known);
  return known;
}

async function readGround(host: Host, evidence: Evidence): Promise<Ground> {
  const runs = await lastRuns(host, evidence, [...new Set([...COMPONENTS, ...evidence.pods.map(({ name }) => name)])]);
  const images = host.live && evidence.runtime?.answers === true ? await host.cri(evidence.runtime.endpoint).images().catch(() => undefined) : undefined;
  const parameters = await findParameters(host, evidence, knownOf(evidence, runs), images ?? []);
  const rendered = parameters === undefined ? undefined : await renderManifests(host, parameters);
  return {
    runs,
    ...(images === undefined ? {} : { images }),
    rendered(pod) {
      const bytes = rendered?.manifests.get(`${pod}.yaml`);
      if (rendered === undefined || parameters === undefined || bytes === undefined || !isComponent(pod)) return undefined;
      return { file: `${pod}.yaml`, bytes, by: rendered.by, doubts: parameters.guesses.filter(({ of }) => of.includes(pod)).map(({ text }) => text) };
    },
  };
}
