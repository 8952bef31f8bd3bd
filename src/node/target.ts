/** The wanted state, as asked for on the command line, in the wizard or by `rollback`. */

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
}
