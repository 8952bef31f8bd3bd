/**
 * What the rules are about: one manifest as it is written, what the node has of what it names, and the flags that its programs
 * say they know. What is of a wrong type is told by the schema alone; to all other rules it is not there.
 */
import type { Where } from '../../errors.ts';
import type { FieldPath } from '../../kubelet/field-path.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { placeOf } from '../../kubelet/rules/place.ts';
import type { Yaml } from '../../kubelet/yaml.ts';
import type { Edit } from '../../plan/step.ts';
import type { Program } from '../programs/program.ts';

export interface Case {
  yaml: Yaml;
  facts: Facts;
}
/** What is absent is not known, and not judged. */
export interface Facts {
  /** The pod that this manifest is of. */
  pod?: { name: string; namespace: string };
  kubeletVersion?: string;
  /** Path on the node → what is there, links followed; null for nothing. */
  files?: ReadonlyMap<string, FileKind | null>;
  /** Names in directories of the node. */
  names?: ReadonlyMap<string, readonly string[]>;
  /** Container → what its program says of flags, or why it could not be asked. */
  flags?: ReadonlyMap<string, KnownFlags | string>;
  /** Container → what is known of its program's version, by its image's tag. */
  programs?: ReadonlyMap<string, Program>;
  /** IP addresses of the node, with those of lo. */
  addresses?: readonly string[];
}
export type FileKind = 'file' | 'directory' | 'socket or device';
/** Name → type as the program has it: 'bool', 'strings', 'duration'; '' where it did not say. */
export type KnownFlags = ReadonlyMap<string, FlagType>;
export interface FlagType {
  type: string;
  /** It may stand without a value. */
  bare: boolean;
}

/** The value at the path; undefined where it, or something above it, is absent, null or of another shape. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  let here = value;
  for (const part of path) {
    if (typeof part === 'number') here = Array.isArray(here) ? here[part] : undefined;
    else here = isMap(here) && Object.hasOwn(here, part) ? here[part] : undefined;
  }
  return here ?? undefined;
}
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textAt({ yaml }: Case, path: FieldPath): string | undefined {
  const value = valueAt(yaml.value, path);
  return typeof value === 'string' ? value : undefined;
}
/** Paths of the items of a list. */
export function itemsAt({ yaml }: Case, path: FieldPath): FieldPath[] {
  const list = valueAt(yaml.value, path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

export interface Container {
  path: FieldPath;
  name: string;
  image: string;
  /** Command and arguments in a row, each with its place. */
  argv: { text: string; path: FieldPath }[];
}

export function containersOf(subject: Case): Container[] {
  return ['initContainers', 'containers'].flatMap((list) => itemsAt(subject, ['spec', list])).map((path) => ({
    path,
    name: textAt(subject, [...path, 'name']) ?? '',
    image: textAt(subject, [...path, 'image']) ?? '',
    argv: ['command', 'args'].flatMap((part) => itemsAt(subject, [...path, part])).flatMap((place) => {
      const text = textAt(subject, place);
      return text === undefined ? [] : [{ text, path: place }];
    }),
  }));
}

/** The program that a container runs, by its command's last part; '' where the image says. */
export function programOf({ argv }: Container): string {
  const [first] = argv;
  return first === undefined || first.text.startsWith('-') ? '' : first.text.slice(first.text.lastIndexOf('/') + 1);
}

export interface Said {
  id: string;
  message: string;
  path: FieldPath;
  severity?: Finding['severity'];
  /** Behind the carets. */
  label?: string;
  /** A part of the value's text: the carets stand under it alone. */
  part?: string;
  /** The key, not the value. */
  what?: 'key' | 'value';
  also?: Finding['where'];
  notes?: string[];
  help?: string[];
  /** Undefined and empty: it has no one clear mend. */
  edits?: Edit[] | undefined;
  runs?: boolean;
  /** To its program the text is as these make it. */
  readAs?: Edit[] | undefined;
}
/** `readAs` stays within the rules. */
export type Told = Finding & { readAs?: Edit[] };

export function finding({ yaml }: Case, { id, message, path, severity = 'error', label, part, what, also = [], notes = [], help = [], edits = [], runs = false, readAs = [] }: Said): Told {
  return { id, severity, message, where: [narrowed(placeOf(yaml, path, label, what), part), ...also], notes, help, field: fieldName(path), ...(edits.length > 0 && { edits }), ...(runs && { runs }), ...(readAs.length > 0 && { readAs }) };
}

function narrowed(where: Where, part: string | undefined): Where {
  const at = part === undefined || where.column === undefined ? -1 : (where.text ?? '').indexOf(part, where.column - 1);
  return at < 0 || part === undefined ? where : { ...where, column: at + 1, length: part.length };
}

/** 'spec.containers[0].image' */
export function fieldName(path: FieldPath): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('').replace(/^\./, '');
}
