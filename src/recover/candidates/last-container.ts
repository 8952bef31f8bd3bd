/** As it last ran: the newest container that ran well, from the runtime, in the words of the manifest as it is, else of one rendered anew. */
import type { Found } from './candidate.ts';
import { graft, type Grafted } from './graft.ts';
import type { LastRun } from './last-runs.ts';

/** `texts`: the manifest as it is, and the rendered one: what broke may stand in what no container tells. One that cannot be edited is passed over. */
export function fromLastContainer(runs: readonly LastRun[], texts: readonly { file: string; bytes: Uint8Array; doubts: readonly string[] }[]): Found[] {
  const [run] = runs;
  if (run === undefined) return [];
  const end = new Date(Date.parse(run.startedAt) + run.seconds * 1000).toISOString();
  return texts.flatMap(({ file, bytes, doubts }, index): Found[] => {
    let text: Uint8Array | undefined = bytes;
    const differs: string[] = [];
    for (const each of runs) {
      const grafted: Grafted | undefined = text === undefined ? undefined : graft(file, text, each.container, each.config, each.image);
      text = grafted?.bytes;
      differs.push(...(grafted?.doubts ?? []));
    }
    if (text === undefined) return [];
    const short = run.short ? [run.running ? `its container runs for ${Math.round(run.seconds)} s only` : `its container ran ${Math.round(run.seconds)} s, and ended with exit ${run.exitCode}`] : [];
    const title = `${run.running ? 'as it runs' : 'as it last ran'}${index > 0 ? ', the rest rendered' : ''}`;
    return [{ source: 'last-container', title, from: `container ${run.id.slice(0, 13)}`, at: end, bytes: Buffer.from(text), doubts: [...short, ...differs, ...doubts] }];
  });
}
