/** The two ways to put a finding together from the fields it is about. */
import type { FieldPath } from '../field-path.ts';
import { writeFieldPath } from '../field-path.ts';
import { type Case, placed, somewhere } from './case.ts';
import type { Finding } from './finding.ts';

export interface Says {
  id: string;
  message: string;
  /** The field that is to be changed first, then those it refers to. A default has no place, and is left out. */
  at: readonly (string | FieldPath)[];
  labels?: readonly (string | undefined)[];
  /** What is wrong of the first is its key. */
  key?: boolean;
  notes?: string[];
  help?: string[];
  kubelet?: string;
  when?: 'load' | 'start';
}

/** This kubelet would not run with it. */
export function refuse(c: Case, says: Says): Finding {
  return finding(c, 'error', { when: 'load', ...says });
}

export function warn(c: Case, says: Says): Finding {
  return finding(c, 'warning', says);
}

function finding(c: Case, severity: Finding['severity'], { id, message, at, labels, key, notes, help, kubelet, when }: Says): Finding {
  const paths = at.map((path) => (typeof path === 'string' ? path.split('.') : path));
  const places = paths.map((path, i) => placed(c, path, labels?.[i], key && i === 0 ? 'key' : 'value')).filter((where) => where !== undefined);
  return {
    ...{ id, severity, message, where: places.length > 0 ? places : somewhere(c) },
    ...{ notes: notes ?? [], help: help ?? [] },
    ...(paths[0] && { field: writeFieldPath(paths[0]) }),
    ...(kubelet !== undefined && { kubelet }),
    ...(when && { when }),
  };
}
