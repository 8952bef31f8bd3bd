/** What one static pod manifest says, as the kubelet reads it. */

export interface Manifest {
  format: 'yaml' | 'json';
  kind: string;
  name: string;
  /** 'default' when the manifest has none (kubelet common.go:85). */
  namespace: string;
  /** metadata.uid as text; '' and absent are the same to the kubelet (common.go:67). */
  uid?: string;
  uidLine?: number;
  /** kcfg's mark: which change pinned it, to which pod of which node. Absent when the pin is someone else's. */
  pin?: Pin;
  annotations: Record<string, string>;
  documents: number;
  hostNetwork: boolean;
  /** spec.terminationGracePeriodSeconds, 30 when absent (v1 defaults.go). */
  graceSeconds: number;
  containers: { name: string; image: string; command: string[]; probePorts: (number | string)[] }[];
  /** Anchors or aliases on `metadata` or above: the text cannot be edited safely. */
  anchoredMetadata: boolean;
}

export interface Pin {
  change: string;
  uid: string;
  node: string;
}
