/** Lines of a kubelet in the journal, in klog's form: `E1123 08:31:07.123000  714 file.go:187] "Message" key="value"`. */
import type { Machine } from './machine.ts';

export type Log = (severity: 'E' | 'I' | 'W', source: string, message: string, rest?: string) => void;

export function createLog(machine: Machine, pid: number): Log {
  return (severity, source, message, rest = '') => {
    const at = machine.now();
    const time = new Date(at).toISOString();
    const head = `${severity}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000 ${String(pid).padStart(7)} ${source}]`;
    const line = `${head} ${JSON.stringify(message)}${rest === '' ? '' : ` ${rest}`}`;
    // systemd gives what a service prints priority 6, whatever the text says
    machine.journal.write({ at, unit: 'kubelet.service', identifier: 'kubelet', pid, priority: 6, message: line });
  };
}
