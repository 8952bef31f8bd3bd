/** What a node is now, from its answer: one row of `fleet status`, `doctor` and `verify`. */
import { ansibleWords } from './ansible-words.ts';
import type { StatusDocument } from './documents.ts';
import { type Answer, NO_KCFG } from './fleet-plan.ts';

export interface NodeStanding {
  name: string;
  /** Nothing that a person has to look at. */
  ok: boolean;
  role?: 'control plane' | 'worker';
  kubelet?: string;
  staticPodPath?: string;
  /** Pods that carry a pin of kcfg. */
  pinned: number;
  pods: number;
  /** Number of a change that is not decided. */
  pending?: string;
  /** What is wrong, or what was looked for and holds. */
  words: string;
}
interface DoctorDocument {
  healthy?: boolean;
  verdict?: string;
  error?: { message: string };
}
interface VerifyDocument {
  ok?: boolean;
  checks?: { name: string; ok?: boolean; detail: string }[];
  error?: { message: string };
}
export type FleetLook = 'status' | 'doctor' | 'verify';

/** `what`: whose words stand in the row. */
export function nodeStanding(name: string, { state, result }: Answer, what: FleetLook): NodeStanding {
  const status = (result.status ?? {}) as StatusDocument;
  const pods = status.pods ?? [];
  const known = {
    name,
    ...(status.role === undefined ? {} : { role: status.role }),
    ...(status.kubelet?.version === undefined ? {} : { kubelet: status.kubelet.version }),
    ...(status.staticPodPath?.value === undefined ? {} : { staticPodPath: status.staticPodPath.value }),
    ...(status.pending === undefined ? {} : { pending: status.pending }),
    pinned: pods.filter(({ pinned }) => pinned === 'kcfg').length,
    pods: pods.length,
  };
  if (result.code === NO_KCFG) return { ...known, ok: false, words: 'kcfg is not there' };
  if (state !== 'ok') return { ...known, ok: false, words: `${state === 'unreachable' ? 'does not answer: ' : ''}${ansibleWords(result.msg ?? 'no answer')}` };
  if (what === 'doctor') {
    const { healthy = false, verdict, error } = (result.doctor ?? {}) as DoctorDocument;
    return { ...known, ok: healthy, words: verdict ?? error?.message ?? 'no answer' };
  }
  if (what === 'verify') {
    const { ok = false, checks = [], error } = (result.verify ?? {}) as VerifyDocument;
    const bad = checks.find((check) => check.ok === false);
    return { ...known, ok, words: bad === undefined ? (error?.message ?? `${checks.filter((check) => check.ok === true).length} of ${checks.length} checks hold`) : `${bad.name}: ${bad.detail}` };
  }
  const wrong = statusTrouble(status);
  return { ...known, ok: wrong.length === 0, words: wrong.length === 0 ? 'healthy' : wrong.join('; ') };
}

function statusTrouble({ error, kubelet, pods = [], pending, pendingState, drift = [] }: StatusDocument): string[] {
  if (error !== undefined) return [error.message];
  const down = pods.filter(({ state }) => state !== 'running').map(({ name }) => name);
  return [
    ...(kubelet?.active === false ? ['the kubelet is stopped'] : []),
    ...(down.length === 0 ? [] : [`not up: ${down.join(', ')}`]),
    ...(pending === undefined ? [] : [`change ${pending} ${pendingState === 'on-trial' ? 'is on trial' : 'is not decided'}`]),
    ...drift.map(({ field, file, running }) => `${field} is ${file} in files, ${running} in the kubelet`),
  ];
}
