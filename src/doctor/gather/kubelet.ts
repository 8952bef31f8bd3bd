/** The kubelet's configuration: what is in force on disk, what our rules and the kubelet itself say of it, and whether it answers. */
import { KUBEADM_DIRECTORY } from '../../plan/kubeadm/instance-config.ts';
import type { Host } from '../../host/host.ts';
import { sha256 } from '../../node/directory.ts';
import { loadFields } from '../../kubelet/fields/load.ts';
import { listFlags, parseFlags } from '../../kubelet/flags.ts';
import { type Layered } from '../../kubelet/layered.ts';
import { layerConfig } from '../../kubelet/layers.ts';
import { readConfig, type ConfigDocument } from '../../kubelet/document.ts';
import { type Reach, reachOf } from '../../kubelet/reach.ts';
import { KcfgError, type Where } from '../../errors.ts';
import { listDropIns } from '../../node/drop-ins.ts';
import { CONFIG_FILE } from '../../node/settings.ts';
import { kubeletVersion } from '../../node/version.ts';
import { findFlag, type UnitText } from '../../kubelet/unit.ts';
import type { KubeletFacts } from '../evidence.ts';
import type { UnitFacts } from '../machine-evidence.ts';
import { quietly } from './quietly.ts';

/** kubeadm's unit has it as a flag; the kubelet has no default. */
const KUBECONFIG = '/etc/kubernetes/kubelet.conf';
/** The kubelet's own (v1beta1 defaults.go); it is asked on the loopback. */
const DEFAULT_REACH: Reach = { healthz: { address: '127.0.0.1', port: 10248 }, secure: { address: '127.0.0.1', port: 10250 } };
/** Before the field containerRuntimeEndpoint (1.28 has it) a flag's. */
const ENDPOINT = 'unix:///run/containerd/containerd.sock';

/** One that is well answers in milliseconds; on a machine under load 1 s was too short. One that hangs costs this once. */
const HEALTHZ_MS = 5000;

export interface Kubelet {
  facts: KubeletFacts;
  endpoint: string;
  nodeName: string;
  /** Undefined where file or drop-ins cannot be read. */
  layered?: Layered;
  /** The configuration file and its drop-ins, as they are. */
  files: ReadonlyMap<string, Buffer>;
}

/** Without what the judges say: that takes longer, and nothing that is gathered waits for it (judge-kubelet.ts). */
export async function gatherKubelet(host: Host, unit: UnitFacts | undefined, missing: Record<string, string>): Promise<Kubelet> {
  const argv = unit === undefined || unit.argv.length === 0 ? ['kubelet', `--config=${CONFIG_FILE}`, `--kubeconfig=${KUBECONFIG}`] : unit.argv;
  const flags = parseFlags(argv.slice(1));
  const binary = argv[0]?.startsWith('/') === true ? argv[0] : undefined;
  const version = binary === undefined ? undefined : await quietly(missing, 'version of the kubelet', () => kubeletVersion(host, binary));
  const configFile = flags.get('config') || CONFIG_FILE;
  const layered = await quietly(missing, 'kubelet configuration', () => readLayers(host, unit?.sources ?? [], argv, configFile, version));
  const origin = layered?.layersOf(['staticPodPath'])[0];
  const value = origin === undefined ? undefined : typeof origin.value === 'string' ? origin.value : '';
  const files = await filesOf(host, configFile, layered);
  const reach = layered === undefined ? DEFAULT_REACH : reachOf(layered);
  const { healthz } = reach;
  const answer = host.live && healthz.port > 0 ? await host.http({ url: `http://${healthz.address.includes(':') ? `[${healthz.address}]` : healthz.address}:${healthz.port}/healthz`, timeout: HEALTHZ_MS }) : undefined;
  return {
    facts: {
      ...(version === undefined ? {} : { version }),
      configFile,
      config: (await host.files.target(configFile).catch(() => undefined))?.kind === 'file',
      // a file that cannot be read says nothing: then where kubeadm has it
      staticPodPath: layered === undefined ? KUBEADM_DIRECTORY : (value ?? ''),
      ...(origin === undefined ? {} : { origin }),
      kubeconfig: flags.get('kubeconfig') || KUBECONFIG,
      rootDirectory: flags.get('root-dir') || '/var/lib/kubelet',
      reach,
      findings: [],
      ...(layered === undefined ? {} : { settings: settingsOf(layered, files) }),
      files: Object.fromEntries([...files].map(([file, bytes]) => [file, sha256(bytes)])),
      backups: await backupsOf(host),
      ...(answer === undefined ? {} : { healthy: answer.status === 200 }),
    },
    endpoint: flags.get('container-runtime-endpoint') || textOf(layered?.layersOf(['containerRuntimeEndpoint'])[0]?.value) || ENDPOINT,
    nodeName: flags.get('hostname-override') || host.hostname.toLowerCase(),
    files,
    ...(layered === undefined ? {} : { layered }),
  };
}

