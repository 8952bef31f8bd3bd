/** Proxy variables of a manifest. kubeadm copies those of the shell at init into every one (kubeadm images GetProxyEnvVars). Values can hold passwords: names alone. Pure. */
import { placeOf } from '../../kubelet/rules/place.ts';
import type { Yaml } from '../../kubelet/yaml.ts';
import { isMap, valueAt } from '../../manifests/rules/case.ts';
import { behindItem } from '../../manifests/rules/mend.ts';
import type { EntryFacts } from '../evidence.ts';

export function proxiesOf(yaml: Yaml | undefined): Pick<EntryFacts, 'proxies'> {
  if (yaml === undefined) return {};
  const containers = valueAt(yaml.value, ['spec', 'containers']);
  const variables = (Array.isArray(containers) ? containers : []).flatMap((container: unknown, at) => {
    const env = isMap(container) ? container['env'] : undefined;
    return Array.isArray(env) ? env.map((variable: unknown, index) => ({ path: ['spec', 'containers', at, 'env', index], name: String(isMap(variable) ? variable['name'] : ''), value: isMap(variable) ? variable['value'] : undefined })) : [];
  });
  const own = variables.filter(({ name }) => /^https?_proxy$/i.test(name));
  const [first] = own;
  if (first === undefined) return {};
  const without = variables.find(({ name }) => /^no_proxy$/i.test(name))?.value;
  const behind = behindItem(yaml, first.path);
  return { proxies: { names: [...new Set(own.map(({ name }) => name))], where: placeOf(yaml, [...first.path, 'name']), ...(behind === undefined ? {} : { behind }), ...(typeof without === 'string' ? { noProxy: without } : {}) } };
}
