/** Loads what is known of one version of a program. Data in data/, made by generate/ from the programs themselves. */
import { loadFields, MINORS } from '../../kubelet/fields/load.ts';
import type { FlagType } from '../rules/case.ts';
import { type Gate, isProgram, type Program, type ProgramName } from './program.ts';
import { knownIn, placeVersion, type Version } from './ranges.ts';

interface Data {
  versions: readonly string[];
  flags: Readonly<Record<string, string>>;
  gates?: Readonly<Record<string, string>>;
  plugins?: Readonly<Record<string, string>>;
  controllers?: Readonly<Record<string, string>>;
}

/** A path that is written out each, so that the bundler makes a file of each. */
const DATA: Record<ProgramName, () => Promise<{ default: Data }>> = {
  'kube-apiserver': () => import('./data/kube-apiserver.json', { with: { type: 'json' } }),
  'kube-controller-manager': () => import('./data/kube-controller-manager.json', { with: { type: 'json' } }),
  'kube-scheduler': () => import('./data/kube-scheduler.json', { with: { type: 'json' } }),
  etcd: () => import('./data/etcd.json', { with: { type: 'json' } }),
};

/** Taken out before the oldest version of the data (the changelogs of 1.15 to 1.27), and still in many a manifest. */
const OLD: Partial<Record<ProgramName, readonly string[]>> = {
  'kube-apiserver': ['insecure-port', 'insecure-bind-address', 'port', 'address', 'basic-auth-file', 'kubelet-https', 'kubelet-port', 'enable-swagger-ui', 'repair-malformed-updates', 'target-ram-mb', 'service-account-api-audiences'],
  'kube-controller-manager': ['port', 'address', 'pod-eviction-timeout', 'enable-taint-manager', 'experimental-cluster-signing-duration', 'deployment-controller-sync-period', 'horizontal-pod-autoscaler-use-rest-clients', 'register-retry-count'],
  'kube-scheduler': ['port', 'address', 'algorithm-provider', 'policy-config-file', 'policy-configmap', 'use-legacy-policy-config', 'lock-object-name', 'lock-object-namespace', 'scheduler-name', 'hard-pod-affinity-symmetric-weight'],
};

/** Undefined for another program. `gates`: names that the manifest sets; those that are gone are looked for in older minors. */
export async function loadProgram(name: string, version: string, gates: readonly string[] = []): Promise<Program | undefined> {
  if (!isProgram(name)) return undefined;
  const { default: data } = await DATA[name]();
  const place = placeVersion(version, data.versions);
  if (place === undefined) return undefined;
  const known = name === 'etcd' ? ownGates(data, place) : await gatesOf(version, data, place);
  const plugins = namesIn(data.plugins, data.versions, place);
  const controllers = namesIn(data.controllers, data.versions, place);
  return {
    name,
    version,
    exact: place.exact,
    flags: flagsOf(name, data, place),
    others: new Set([...Object.keys(data.flags).filter((flag) => knownIn(data.flags[flag] ?? '', data.versions, place) === undefined), ...(OLD[name] ?? [])]),
    ...(plugins.size > 0 && { plugins }),
    ...(controllers.size > 0 && { controllers }),
    ...(known && { gates: known }),
    gone: name === 'etcd' || known === undefined ? new Map() : await goneOf(version, gates.filter((gate) => !known.has(gate))),
  };
}

function flagsOf(name: ProgramName, data: Data, place: Version): Map<string, FlagType> {
  const flags = new Map<string, FlagType>();
  for (const [flag, text] of Object.entries(data.flags)) {
    const known = knownIn(text, data.versions, place);
    // it takes every value, and stands alone: nothing is said of it
    if (known === 'unsure') flags.set(flag, { type: '', bare: true });
    else if (known) flags.set(flag, { type: known.type.replace('[=]', ''), bare: known.type === 'bool' || known.type.endsWith('[=]') });
  }
  if (name === 'etcd') for (const flag of ['help', 'h', 'version']) flags.set(flag, { type: 'bool', bare: true });
  return flags;
}

function namesIn(list: Data['plugins'], versions: readonly string[], place: Version): Set<string> {
  return new Set(Object.entries(list ?? {}).flatMap(([name, text]) => (knownIn(text, versions, place) === undefined ? [] : [name])));
}

/** etcd lists all of its own; it has some from 3.6 on. */
function ownGates(data: Data, place: Version): Map<string, Gate> | undefined {
  const names = [...namesIn(data.gates, data.versions, place)];
  return names.length === 0 ? undefined : new Map(names.map((name) => [name, {}]));
}

/** Those of the kubelet of the same minor, which has them from the same source (pkg/features), and what --help lists. */
async function gatesOf(version: string, data: Data, place: Version): Promise<Map<string, Gate>> {
  const fields = await loadFields(version);
  const known = new Map<string, Gate>([...namesIn(data.gates, data.versions, place)].map((name) => [name, {}]));
  for (const { name, locked, default: on } of fields.gates()) known.set(name, locked ? { locked: on } : {});
  for (const name of ['AllAlpha', 'AllBeta']) known.set(name, {});
  return known;
}

async function goneOf(version: string, names: readonly string[]): Promise<Map<string, string>> {
  const gone = new Map<string, string>();
  const minor = /^1\.(\d+)/.exec(version)?.[1];
  for (const [index, older] of names.length === 0 ? [] : [...MINORS.entries()].reverse()) {
    if (Number(older.slice(2)) >= Number(minor)) continue;
    const fields = await loadFields(older);
    for (const name of names) if (!gone.has(name) && fields.gate(name) !== undefined) gone.set(name, MINORS[index + 1] ?? '');
  }
  return gone;
}