/** Their bytes; the transaction asks for their sum before it edits one. */
async function filesOf(host: Host, configFile: string, layered: Layered | undefined): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const file of [configFile, ...(layered?.dropIns.map((dropIn) => dropIn.file) ?? [])]) {
    const bytes = await host.files.read(file).catch(() => undefined);
    if (bytes !== undefined) files.set(file, bytes);
  }
  return files;
}

/** What rules ask for. */
const ASKED = ['failSwapOn', 'failCgroupV1', 'evictionHard', 'address', 'cgroupDriver', 'clusterDNS', 'resolvConf', 'enforceNodeAllocatable', 'kubeReservedCgroup', 'systemReservedCgroup', 'containerRuntimeEndpoint', 'serverTLSBootstrap', 'staticPodPath'];

function settingsOf(layered: Layered, files: ReadonlyMap<string, Buffer>): NonNullable<KubeletFacts['settings']> {
  return Object.fromEntries(ASKED.flatMap((name) => {
    const value = layered.layersOf([name])[0]?.value;
    const where = layered.whereOf([name]);
    const bytes = where === undefined ? undefined : bytesAt(files.get(where.file), where, value);
    return value === undefined ? [] : [[name, { value, ...(where === undefined ? {} : { where }), ...(bytes === undefined ? {} : { bytes }) }]];
  }));
}

/** Of a value within one line. */
function bytesAt(bytes: Buffer | undefined, { line, column, length }: Where, value: unknown): { offset: number; length: number } | undefined {
  if (bytes === undefined || line === undefined || column === undefined || length === undefined || bytes[0] === 0xef || bytes[0] === 0xff || bytes[0] === 0xfe) return undefined;
  let at = 0;
  for (let i = 1; i < line; i++) at = bytes.indexOf(0x0a, at) + 1;
  const text = bytes.subarray(at).toString('utf8');
  const written = text.slice(column - 1, column - 1 + length);
  // of a block the place is its key's
  if (typeof value === 'object' ? !/^[[{].*[\]}]$/.test(written) : written.replace(/^(["'])(.*)\1$/, '$2') !== String(value)) return undefined;
  return { offset: at + Buffer.byteLength(text.slice(0, column - 1)), length: Buffer.byteLength(text.slice(column - 1, column - 1 + length)) };
}

/** kubeadm keeps a copy before each upgrade (cmd/phases/upgrade/node/kubeletconfig.go); names end with the time. */
async function backupsOf(host: Host): Promise<string[]> {
  const directory = '/etc/kubernetes/tmp';
  const names = ((await host.files.list(directory).catch(() => undefined)) ?? []).filter((name) => name.startsWith('kubeadm-kubelet-config'));
  const found: string[] = [];
  for (const name of names.reverse()) {
    const file = `${directory}/${name}/config.yaml`;
    if ((await host.files.target(file).catch(() => undefined))?.kind === 'file') found.push(file);
  }
  return found;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** `bytesOf`: of the files as they are, or as a repair makes them. */
export async function readLayers(host: Host, sources: readonly UnitText[], argv: readonly string[], configFile: string, version: string | undefined, bytesOf = (file: string): Promise<Buffer | undefined> => host.files.read(file)): Promise<Layered> {
  const read = async (file: string): Promise<ConfigDocument | undefined> => {
    const bytes = await bytesOf(file);
    return bytes === undefined ? undefined : readConfig(file, bytes);
  };
  const config = await read(configFile);
  if (config === undefined) throw new KcfgError('no-kubelet', `${configFile} is missing`, { where: [{ file: configFile }] });
  const directory = parseFlags(argv.slice(1)).get('config-dir');
  const { files } = directory === undefined || directory === '' ? { files: [] } : await listDropIns(host, directory);
  const dropIns = (await Promise.all(files.map(read))).filter((document) => document !== undefined);
  return layerConfig({ fields: await loadFields(version), flags: listFlags(argv.slice(1)), flagSource: (flag) => findFlag(sources, flag), config, dropIns, configFile });
}
