/** Everything that makeSettingsPlan needs, read from the node: the layers, the bytes of the files behind them, and what runs. */
import type { Host } from '../host/host.ts';
import type { ConfigDocument } from '../kubelet/document.ts';
import { isUnitText } from '../kubelet/unit.ts';
import { observeDestination } from '../node/destination.ts';
import { sha256 } from '../node/directory.ts';
import { observeFacts } from '../node/facts.ts';
import { podsToDrain } from '../node/drained.ts';
import { configInForce } from '../node/in-force.ts';
import type { Look } from '../node/observe.ts';
import type { SettingsTarget } from '../node/target.ts';
import { INSTANCE_CONFIG } from '../plan/kubeadm/instance-config.ts';
import { OWN_DIRECTORY } from '../plan/settings/own-drop-in.ts';
import type { SettingsInput } from '../plan/settings/settings-input.ts';
import { refusePending } from '../transaction/pending.ts';
import { nextId } from '../transaction/store.ts';

export async function gatherSettings(host: Host, target: SettingsTarget, version: string, { observed, settings, service }: Look): Promise<SettingsInput> {
  const { layered } = settings;
  await refusePending(host);
  const configuration = await readConfiguration(host, { settings, service });
  const { documents, sources } = configuration;
  const rootDirectory = observed.kubelet.podsDirectory.replace(/\/pods$/, '');
  const { exists, ...known } = await observeFacts(host, rootDirectory, [layered.value, target.wishes], service.flags);
  // an image is edited before kubeadm has put certificates into it
  const facts = host.live && exists ? { ...known, exists } : known;
  const running = host.live ? await configInForce(host, settings, observed.kubelet) : undefined;
  const path = target.undoes === undefined ? undefined : target.wishes.find((wish) => wish.path[0] === 'staticPodPath')?.value;
  const back = typeof path === 'string' && path !== '' ? path : undefined;
  const undrained = host.live ? await podsToDrain(host, observed) : undefined;
  return {
    id: await nextId(host),
    kcfg: version,
    madeAt: host.clock.now().toISOString(),
    ...configuration,
    ...{ target, observed, facts },
    ...(running === undefined ? {} : { running }),
    ...(undrained === undefined ? {} : { undrained }),
    stateFiles: new Map(facts.stateFiles?.map(({ file, bytes }) => [file, bytes])),
    live: host.live,
    ...(back === undefined ? {} : { destination: await observeDestination(host, back, '', observed.kubelet.configFile) }),
    ground: Object.fromEntries([...documents.keys()].map((path) => [path, sha256(sources.get(path) ?? Buffer.alloc(0))])),
  };
}

export type Configuration = Pick<SettingsInput, 'layered' | 'documents' | 'configDir' | 'sources' | 'links' | 'unit' | 'ownDirectory'>;

/** The layers of the kubelet's configuration, and the bytes of every file behind them. */
export async function readConfiguration(host: Host, { settings: { layered, configDir }, service }: Pick<Look, 'settings' | 'service'>): Promise<Configuration> {
  const documents = new Map([layered.config, ...layered.dropIns].flatMap((document): [string, ConfigDocument][] => (document === undefined ? [] : [[document.file, document]])));
  const environment = service.sources.filter((source) => !isUnitText(source)).map((source) => source.file);
  const { sources, links } = await readSources(host, [...documents.keys(), ...environment, INSTANCE_CONFIG]);
  const ownDirectory = await host.files.list(OWN_DIRECTORY).catch(() => undefined);
  return { layered, documents, configDir, sources, links, unit: service.sources, ownDirectory };
}

/** Hash of each file of the kubelet's configuration, or null where nothing is. */
export function groundOf(configFile: string, { documents, sources }: Pick<Configuration, 'documents' | 'sources'>): Record<string, string | null> {
  return Object.fromEntries(
    [configFile, ...documents.keys()].map((path) => {
      const bytes = sources.get(path);
      return [path, bytes === undefined ? null : sha256(bytes)];
    }),
  );
}

async function readSources(host: Host, paths: readonly string[]): Promise<{ sources: Map<string, Uint8Array>; links: Map<string, string> }> {
  const sources = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  for (const path of new Set(paths)) {
    const bytes = await host.files.read(path);
    if (bytes !== undefined) sources.set(path, bytes);
    const info = await host.files.info(path);
    if (info?.kind === 'link') links.set(path, info.target ?? '');
  }
  return { sources, links };
}
