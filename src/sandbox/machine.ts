/**
 * What the parts of one pretend node share: its tree, clock, journal, ports, process numbers and faults.
 * Parts know the machine and not one another; node.ts puts them together.
 */
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { NodeSettings } from './layout.ts';
import type { Timers } from './timers.ts';

export interface Machine {
  settings: NodeSettings;
  /** Directory of the tree on this machine. */
  root: string;
  /** BASE/NAME */
  directory: string;
  timers: Timers;
  journal: Journal;
  faults: Faults;
  /** Milliseconds since the epoch. A node that was just made believes that it has been up for weeks. */
  now(): number;
  bootedAt: number;
  bootId: string;
  /** A process number that no pretend process of this node had before. */
  nextPid(): number;
  /** TCP ports in use on the node: port → who holds it. */
  ports: Map<number, string>;
}
