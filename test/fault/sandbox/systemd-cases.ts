/** systemd that does not do what it is asked, and what kcfg has to say of it. */
import type { FaultArguments, FaultName } from '../../../src/sandbox/faults.ts';
import type { Kill } from './kill-hook.ts';

export interface SystemdCase {
  name: string;
  faults?: { [K in FaultName]?: FaultArguments[K] };
  /** A drop-in of the kubelet's unit, written without daemon-reload: before the change, or while it is at work. */
  dropIn?: 'before' | 'meanwhile';
  /** The program systemctl is not there, from this point on. */
  missing?: Kill;
  /** The kubelet refuses the change, so that kcfg goes back. */
  refused?: true;
  exit: readonly number[];
  /** What the terminal says, white space made one blank. */
  says: RegExp;
  /** It takes minutes. */
  slow?: true;
}

const missing = (at: Omit<Kill, 'missing'>): Kill => ({ ...at, missing: 'systemctl' });

export const SYSTEMD_CASES: readonly SystemdCase[] = [
  { name: 'the bus is down', faults: { 'bus-down': true }, exit: [1], says: /Failed to connect to bus/ },
  { name: 'the bus goes down at the restart', faults: { 'bus-down': { from: 1 } }, exit: [6], says: /Failed to connect to bus.*kcfg abort/ },
  { name: 'the bus is away for the restart alone', faults: { 'bus-down': { from: 1, to: 1 } }, exit: [5], says: /Failed to connect to bus/ },
  { name: 'the bus goes down on the way back', faults: { 'bus-down': { from: 2 } }, refused: true, exit: [6], says: /Failed to connect to bus.*kcfg abort/ },
  { name: 'the unit is masked', faults: { 'unit-masked': true }, exit: [1], says: /is masked.*systemctl unmask kubelet/ },
  { name: 'the unit is masked before the restart', faults: { 'unit-masked': { from: 1 } }, exit: [5], says: /is masked.*systemctl unmask kubelet/ },
  { name: 'the unit is masked on the way back', faults: { 'unit-masked': { from: 2 } }, refused: true, exit: [6], says: /is masked.*kcfg abort/ },
  { name: 'the unit fails at the restart', faults: { 'unit-fails': { from: 1, to: 1 } }, exit: [5], says: /control process exited with error code.*journalctl -xeu kubelet/ },
  { name: 'the unit fails from the restart on', faults: { 'unit-fails': { from: 1 } }, exit: [6], says: /control process exited with error code.*journalctl -xeu kubelet.*kcfg abort/ },
  { name: 'the unit fails on the way back', faults: { 'unit-fails': { from: 2 } }, refused: true, exit: [6], says: /control process exited with error code.*kcfg abort/ },
  { name: 'the start limit is hit at the restart', faults: { 'start-limit': { from: 1 } }, exit: [5], says: /attempted too often/ },
  { name: 'the start limit is hit on the way back', faults: { 'start-limit': { from: 2 } }, refused: true, exit: [5], says: /Everything is as before/ },
  { name: 'the stop hangs at the restart', faults: { 'kubelet-stop-hangs': { from: 1 } }, exit: [0], says: /Done in/ },
  { name: 'the stop hangs on the way back', faults: { 'kubelet-stop-hangs': { from: 2 } }, refused: true, exit: [5], says: /Everything is as before/ },
  { name: 'the start hangs at the restart', faults: { 'kubelet-start-hangs': { path: '/etc/kubernetes/static' } }, exit: [5], says: /a timeout was exceeded.*journalctl -xeu kubelet/ },
  { name: 'the start hangs from the restart on', faults: { 'kubelet-start-hangs': true }, exit: [6], says: /a timeout was exceeded.*journalctl -xeu kubelet.*kcfg abort/ },
  { name: 'the job of the restart hangs', faults: { 'job-hangs': { from: 1, to: 1 } }, exit: [5], says: /did not come to an end in time/, slow: true },
  // the kubelet was never restarted: nothing more is asked of systemd
  { name: 'every job hangs', faults: { 'job-hangs': { from: 1 } }, exit: [5], says: /did not come to an end in time.*Everything is as before/, slow: true },
  { name: 'systemd-run fails', faults: { 'systemd-run-fails': 'Failed to start transient service unit: Connection timed out' }, exit: [1], says: /Failed to start transient service unit: Connection timed out.*Nothing was changed/ },
  { name: 'there is no systemctl', missing: missing({ verb: 'command', call: 1, when: 'before' }), exit: [1], says: /no systemctl.*--root/ },
  // records of a move: 8 is the end of its edits, 9 the restart
  { name: 'systemctl goes away before the restart', missing: missing({ verb: 'run', record: 8, when: 'after' }), exit: [5], says: /no systemctl.*Everything is as before/ },
  { name: 'systemctl goes away at the restart', missing: missing({ verb: 'run', record: 9, when: 'after' }), exit: [6], says: /no systemctl.*kcfg abort/ },
  // systemd starts what it has loaded: the same kubelet as before
  { name: 'a drop-in of the unit waits for daemon-reload', dropIn: 'before', exit: [0], says: /Done in/ },
  { name: 'a drop-in of the unit is written meanwhile', dropIn: 'meanwhile', exit: [0], says: /Done in/ },
];
