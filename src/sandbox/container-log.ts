/** The log file of a container that ended: the runtime's form (time, stream, F, text; kubelet kuberuntime/logs/logs.go). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Machine } from './machine.ts';
import type { Container } from './runtime.ts';

/** Writes the last words of a container below /var/log/pods. */
export function writeLog(machine: Machine, container: Container, words: string): void {
  if (words === '') return;
  const path = join(machine.root, container.logPath);
  mkdirSync(dirname(path), { recursive: true });
  const at = new Date(container.finishedAt).toISOString().replace('Z', '000000Z');
  writeFileSync(
    path,
    words
      .split('\n')
      .map((line) => `${at} stderr F ${line}\n`)
      .join(''),
  );
}
