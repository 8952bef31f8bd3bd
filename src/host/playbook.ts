/** What is asked of Ansible, and how it ended. */

export interface PlaybookRequest {
  /** JSON is YAML: a list of plays. */
  plays: unknown;
  inventories: readonly string[];
  /** Options for ansible-playbook itself. */
  options: readonly string[];
  /** The user's files that are to lie beside the play, each under its own name. */
  beside?: readonly string[];
  env?: Record<string, string>;
  /** Aborted: Ansible starts nothing more and ends. */
  signal?: AbortSignal;
  onLine: (line: string) => void;
}
export interface PlaybookEnd {
  /** Undefined when it was killed or is not there. */
  code: number | undefined;
  /** The end of what it said on standard error. */
  words: string;
  /** There is no ansible-playbook. */
  missing: boolean;
}
