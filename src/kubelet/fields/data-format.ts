/** What stands in data/1.NN.json, as generate/encode.go writes it. */
import type { Gate, Kind } from './field-set.ts';

export interface TypeData {
  kind: Kind;
  /** Left out where it is the kind's own name. */
  go?: string;
  /** Of integers: the Go type below a named one. */
  integer?: string;
  structure?: string;
  element?: TypeData;
  values?: readonly string[];
  named?: readonly string[];
}

export interface FieldData extends TypeData {
  default?: unknown;
  gate?: string;
  flag?: string;
  /** Left out for the oldest minor. */
  since?: string;
}

export interface GateData {
  stage: Gate['stage'];
  default: boolean;
  locked?: true;
  needs?: readonly string[];
}

export interface FieldSetData {
  minor: string;
  version: string;
  /** By name, and in it by the field's name, in alphabetical order. */
  structures: Readonly<Record<string, Readonly<Record<string, FieldData>>>>;
  gates: Readonly<Record<string, GateData>>;
}
