/**
 * The steps of a change, as plain JSON. A step says what it does to which file; the contents are never in it
 * (a manifest can hold secrets): it names the source, and the edits that turn it into the result.
 * describe() is the only preview there is; dry run = describe and stop.
 */

/** Replaces `remove` bytes at `offset` by `insert`. Offsets count bytes of the original. Ascending, not overlapping. */
export interface Edit {
  offset: number;
  remove: number;
  insert: string;
}

export interface FileCopy {
  /** Entry name in the new directory. */
  name: string;
  /** Absolute path it is copied from. */
  from: string;
  sha256: string;
  edits: Edit[];
  /** sha256 of the result. */
  result: string;
  mode: number;
  uid: number;
  gid: number;
  mtimeNs: string;
  /** UID that the copy is pinned to, if this step pins it. */
  pin?: string;
  /** The file is there already, with just these bytes: it stays when this is undone. */
  exists?: true;
}

/** A manifest that is written anew in its place. */
export interface FileEdit {
  path: string;
  sha256: string;
  edits: Edit[];
  result: string;
}

export type Step =
  | { kind: 'arm' }
  | {
      kind: 'make-directory';
      path: string;
      /** Absent: the directory is there, empty, and stays when this is undone. */
      create?: { mode: number; uid: number; gid: number };
      /** The path is a link (to this target) that makes way: kcfg's bridge from an earlier change. */
      replaces?: string;
      files: FileCopy[];
    }
  | {
      kind: 'edit-config';
      path: string;
      sha256: string;
      edits: Edit[];
      result: string;
      /** What changes in it, in words: 'maxPods', '3 settings'. */
      field: string;
      line: number;
      /** The file is not there yet; `edits` make it from nothing. */
      create?: { mode: number; uid: number; gid: number };
    }
  /** A state file of the kubelet that does not fit the new setting: kept in the change's folder. Only while it is stopped. */
  | { kind: 'set-aside'; path: string; why: string }
  /** Only while the kubelet is stopped: it acts on each write. */
  | { kind: 'unpin-manifests'; files: FileEdit[] }
  /** The same with a person's own edits. */
  | { kind: 'edit-manifests'; files: FileEdit[]; /** Nothing but pins, to the UIDs of the pods that run. */ pins?: true }
  | { kind: 'restart-kubelet' }
  | { kind: 'stop-kubelet' }
  | {
      kind: 'stop-containers';
      endpoint: string;
      /** Lower ranks first; one rank side by side. `seconds`: SIGKILL after that long. */
      containers: { id: string; name: string; pod: string; seconds: number; rank: number }[];
      /** Pods that are re-created: what was started of them since the plan was made stops, too. */
      also?: { fullName: string; namespace: string; pod: string; seconds: number; rank: number }[];
    }
  | { kind: 'start-kubelet'; /** It was down: systemd's count of its starts begins anew. */ afresh?: true }
  | { kind: 'verify' }
  /** The old directory makes way for a link to the new one; its files are kept in the change's folder. */
  | { kind: 'link-directory'; path: string; target: string; entries: { name: string; sha256: string }[]; /** It was a link, to this. */ was?: string }
  /** The directory that an earlier change made goes; its files are kept in the change's folder. */
  | { kind: 'remove-directory'; path: string; entries: { name: string; sha256: string }[] }
  /** kcfg's drop-in for the kubelet's unit (mount-drop-in.ts). */
  | {
      kind: 'require-mount';
      path: string;
      /** Of what is there; absent: nothing. */
      sha256?: string;
      /** Its directory is not there yet. */
      makes?: true;
      /** Absent: it goes. */
      needs?: { mount: string; paths: string[]; result: string };
    }
  | { kind: 'disarm' };
export type StepKind = Step['kind'];
/** The manifests that a step writes anew in their place. */
export function editedManifests(step: Step): readonly FileEdit[] {
  return step.kind === 'unpin-manifests' || step.kind === 'edit-manifests' ? step.files : [];
}
/** What is left undone while a change is on trial: it would hold up the way back, or take its means away. */
export const AFTER_TRIAL: ReadonlySet<StepKind> = new Set<StepKind>(['require-mount', 'disarm']);
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;
