/** A text that a component's manifest may be given: where it comes from, and how well it fits this node as it is now. */

export type Source = 'history' | 'elsewhere' | 'kubeadm-backup' | 'last-container' | 'mirror-pod' | 'rendered';
export type Fits = 'fits' | 'doubtful' | 'does not fit';

export interface Found {
  source: Source;
  /** 'as it last ran', 'before change 4', 'before the kubeadm upgrade': stands in a list. */
  title: string;
  /** The file, the container's ID, the address: where to look at it. */
  from: string;
  /** ISO: from when the text is, or until when its container ran. */
  at: string;
  /** Without a pin. */
  bytes: Buffer;
  /** What makes it less than certain, known where it was found. */
  doubts: string[];
}

export interface Candidate extends Omit<Found, 'doubts'> {
  fits: Fits;
  /** Each half a sentence: 'older than etcd's data: 3.5.12 after 3.6.5'. With 'fits', what speaks for it. */
  why: string[];
  /** Lines that are not in the manifest as it is, and of that, those that go. */
  changedLines: number;
}
