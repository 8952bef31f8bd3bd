/** The kubelet's configuration on disk, layer by layer: flags, drop-ins, the file. Light: `kcfg get` needs no more than this. */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { readConfig, type ConfigDocument } from '../kubelet/document.ts';
import { dropInFiles, staticPodPathLayers } from '../kubelet/layers.ts';
import type { StaticPodPath } from './observed.ts';
import type { Service } from './service.ts';

/** Where kubeadm puts it; the kubelet itself has no default for --config. */
export const CONFIG_FILE = '/var/lib/kubelet/config.yaml';

export interface Settings {
  staticPodPath: StaticPodPath;
  config: ConfigDocument | undefined;
  dropIns: ConfigDocument[];
  configFile: string;
  configDir: string | undefined;
}

/** The configuration on disk, layer by layer. Throws where a file is missing or is not what the kubelet takes. */
export async function observeSettings(host: Host, service: Pick<Service, 'flags' | 'flagSource'>): Promise<Settings> {
  const configFile = service.flags.get('config') ?? CONFIG_FILE;
  const configDir = service.flags.get('config-dir');
  const config = await readOne(host, configFile, service.flags.has('config'));
  const dropIns: ConfigDocument[] = [];
  if (configDir !== undefined) {
    for (const name of dropInFiles((await host.files.list(configDir)) ?? [])) {
      const document = await readOne(host, `${configDir}/${name}`, true);
      if (document !== undefined) dropIns.push(document);
    }
  }
  const staticPodPath = staticPodPathLayers({
    flags: service.flags,
    flagSource: service.flagSource,
    config,
    dropIns,
    configFile,
  });
  return { staticPodPath, config, dropIns, configFile, configDir };
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
