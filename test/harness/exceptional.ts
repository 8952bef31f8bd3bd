/** The samples of exceptions, asked of real kubelets once more. */
import { loadFields } from '../../src/kubelet/fields/load.ts';
import { factsOfThisMachine, weigh } from './compare.ts';
import type { Exception } from './exceptions.ts';
import { withRunners } from './run.ts';
import { plain, render } from './written.ts';

export interface Exceptional {
  name: string;
  version: string;
  disagrees: boolean;
}

export async function tried(kubelets: readonly string[], exceptions: readonly Exception[]): Promise<Exceptional[]> {
  const all: Exceptional[] = [];
  for (const binary of kubelets) {
    await withRunners(binary, 1, async ([runner]) => {
      if (!runner) return;
      const fields = await loadFields(runner.version);
      for (const { name, minors, sample } of exceptions) {
        if (minors && !minors.includes(fields.minor)) continue;
        const config = render(plain(Number(fields.minor.split('.')[1]))) + sample.config;
        const generated = { what: [name], config: Buffer.from(config), dropIns: sample.dropIn === undefined ? [] : [Buffer.from(sample.dropIn)], flags: sample.flags ?? [], state: [] };
        const { agree, rehearsed } = await weigh(fields, generated, factsOfThisMachine(), runner);
        all.push({ name, version: runner.version, disagrees: !agree || !rehearsed });
      }
    });
  }
  return all;
}
