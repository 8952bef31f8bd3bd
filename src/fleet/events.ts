/** What the callback `kcfg.node.events` says of a play: one JSON line when a task starts on a host, and one when it has ended there. */

export type FleetEvent =
  | { event: 'start'; host: string; task: string }
  | { event: 'ok' | 'failed' | 'unreachable'; host: string; task: string; result: TaskResult }
  | { event: 'no-hosts' };

/** What modules of the collection return, as far as it is kept. Documents are those of `kcfg … -o json`. */
export interface TaskResult {
  msg?: string;
  code?: string;
  changed?: boolean;
  status?: unknown;
  plan?: unknown;
  outcome?: unknown;
  doctor?: unknown;
  verify?: unknown;
  history?: unknown;
  stig?: unknown;
  exit_status?: number;
}

/** Undefined for a line that is not one of them: a plugin of the user's may print what it likes. */
export function readEvent(line: string): FleetEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const event = JSON.parse(line) as FleetEvent;
    return typeof event.event === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}
