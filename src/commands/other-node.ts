/** Another node's settings from a file: the saved output of `kcfg get --all -o json` (or yaml), or its config.yaml. */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { readConfig } from '../kubelet/document.ts';
import { parseFieldPath } from '../kubelet/field-path.ts';
import type { FieldSet } from '../kubelet/fields/field-set.ts';
import { type Data, fillDefaults, isMap } from '../kubelet/merge.ts';

export interface OtherNode {
  name: string;
  value: Data;
}

export async function readOther(host: Host, file: string, fields: FieldSet): Promise<OtherNode> {
  const bytes = await host.readOwn(file);
  if (bytes === undefined) throw new KcfgError('usage', `there is no file ${file}`, { help: ['save one on the other node: kcfg get --all -o json >FILE'] });
  const { value } = readConfig(file, bytes);
  const base = file.replace(/^.*\//, '');
  if (!Array.isArray(value['fields'])) return { name: base, value: fillDefaults(value, fields) };
  let data: Data = {};
  for (const each of value['fields'] as unknown[]) {
    if (!isMap(each) || typeof each['field'] !== 'string') throw notSaved(file);
    if (each['value'] === null) continue;
    // a field that this kubelet does not know is told as it stands there
    const path = pathOf(each['field'], fields);
    data = put(data, path, each['value']) as Data;
  }
  return { name: typeof value['node'] === 'string' ? value['node'] : base, value: data };
}

function pathOf(field: string, fields: FieldSet): readonly (string | number)[] {
  try {
    return parseFieldPath(field, fields).path;
  } catch (error) {
    if (error instanceof KcfgError) return [field];
    throw error;
  }
}

function put(data: unknown, [name, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (name === undefined) return value;
  const map = isMap(data) ? data : {};
  return { ...map, [name]: put(map[name], rest, value) };
}

function notSaved(file: string): KcfgError {
  return new KcfgError('usage', `${file} is not the saved output of kcfg get --all`, { help: ['save one on the other node: kcfg get --all -o json >FILE'] });
}
