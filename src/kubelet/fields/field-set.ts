/**
 * What a kubelet of one minor version knows of its configuration: every field with type, default and gate, and the
 * flags that set fields. Plain data in data/, made by generate/ from the published Go modules; load.ts loads the
 * one version that is at hand.
 */

export type Kind =
  | 'bool'
  /** int32, int64, uint32: `min` and `max` are the Go type's. */
  | 'integer'
  | 'number'
  | 'string'
  /** metav1.Duration: text as Go's time.ParseDuration takes it. */
  | 'duration'
  /** resource.Quantity: text or number. */
  | 'quantity'
  /** logging.flushFrequency: nanoseconds as a whole number, or a duration. */
  | 'time-or-duration'
  /** A structure with fields of its own. */
  | 'object'
  | 'list'
  /** Keys are free text; of `element` type each. */
  | 'map';

export interface FieldType {
  kind: Kind;
  /** As Go writes it: 'int32', '*bool', 'map[string]string', '[]v1.Taint'. */
  go: string;
  /** Of integers. */
  min?: number;
  max?: number;
  /** Of a list or a map. */
  element?: FieldType;
  /** Of an object: the name of its structure, for FieldSet.structure. */
  structure?: string;
  /** The only texts that this kubelet takes, where its source names them. */
  values?: readonly string[];
  /** Texts that mean something, where this kubelet refuses no others: cgroupDriver. */
  named?: readonly string[];
}

export interface Field {
  /** Canonical: 'maxPods', 'authentication.webhook.cacheTTL', 'registerWithTaints[].key'. */
  path: string;
  name: string;
  type: FieldType;
  /** What the kubelet fills in when the field is absent, as v1beta1 JSON. Absent: nothing. */
  default?: unknown;
  /** The gate that must be on for the field to count. Absent where none is, or the gate cannot be off. */
  gate?: string;
  /** First minor that has it, e.g. '1.31'. '1.28' stands for that or older. */
  since: string;
  /** The flag that sets it, without dashes, where there is one. */
  flag?: string;
}

export interface Gate {
  name: string;
  stage: 'alpha' | 'beta' | 'stable' | 'deprecated';
  default: boolean;
  /** It can only be set to its default. */
  locked: boolean;
  /** Gates without which it cannot be on: the kubelet does not start with it on and one of these off. */
  needs?: readonly string[];
}

export interface FieldSet {
  /** '1.37' */
  minor: string;
  /** The release it was read from: '1.37.2'. */
  version: string;
  /** False where the version asked for is not known, and this is the nearest that is. */
  exact: boolean;
  /** The fields at the top, in alphabetical order; without apiVersion and kind. */
  top: readonly Field[];
  /** Field by the path of a value: names, and numbers for items of lists. Of a map, any key gives the element ('evictionHard.*'). */
  field(path: readonly (string | number)[]): Field | undefined;
  /** The fields of a structure, by its name. `prefix` is the canonical path of the object they stand in. */
  structure(name: string, prefix: string): readonly Field[];
  /** Every field with a value of its own (no objects, but their fields; lists and maps whole), by canonical path. */
  leaves(): readonly Field[];
  gate(name: string): Gate | undefined;
  gates(): readonly Gate[];
  /** The field that a flag sets, by the flag's name without dashes. */
  byFlag(flag: string): Field | undefined;
}
