/** The templates say what kubeadm says: every manifest of four kubeadms, for nodes that differ in all that can differ. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromTemplate } from '../../../../src/recover/render/by-template.ts';
import { kubeadmConfig } from '../../../../src/recover/render/kubeadm-config.ts';
import { COMPONENTS } from '../../../../src/recover/render/parameters.ts';
import { nodesOf } from '../../../fixtures/kubeadm-manifests/nodes.ts';

const FIXTURES = new URL('../../../fixtures/kubeadm-manifests/', import.meta.url);
const flagsSorted = (text: string): string => text.replace(/( {4}- --.*\n)+/, (flags) => flags.split('\n').sort().join('\n'));
const versions = readdirSync(FIXTURES).filter((name) => /^\d/.test(name));
const read = (path: string): string => readFileSync(new URL(path, FIXTURES), 'utf8');

test('fixtures of the oldest and the newest kubeadm are there', () => {
  assert.ok(versions.includes('1.30.4') && versions.includes('1.37.2'), versions.join());
});

for (const version of versions) {
  test(`manifests from templates are those of kubeadm ${version} byte for byte, but for flags that it was told of, which it puts last`, () => {
    for (const [node, parameters] of Object.entries(nodesOf(version))) {
      for (const name of COMPONENTS) {
        const inOrder = node === 'joined' && name === 'etcd' ? flagsSorted : (text: string): string => text;
        assert.equal(inOrder(fromTemplate(name, parameters).toString()), inOrder(read(`${version}/${node}/${name}.yaml`)), `${node}: ${name}`);
      }
    }
  });

  test(`kubeadm ${version} took the configuration that is written for it now`, () => {
    for (const [node, parameters] of Object.entries(nodesOf(version))) assert.equal(kubeadmConfig(parameters, version), read(`${version}/${node}/kubeadm.yaml`), node);
  });
}

test('a CA key that is not on the node is not named', () => {
  const text = fromTemplate('kube-controller-manager', { ...(nodesOf('1.37.2').first ?? assert.fail()), externalCa: true }).toString();
  assert.match(text, /- --cluster-signing-cert-file=\n.*- --cluster-signing-key-file=\n/);
});
