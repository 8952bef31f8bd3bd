/** kubeadm's own manifests of each version, and the judge with what is known of their programs, on no node. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Finding } from '../../../src/kubelet/rules/finding.ts';
import { programFacts } from '../../../src/manifests/programs/of-manifest.ts';
import type { Facts } from '../../../src/manifests/rules/case.ts';
import { judgeManifest, readableText, readManifestText } from '../../../src/manifests/rules/judge-manifest.ts';

const FIXTURES = `${import.meta.dirname}/../../fixtures/kubeadm-manifests`;
export const VERSIONS = readdirSync(FIXTURES).filter((name) => /^\d/.test(name)).sort();
export const NODES = ['first', 'joined', 'ipv6'];
export const PODS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

export function kubeadmText(pod: string, version = '1.37.2', node = 'first'): string {
  return readFileSync(`${FIXTURES}/${version}/${node}/${pod}.yaml`, 'utf8');
}

export async function judged(text: string, kubeletVersion = '1.37.2', more: Facts = {}, file = 'f.yaml'): Promise<Finding[]> {
  const bytes = Buffer.from(text);
  const yaml = readManifestText(file, readableText(bytes, file));
  const facts = 'id' in yaml ? {} : await programFacts({ yaml, facts: {} });
  return judgeManifest(file, bytes, { kubeletVersion, ...facts, ...more });
}

export function swap(text: string, from: string | RegExp, to: string): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${String(from)} is not there`);
  return changed;
}
