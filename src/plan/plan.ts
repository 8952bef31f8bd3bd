/** A plan: what was asked, what it stands on, what will be done, and what that disturbs. Versioned plain JSON. */
import type { DisturbanceClass } from '../kubelet/disturbance/disturbance.ts';
import type { FieldPath } from '../kubelet/field-path.ts';
import type { Reach } from '../kubelet/reach.ts';
import type { Program } from '../node/basis.ts';
import type { ManifestTarget } from '../node/manifest-target.ts';
import type { RecoverTarget } from '../node/recover-target.ts';
import type { SettingsTarget, Target } from '../node/target.ts';
import type { Finding } from '../kubelet/rules/finding.ts';
import type { ChangeRecord } from '../report/event.ts';
import type { Step } from './step.ts';

export type Strategy =
  /** Copies carry the UID of the running pod: the kubelet keeps it. Leaves a pin. */
  | 'adopt'
  /** The path and bytes with which the running pods' UIDs were born: the kubelet keeps them, and no pin is left. */
  | 'home'
  /** Old containers are stopped in order while the kubelet is down; new ones start from unpinned copies. */
  | 'recreate'
  /** No static pods are concerned. */
  | 'none';

export interface Plan {
  format: 1;
  /** Number of the change: it stands in the pins' comments. A plan whose number is taken is stale. */
  id: string;
  /** Version of kcfg that made it. */
  kcfg: string;
  madeAt: string;
  node: string;
  /** What was asked for, so that `kcfg apply` can make the plan again and compare. Absent for `unpin`. */
  target?: Target | SettingsTarget | ManifestTarget | RecoverTarget;
  /** 'set', 'rollback 3', 'unpin': what `history` shows it as. */
  verb: string;
  field: string;
  from: string;
  to: string;
  strategy: Strategy;
  /** What becomes of each setting. Absent for a move. */
  settings?: SettingChange[];
  /** What is odd in the configuration afterwards and was not before, and does not keep the kubelet from starting. */
  warnings?: Finding[];
  reason?: string;
  /** `--no-bridge`, or why no link can be left in place of the old directory. */
  noBridge?: string;
  /** Where the UIDs of the running pods come from: what makes the way home possible later. */
  births: Birth[];
  steps: Step[];
  changes: ChangeRecord[];
  disturbs: Disturbance;
  /** What must still hold right before the kubelet restarts; where it does not, the plan is refused as stale. */
  ground: Ground;
  /** What must hold afterwards. */
  expect: Expectation;
}

export interface SettingChange {
  field: string;
  path: FieldPath;
  /** In force on disk before and after; absent where there is none. */
  from?: unknown;
  to?: unknown;
  /** Where it is written afterwards; absent: by default. */
  file?: string;
  /** No layer had it before. */
  byDefault?: true;
}

export interface Ground {
  kubeletVersion?: string;
  /** That pods are kept was proven for this kubelet and this runtime. Plans of earlier versions of kcfg have neither. */
  program?: Program;
  runtime?: { name: string; version: string; endpoint: string };
  unit: string;
  /** The unit and its drop-ins that systemd has loaded. */
  unitFiles?: string[];
  /** Every file the plan read, with its hash, or null where nothing was. Directories: the names in them. */
  files: Record<string, string | null>;
  directories: Record<string, string[] | null>;
  /** Of the directories that are not on the root filesystem: the mount that has them. */
  mounts?: Record<string, string>;
  /** Where the kubelet answers before the change, where it is another place afterwards. */
  reach?: Reach;
}

export interface Expectation {
  staticPodPath: string;
  pods: ExpectedPod[];
  /** What the running kubelet shall have, by /configz. */
  settings?: ExpectedSetting[];
  /** Pods that are to stop, because their directory is no longer read. */
  gone?: ExpectedPod[];
  /** Where the kubelet answers, where that is another place than before. */
  reach?: Reach;
  /** Where this node's API server answers, where that is another place than before. */
  apiUrl?: string;
  /** Other members of etcd that were connected before; each is waited for. */
  etcdConnected?: number;
  /** What ran before a repair need not be what the manifests say: pods that the kubelet then stops are no failure. */
  orphans?: 'any';
  /** After going back: each pod runs under its UID. One that was stopped meanwhile is told, and not held against it. */
  renewed?: true;
}

export interface ExpectedSetting {
  field: string;
  path: FieldPath;
  /** Absent: nothing at that place. */
  value?: unknown;
}
export interface ExpectedPod {
  fullName: string;
  name: string;
  namespace: string;
  /** The UID that the kubelet gives it afterwards; absent when it is re-created. */
  uid?: string;
  sandboxId?: string;
  /** It did not run before the change: of a going back nobody expects it. */
  wasDown?: true;
  /** Its own manifest is as it was: it comes up once what it needs is there, and may end before that. */
  waits?: true;
  /** Of a pod that is kept: must be the same ones afterwards. Of one that is re-created: must be gone. */
  containers: { name: string; id: string; startedAt: string }[];
}

export interface Disturbance {
  kubeletRestart: boolean;
  /** Pods kept and pods re-created. */
  kept: string[];
  recreated: string[];
  /** Seconds without the node's own API server, from measurement; 0 for none; absent when there is none here. */
  apiAwaySeconds?: number;
  /** Other members of etcd, where there are: their control planes serve meanwhile. */
  otherMembers?: number;
  /** The API server serves on for a while after /readyz fails: a balancer has time to see it. */
  drains?: true;
  /** Where the pods would keep running, without a pin and without an outage: `kcfg set staticPodPath` to it. */
  home?: string;
  /** Manifests that carry a pin afterwards. */
  pinned: string[];
  /** Of settings: the worst that one of them does, and why, a sentence each. */
  class?: DisturbanceClass;
  because?: string[];
}

/**
 * The kubelet derives a static pod's UID from its content, the node's name and the text of its path (kubelet
 * common.go:66-78): the same file at the same path on the same kubelet gets the same UID again.
 */
export interface Birth {
  uid: string;
  path: string;
  sha256: string;
  node: string;
  kubeletVersion: string;
}
