/** The kubelet's configuration on disk, layer by layer: flags, drop-ins, the file. Light: `kcfg get` needs no more than this. */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { readConfig, type ConfigDocument } from '../kubelet/document.ts';
import { loadFields } from '../kubelet/fields/load.ts';
import { listFlags } from '../kubelet/flags.ts';
import type { Layered } from '../kubelet/layered.ts';
import { layerConfig } from '../kubelet/layers.ts';
import { listDropIns, type Unread } from './drop-ins.ts';
import type { StaticPodPath } from './observed.ts';
import type { Service } from './service.ts';

/** Where kubeadm puts it; the kubelet itself has no default for --config. */
export const CONFIG_FILE = '/var/lib/kubelet/config.yaml';

export interface Settings {
  layered: Layered;
  staticPodPath: StaticPodPath;
  configFile: string;
  configDir: string | undefined;
  /** What lies in the drop-in directory and is never read. */
  unread: Unread[];
}

/** What observeSettings needs of the kubelet's service. */
export type Started = Pick<Service, 'argv' | 'flags' | 'flagSource'>;

/** The configuration on disk. `version` of the kubelet that reads it. Throws where a file is missing or is not what the kubelet takes. */
export async function observeSettings(host: Host, service: Started, version: string | undefined): Promise<Settings> {
  const configFile = service.flags.get('config') ?? CONFIG_FILE;
  const configDir = service.flags.get('config-dir') || undefined;
  const [fields, config] = await Promise.all([loadFields(version), readOne(host, configFile, service.flags.has('config'))]);
  const { files, unread } = configDir === undefined ? { files: [], unread: [] } : await listDropIns(host, configDir);
  const dropIns: ConfigDocument[] = [];
  for (const file of files) {
    const document = await readOne(host, file, true);
    if (document !== undefined) dropIns.push(document);
  }
  const flags = listFlags(service.argv.slice(1));
  const layered = layerConfig({ fields, flags, flagSource: service.flagSource, config, dropIns, configFile });
  return { layered, staticPodPath: staticPodPathOf(layered), configFile, configDir, unread };
}

/** Throws `unusable-value` where a value is no text: the kubelet does not start with it. */
function staticPodPathOf(layered: Layered): StaticPodPath {
  const layers = layered.layersOf(['staticPodPath']).map((layer) => ({ ...layer, value: layer.value ?? '' }));
  const odd = layers.find((layer) => typeof layer.value !== 'string');
  if (odd !== undefined) {
    const where = [layered.config, ...layered.dropIns].find((document) => document?.file === odd.file)?.get('staticPodPath')?.where;
    throw new KcfgError('unusable-value', 'staticPodPath is not text', { ...(where && { where: [where] }), notes: ['the kubelet does not start with this file'] });
  }
  const origin = layers[0] ?? { layer: 'default', value: '', set: false };
  return { value: String(origin.value), origin, layers };
}

async function readOne(host: Host, file: string, needed: boolean): Promise<ConfigDocument | undefined> {
  const bytes = await host.files.read(file);
  if (bytes !== undefined) return readConfig(file, bytes);
  if (!needed && host.live) return undefined;
  throw new KcfgError('no-kubelet', 'the kubelet configuration is missing', {
    where: [{ file }],
    notes: ['the kubelet of this node is started with this file, and does not start without it'],
    help: ['has this node joined a cluster? kubeadm init and kubeadm join write the file'],
  });
}
