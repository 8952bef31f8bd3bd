/** The kubelet's configuration: what is in force on disk, what our rules and the kubelet itself say of it, and whether it answers. */
import type { Host } from '../../host/host.ts';
import { loadFields } from '../../kubelet/fields/load.ts';
import { listFlags, parseFlags } from '../../kubelet/flags.ts';
import { type Layered } from '../../kubelet/layered.ts';
import { layerConfig } from '../../kubelet/layers.ts';
import { readConfig, type ConfigDocument } from '../../kubelet/document.ts';
import { reachOf } from '../../kubelet/reach.ts';
import { KcfgError } from '../../errors.ts';
import { listDropIns } from '../../node/drop-ins.ts';
import { judgeConfiguration } from '../../node/judge-node.ts';
import { CONFIG_FILE } from '../../node/settings.ts';
import { kubeletVersion } from '../../node/version.ts';
import { findFlag } from '../../kubelet/unit.ts';
import type { KubeletFacts, UnitFacts } from '../evidence.ts';
import { quietly } from './quietly.ts';

/** kubeadm's unit has it as a flag; the kubelet has no default. */
const KUBECONFIG = '/etc/kubernetes/kubelet.conf';
const STATIC_PODS = '/etc/kubernetes/manifests';
/** Before the field containerRuntimeEndpoint (1.28 has it) a flag's. */
const ENDPOINT = 'unix:///run/containerd/containerd.sock';

export interface Kubelet {
  facts: KubeletFacts;
  endpoint: string;
  nodeName: string;
  /** Undefined where file or drop-ins cannot be read. */
  layered?: Layered;
}

export async function gatherKubelet(host: Host, unit: UnitFacts | undefined, missing: Record<string, string>): Promise<Kubelet> {
  const argv = unit === undefined || unit.argv.length === 0 ? ['kubelet', `--config=${CONFIG_FILE}`, `--kubeconfig=${KUBECONFIG}`] : unit.argv;
  const flags = parseFlags(argv.slice(1));
  const binary = argv[0]?.startsWith('/') === true ? argv[0] : undefined;
  const version = binary === undefined ? undefined : await quietly(missing, 'version of the kubelet', () => kubeletVersion(host, binary));
  const configFile = flags.get('config') || CONFIG_FILE;
  const layered = await quietly(missing, 'kubelet configuration', () => readLayers(host, unit, argv, configFile, version));
  const origin = layered?.layersOf(['staticPodPath'])[0];
  const value = origin === undefined ? undefined : typeof origin.value === 'string' ? origin.value : '';
  const judged = await quietly(missing, 'check of the kubelet configuration', () => judgeConfiguration(host, {}));
  const { healthz } = layered === undefined ? { healthz: { address: '127.0.0.1', port: 10248 } } : reachOf(layered);
  const answer = host.live && healthz.port > 0 ? await host.http({ url: `http://${healthz.address.includes(':') ? `[${healthz.address}]` : healthz.address}:${healthz.port}/healthz`, timeout: 1000 }) : undefined;
  return {
    facts: {
      ...(version === undefined ? {} : { version }),
      configFile,
      config: (await host.files.target(configFile).catch(() => undefined))?.kind === 'file',
      // a file that cannot be read says nothing: then where kubeadm has it
      staticPodPath: layered === undefined ? STATIC_PODS : (value ?? ''),
      ...(origin === undefined ? {} : { origin }),
      kubeconfig: flags.get('kubeconfig') || KUBECONFIG,
      rootDirectory: flags.get('root-dir') || '/var/lib/kubelet',
      findings: judged?.findings ?? [],
      ...(judged?.rehearsal === undefined ? {} : { rehearsal: { accepted: judged.rehearsal.accepted, words: judged.rehearsal.words } }),
      ...(answer === undefined ? {} : { healthy: answer.status === 200 }),
    },
    endpoint: flags.get('container-runtime-endpoint') || textOf(layered?.layersOf(['containerRuntimeEndpoint'])[0]?.value) || ENDPOINT,
    nodeName: flags.get('hostname-override') || host.hostname.toLowerCase(),
    ...(layered === undefined ? {} : { layered }),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function readLayers(host: Host, unit: UnitFacts | undefined, argv: readonly string[], configFile: string, version: string | undefined): Promise<Layered> {
  const read = async (file: string): Promise<ConfigDocument | undefined> => {
    const bytes = await host.files.read(file);
    return bytes === undefined ? undefined : readConfig(file, bytes);
  };
  const config = await read(configFile);
  if (config === undefined) throw new KcfgError('no-kubelet', `${configFile} is missing`, { where: [{ file: configFile }] });
  const directory = parseFlags(argv.slice(1)).get('config-dir');
  const { files } = directory === undefined || directory === '' ? { files: [] } : await listDropIns(host, directory);
  const dropIns = (await Promise.all(files.map(read))).filter((document) => document !== undefined);
  const sources = unit?.sources ?? [];
  return layerConfig({ fields: await loadFields(version), flags: listFlags(argv.slice(1)), flagSource: (flag) => findFlag(sources, flag), config, dropIns, configFile });
}
