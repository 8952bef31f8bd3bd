/**
 * A kubelet's whole configuration, layer upon layer: flags win over drop-ins, later drop-ins over earlier, these over
 * the file, and all over the defaults (kubelet cmd/kubelet/app/server.go:182-267).
 */
import type { Where } from '../errors.ts';
import type { ConfigDocument } from './document.ts';
import type { FieldPath } from './field-path.ts';
import type { Field, FieldSet } from './fields/field-set.ts';

export type LayerKind = 'flag' | 'drop-in' | 'file' | 'default';

/** What one layer says of one value. */
export interface Layer {
  layer: LayerKind;
  /** File that sets it: the config file, the drop-in, or the unit or environment file of a flag. */
  file?: string;
  line?: number;
  /** Of a flag: its name without dashes. */
  flag?: string;
  value: unknown;
  /** The key is there; an empty string counts, an absent key does not. */
  set: boolean;
}

/** One flag that sets a field of the configuration. */
export interface FlagSetting {
  name: string;
  /** As written. */
  text: string;
  field: Field;
  /** As v1beta1 JSON; undefined where the text does not parse. */
  value: unknown;
  file?: string;
  line?: number;
}

export interface Layered {
  fields: FieldSet;
  /** What the kubelet ends up with: v1beta1 JSON, with this version's defaults filled in. */
  value: Record<string, unknown>;
  config: ConfigDocument | undefined;
  dropIns: readonly ConfigDocument[];
  flags: readonly FlagSetting[];
  /** All layers that say something of that value, the winner first; the default, where there is one, last. */
  layersOf(path: FieldPath): Layer[];
  /** The place of what wins, with its line as written; undefined for a default. */
  whereOf(path: FieldPath): Where | undefined;
}
