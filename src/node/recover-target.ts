/** What `kcfg recover` asks for: parts of the node to come up again. What it does for that is in the plan's steps. */
export interface RecoverTarget {
  verb: 'recover';
  field: 'recovery';
  /** The parts, as `kcfg doctor` names them. */
  value: string;
  force: readonly string[];
  reason?: string;
  undoes?: never;
  /** What a plan file must never bring; other targets have it. */
  files?: never;
  removes?: never;
}
