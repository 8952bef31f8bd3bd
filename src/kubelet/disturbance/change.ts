/** What kcfg says of a change beforehand, and the change as the rules see it. */

export type DisturbanceClass =
  /** Nothing: equal values, or a field that this kubelet ignores. */
  | 'none'
  /** The kubelet restarts, about 1 s; no container does. */
  | 'restart'
  /** Running containers are restarted, or pods can be rejected when the restarted kubelet admits them anew. */
  | 'containers'
  /** The node is drained first. */
  | 'drain';

export interface Disturbance {
  class: DisturbanceClass;
  /** Half a sentence that stands behind a colon: small letter, no full stop. */
  why?: string;
  /** Below the kubelet's root directory: with the old ones in place the kubelet does not start, so they are set aside. */
  stateFiles?: readonly string[];
  /** Only a reboot takes the change back in full. */
  reboot?: true;
}

/** One change, as the rules see it. Values are v1beta1 JSON with the defaults filled in; undefined where there is none. */
export interface Change {
  from: unknown;
  to: unknown;
  /** '1.37' */
  minor: string;
  /** The whole configuration, before or after the change, where it is known: what the change must agree with. */
  config?: Readonly<Record<string, unknown>> | undefined;
}
export type Rule = Disturbance | ((change: Change) => Disturbance);

/** The fields of an object; none of anything else. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
