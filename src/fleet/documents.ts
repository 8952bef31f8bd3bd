/** What a node's kcfg says with `-o json`, as far as a fleet reads it. Nodes may run another version of kcfg: all of it may be missing. */
import type { Where } from '../errors.ts';

export interface Refusal {
  code: string;
  message: string;
  where?: Where[];
  notes?: string[];
  help?: string[];
}
export interface StatusDocument {
  node?: string;
  role?: 'control plane' | 'worker';
  kubelet?: { version?: string; active?: boolean };
  staticPodPath?: { value?: string; running?: string };
  pods?: { name: string; pinned: string | null; state: string }[];
  pending?: string;
  pendingState?: string;
  drift?: { field: string; file: string; running: string }[];
  etcd?: { members: number; connected: number; hasLeader: boolean; id?: string; away?: string[] };
  lastChange?: { id: string; result: string };
  error?: Refusal;
}
export interface PlanDocument {
  plan?: {
    field: string;
    from: string;
    to: string;
    strategy: string;
    changes?: unknown;
    settings?: unknown;
    disturbs?: { class?: string; kubeletRestart?: boolean; kept?: string[]; recreated?: string[]; apiAwaySeconds?: number; pinned?: string[] };
  } | null;
  result?: string;
  error?: Refusal;
}
export interface OutcomeDocument {
  result?: 'done' | 'unchanged' | 'rolled-back' | 'incomplete' | 'undecided' | 'on-trial';
  transaction?: string;
  seconds?: number;
  checks?: { name: string; ok?: boolean; detail: string }[];
  probes?: { sent: number; answered: number };
  error?: Refusal;
}
