/** Manifests that lie somewhere else on the node: moved away for a moment, as guides to restore etcd tell, and forgotten. */
import type { DirectoryFacts } from '../../doctor/evidence.ts';
import type { Host } from '../../host/host.ts';
import type { Found } from './candidate.ts';
import { unpinnedOf } from './unpinned.ts';

export async function fromElsewhere(host: Host, { elsewhere = [], others = [] }: DirectoryFacts, pod: string): Promise<Found[]> {
  const places = [...elsewhere.filter((each) => each.pod === pod).map(({ path }) => path), ...others.filter(({ pods }) => pods.includes(pod)).map(({ path }) => `${path}/${pod}.yaml`)];
  const found: Found[] = [];
  for (const path of new Set(places)) {
    const info = await host.files.target(path).catch(() => undefined);
    const bytes = info?.kind === 'file' ? await host.files.read(path).catch(() => undefined) : undefined;
    const text = bytes === undefined ? undefined : unpinnedOf(path, bytes, pod);
    if (text === undefined || info === undefined) continue;
    found.push({ source: 'elsewhere', title: `as it lies in ${path}`, from: path, at: new Date(Number(BigInt(info.mtimeNs) / 1_000_000n)).toISOString(), bytes: text, doubts: [] });
  }
  return found;
}
