/**
 * apiVersion and kind. The kubelet looks for them twice: first regardless of capitals, then by exact name
 * (apimachinery runtime/serializer/json/meta.go, json.go:150-230@0.37.2).
 */
import type { FieldSet } from '../fields/field-set.ts';
import { nearest } from '../../nearest.ts';
import type { Finding } from './finding.ts';
import type { LayerFile } from './layer-file.ts';
import { placeOf } from './place.ts';

export const API_VERSION = 'kubelet.config.k8s.io/v1beta1';
export const KIND = 'KubeletConfiguration';

export function kindFindings(layer: LayerFile, fields: FieldSet): Finding[] {
  const seen = (name: string): unknown => {
    const keys = Object.keys(layer.data).filter((key) => key.toLowerCase() === name.toLowerCase());
    const key = layer.yaml.format === 'yaml' ? keys.sort().at(-1) : keys.at(-1);
    return key === undefined ? undefined : layer.data[key];
  };
  const drop = layer.kind === 'drop-in';
  const findings: Finding[] = [];
  for (const [name, right] of [['apiVersion', API_VERSION], ['kind', KIND]] as const) {
    const value = seen(name);
    if (value !== undefined && value !== null && typeof value !== 'string') {
      findings.push(wrong(layer, name, right, `${name} is text`, "couldn't get version/kind; json parse error"));
      continue;
    }
    const counts = drop ? layer.data[name] : value;
    // up to 1.31 of a drop-in's kind only that it is there counts (server.go:333-357@1.31.14)
    const old = drop && Number(fields.minor.split('.')[1]) <= 31;
    const text = typeof counts === 'string' ? counts : '';
    if (text === '' && !(old && name === 'apiVersion')) findings.push(missing(layer, name, right));
    else if (text !== right && !old) findings.push(wrong(layer, name, right, `${name} is ${text}, and the kubelet reads ${right}`));
    else if (old && name === 'apiVersion' && text.split('/').length > 2) findings.push(wrong(layer, name, right, `${name} is ${text}, and the kubelet reads ${right}`));
  }
  return findings;
}

function missing(layer: LayerFile, name: string, right: string): Finding {
  const other = Object.keys(layer.data).find((key) => key !== name && (key.toLowerCase() === name.toLowerCase() || nearest(key, [name]) !== undefined));
  const where = other === undefined ? { file: layer.yaml.source.file } : placeOf(layer.yaml, [other], name, 'key');
  return {
    ...{ id: 'api-version', severity: 'error', message: `${name} is missing`, where: [where], notes: [] },
    ...{ help: ['write at the top:', `  ${name}: ${right}`], kubelet: `Object '${name === 'kind' ? 'Kind' : 'apiVersion'}' is missing`, when: 'load' },
  };
}

function wrong(layer: LayerFile, name: string, right: string, message: string, kubelet?: string): Finding {
  const where = [placeOf(layer.yaml, [name], right)];
  return { id: 'api-version', severity: 'error', message, where, notes: [], help: [], ...(kubelet && { kubelet }), when: 'load' };
}
