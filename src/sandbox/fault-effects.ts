/** Faults that act by themselves, whoever else does what: another program's writes, a container that ends. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { findInside } from './inside.ts';
import type { Machine } from './machine.ts';
import type { Runtime } from './runtime.ts';

/** `config-rewritten`, called before each start of the kubelet. */
export function rewriteConfig({ root, faults }: Machine): void {
  const rewriting = faults.get('config-rewritten');
  const real = rewriting === undefined ? undefined : findInside(root, rewriting.path);
  if (rewriting === undefined || real === undefined) return;
  writeFileSync(real, readFileSync(real, 'utf8').replaceAll(rewriting.from, rewriting.to));
}

/** `container-restarts` and `file-touched`: each happens once, and clears itself. */
export function watchOneOffs({ root, faults, timers }: Machine, runtime: Runtime): void {
  faults.watch(() => {
    const restart = faults.get('container-restarts');
    if (restart !== undefined) {
      faults.clear('container-restarts');
      timers.after((restart.after ?? 0) * 1000, () => {
        for (const container of runtime.containers())
          if (container.name === restart.name && container.state === 'running') void runtime.stop(container.id, 0);
      });
    }
    const touched = faults.get('file-touched');
    if (touched !== undefined) {
      faults.clear('file-touched');
      const touch = (): void => {
        const real = findInside(root, touched.path);
        if (real !== undefined) appendFileSync(real, touched.append);
      };
      const { when } = touched;
      if (when === undefined) timers.after((touched.after ?? 0) * 1000, touch);
      else {
        const stop = timers.every(5 * timers.speed, () => {
          if (findInside(root, when) === undefined) return;
          stop();
          touch();
        });
      }
    }
  });
}
