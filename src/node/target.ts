/** The wanted state, as asked for on the command line, in the wizard or by `rollback`. */
import type { FieldPath } from '../kubelet/field-path.ts';
import type { Edit } from '../plan/step.ts';

/** A move of the static pods, with their directory. */
export interface Target {
  verb: string;
  field: 'staticPodPath';
  value: string;
  /** Absent: adopt, and home where it applies. */
  strategy?: 'adopt' | 'recreate';
  /** Leave a link in place of the old directory. */
  bridge: boolean;
  /** Edit this layer even where it is not the config file. */
  layer?: 'drop-in';
  /** Names of refusals that the user overrides. */
  force: readonly string[];
  reason?: string;
  /** Undo an earlier change: its number, and the directory it made, which goes again. */
  undoes?: { id: string; removes: string };
  /** Of a change that is undone, where its files are still as it left them: back to the byte. */
  files?: SettingsTarget['files'];
  /** The directory of drop-ins that it made, and that goes with its last file. */
  removes?: string;
}

/** Values of settings, all in one change and one restart. */
export interface SettingsTarget {
  verb: string;
  field: 'settings';
  wishes: readonly Wish[];
  /** A file as a person edited it, or as it was before an earlier change: what becomes of it. `gone`: it is taken away; `field`: what goes back in it, in words. */
  files?: readonly { path: string; edits: readonly Edit[]; gone?: true; field?: string }[];
  /** A directory that an earlier change made, and that goes with its last file. */
  removes?: string;
  /** Write into a drop-in, also where the file would do. */
  layer?: 'drop-in';
  force: readonly string[];
  /** Static pods that may go with the directory, by name. */
  removePods?: readonly string[];
  reason?: string;
  undoes?: { id: string };
}

/** What one setting shall be. */
export interface Wish {
  /** As it is typed: 'evictionHard.memory.available'. */
  field: string;
  path: FieldPath;
  /** Absent: taken out of every layer, so that the default counts. */
  value?: unknown;
}
