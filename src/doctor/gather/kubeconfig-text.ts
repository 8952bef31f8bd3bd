/** A kubeconfig as its reader takes it (client-go clientcmd: current-context, then its cluster and user), with the places of what it says. */
import { createHash } from 'node:crypto';
import type { FieldPath } from '../../kubelet/field-path.ts';
import { nodesAt } from '../../kubelet/rules/place.ts';
import { editAt, positionOf, readSource } from '../../kubelet/source.ts';
import { parseYaml, rangeOf, type Yaml } from '../../kubelet/yaml.ts';
import { isMap, valueAt } from '../../manifests/rules/case.ts';
import type { Kubeconfig, KubeconfigKey } from '../pki/evidence.ts';

const CLUSTER_KEYS: readonly KubeconfigKey[] = ['server', 'certificate-authority', 'certificate-authority-data'];
const USER_KEYS: readonly KubeconfigKey[] = ['client-certificate', 'client-certificate-data', 'client-key', 'client-key-data'];

/** With the text of what is embedded, which stays with who reads it. */
export interface KubeconfigText {
  facts: Kubeconfig;
  values: Partial<Record<KubeconfigKey, string>>;
}

export function readKubeconfigText(file: string, bytes: Buffer): KubeconfigText {
  const facts: Kubeconfig = { file, there: true, sha256: createHash('sha256').update(bytes).digest('hex') };
  const source = readSource(file, bytes);
  const broken = (problem: string): KubeconfigText => ({ facts: { ...facts, problem }, values: {} });
  if (source === undefined) return broken('it is no text');
  if (source.text.trim() === '') return broken('the file is empty');
  const yaml = parseYaml(source);
  if (yaml.problem !== undefined) {
    const { message, start } = yaml.problem;
    return broken(`it is no YAML${start === undefined ? '' : `, line ${positionOf(source, start).line}`}: ${message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')}`);
  }
  if (!isMap(yaml.value)) return broken('it is no kubeconfig: there is no map at its top');
  const paths = inUse(yaml);
  if (typeof paths === 'string') return broken(paths);
  return withPlaces(yaml, facts, paths);
}

interface InUse {
  cluster: FieldPath;
  user: FieldPath;
  userName: string;
}

/** The cluster and the user of the context in use, or why there are none. */
function inUse(yaml: Yaml): InUse | string {
  const current = text(yaml, ['current-context']);
  if (current === undefined || current === '') return 'it has no current-context';
  const context = named(yaml, 'contexts', current);
  if (context === undefined) return `its current-context is ${current}, and it has no context of that name`;
  const [clusterName, userName] = [text(yaml, [...context, 'context', 'cluster']) ?? '', text(yaml, [...context, 'context', 'user']) ?? ''];
  const [cluster, user] = [named(yaml, 'clusters', clusterName), named(yaml, 'users', userName)];
  if (cluster === undefined) return `its context names the cluster ${clusterName || '""'}, and it has none of that name`;
  if (user === undefined) return `its context names the user ${userName || '""'}, and it has none of that name`;
  if ((text(yaml, [...cluster, 'cluster', 'server']) ?? '') === '') return 'its cluster has no server';
  return { cluster: [...cluster, 'cluster'], user: [...user, 'user'], userName };
}

function named(yaml: Yaml, list: string, name: string): FieldPath | undefined {
  const items = valueAt(yaml.value, [list]);
  const index = Array.isArray(items) ? items.findIndex((item) => valueAt(item, ['name']) === name) : -1;
  return index < 0 ? undefined : [list, index];
}

function text(yaml: Yaml, path: FieldPath): string | undefined {
  const value = valueAt(yaml.value, path);
  return typeof value === 'string' ? value : undefined;
}

function withPlaces(yaml: Yaml, facts: Kubeconfig, { cluster, user, userName }: InUse): KubeconfigText {
  const places: NonNullable<Kubeconfig['places']> = {};
  const values: KubeconfigText['values'] = {};
  for (const [owner, keys] of [[cluster, CLUSTER_KEYS], [user, USER_KEYS]] as const) {
    for (const key of keys) {
      const value = text(yaml, [...owner, key]);
      if (value === undefined || value === '') continue;
      values[key] = value;
      const nodes = nodesAt(yaml, [...owner, key]);
      if (nodes.key === undefined || nodes.value === undefined) continue;
      const [start, end] = [rangeOf(nodes.key)[0], rangeOf(nodes.value)[1]];
      const { offset, remove } = editAt(yaml.source, start, end, '');
      places[key] = { ...positionOf(yaml.source, start), offset, length: remove };
    }
  }
  const optional = {
    ...(places.server === undefined ? {} : { line: places.server.line }),
    // what is embedded counts before the file beside it (client-go rest/config.go, LoadTLSFiles)
    ...(values['client-certificate'] === undefined || values['client-certificate-data'] !== undefined ? {} : { clientCertificate: values['client-certificate'] }),
    ...(values['client-key'] === undefined || values['client-key-data'] !== undefined ? {} : { clientKey: values['client-key'] }),
    ...(values['certificate-authority'] === undefined || values['certificate-authority-data'] !== undefined ? {} : { authority: values['certificate-authority'] }),
  };
  return { facts: { ...facts, ...(values.server === undefined ? {} : { server: values.server }), user: userName, ...optional, places }, values };
}
