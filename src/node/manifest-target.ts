/** What `kcfg edit POD`, and going back from it, ask for: a manifest with another text. The text itself is in the plan's edits. */
export interface ManifestTarget {
  verb: string;
  field: 'manifest';
  /** Path of the manifest. */
  value: string;
  /** Names of refusals that the user overrides. */
  force: readonly string[];
  reason?: string;
  undoes?: { id: string };
  /** What a plan file must never bring; other targets have it. */
  files?: never;
  removes?: never;
}
