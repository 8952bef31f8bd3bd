/**
 * What a repair makes of the kubelet's settings: read from its files as they will be. A file that could not be read before says
 * only afterwards at which port the kubelet answers, and which directory it reads.
 */
import { type Reach, reachOf } from '../kubelet/reach.ts';
import { unitCommand } from '../kubelet/unit.ts';
import type { Host } from '../host/host.ts';
import type { Mend } from '../plan/make-recover-plan.ts';
import type { Evidence } from './evidence.ts';
import { readLayers } from './gather/kubelet.ts';

export interface SettingsAfter {
  reach: Reach;
  /** '' for none. */
  staticPodPath: string;
}

/** Undefined where the repair leaves the kubelet's own files as they are, or they still cannot be read. */
export async function settingsAfter(host: Host, { kubelet, unit }: Evidence, mends: readonly Mend[]): Promise<SettingsAfter | undefined> {
  const after = new Map(mends.map((mend) => [mend.path, mend.after]));
  const own = mends.some(({ path }) => path === kubelet.configFile || kubelet.files?.[path] !== undefined || unit?.sources.some(({ file }) => file === path) === true);
  if (!own) return undefined;
  const read = async (file: string): Promise<Buffer | undefined> => (after.has(file) ? after.get(file) : await host.files.read(file));
  const sources = unit?.sources.map((source) => ({ ...source, text: after.get(source.file)?.toString('utf8') ?? source.text }));
  const argv = sources === undefined || unit === undefined || unit.argv.length === 0 ? ['kubelet', `--config=${kubelet.configFile}`] : unitCommand(sources);
  try {
    const layered = await readLayers(host, sources ?? [], argv, kubelet.configFile, kubelet.version, read);
    const path = layered.layersOf(['staticPodPath'])[0]?.value;
    return { reach: reachOf(layered), staticPodPath: typeof path === 'string' ? path : '' };
  } catch {
    return undefined;
  }
}
