/** kcfg's picture of a configuration is what a kubelet ends up with: random settings on random layers, kcfg against the pretend kubelet. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { readConfig } from '../../../src/kubelet/document.ts';
import { valueAt, writeFieldPath } from '../../../src/kubelet/field-path.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { listFlags } from '../../../src/kubelet/flags.ts';
import { dropInFiles, layerConfig } from '../../../src/kubelet/layers.ts';
import { loadSettings } from '../../../src/sandbox/kubelet-config.ts';

const CONFIG = '/etc/kubelet.yaml';
const DROP_INS = '/etc/kubelet.conf.d';
const HEAD = { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' };
const fields = await loadFields('1.37');
const root = mkdtempSync(join(tmpdir(), 'kcfg-layers-'));
after(() => rmSync(root, { recursive: true }));

/** Legal in any combination. */
const size = fc.constantFrom('100Mi', '5%', '1Gi');
const settings = (nulls: boolean) =>
  fc.record(
    {
      maxPods: fc.constantFrom(0, 50, 110, 250, ...(nulls ? [null] : [])),
      fileCheckFrequency: fc.constantFrom('0s', '20s', '1m0s', ...(nulls ? [null] : [])),
      registryPullQPS: fc.constantFrom(0, 5, 7),
      clusterDNS: fc.constantFrom([], ['10.96.0.10'], ['10.96.0.10', 'fd00::a'], ...(nulls ? [null] : [])),
      clusterDomain: fc.constantFrom('', 'a.example'),
      staticPodPath: fc.constantFrom('', '/a', 'b/c', ...(nulls ? [null] : [])),
      evictionHard: fc.oneof(fc.dictionary(fc.constantFrom('memory.available', 'nodefs.available', 'pid.available'), nulls ? fc.oneof(size, fc.constant(null)) : size), fc.constant(nulls ? null : {})),
      kubeReserved: fc.dictionary(fc.constantFrom('cpu', 'memory'), fc.constantFrom('100m', '1')),
      featureGates: fc.dictionary(fc.constantFrom('QOSReserved', 'MemoryQoS'), fc.boolean()),
      authentication: fc.record({ anonymous: fc.record({ enabled: fc.boolean() }), webhook: fc.record({ cacheTTL: fc.constantFrom('0s', '3m0s') }) }, { requiredKeys: [] }),
      logging: fc.record({ verbosity: fc.constantFrom(0, 2, 4) }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  );
const flags = fc.subarray(['--max-pods=70', '--max-pods=0', '--cluster-dns=1.1.1.1', '--cluster-dns=2.2.2.2', '--eviction-hard=memory.available<2Gi', '--anonymous-auth', '--kube-reserved=memory=1Gi', '--registry-qps=0', '--v=3', '--pod-manifest-path=/flag']);
const names = fc.uniqueArray(fc.constantFrom('10-a.conf', '10-a/x.conf', '20.conf', '5.conf', 'notes.txt', 'Z.conf'), { maxLength: 4 });

/** /configz leaves an empty map out. */
const told = (value: unknown): unknown => (typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? null : (value ?? null));

test('the winner of each layer, and the sum of all', () => {
  fc.assert(
    fc.property(settings(false), names, fc.array(settings(true), { minLength: 4, maxLength: 4 }), flags, (file, files, contents, argv) => {
      rmSync(join(root, 'etc'), { recursive: true, force: true });
      mkdirSync(join(root, DROP_INS), { recursive: true });
      const put = (path: string, data: object): Buffer => {
        const bytes = Buffer.from(JSON.stringify({ ...HEAD, ...data }));
        mkdirSync(dirname(join(root, path)), { recursive: true });
        writeFileSync(join(root, path), bytes);
        return bytes;
      };
      const config = readConfig(CONFIG, put(CONFIG, file));
      const written = new Map(files.map((name, i): [string, Buffer] => [name, put(`${DROP_INS}/${name}`, contents[i] ?? {})]));
      const dropIns = dropInFiles(files).map((name) => readConfig(`${DROP_INS}/${name}`, written.get(name) ?? Buffer.alloc(0)));
      const all = [`--config=${CONFIG}`, `--config-dir=${DROP_INS}`, '--kubeconfig=/etc/kubelet.conf', ...argv];
      const layered = layerConfig({ fields, flags: listFlags(all), flagSource: () => undefined, config, dropIns, configFile: CONFIG });
      const kubelet = loadSettings(root, all, (path) => join(root, path)).settings;
      for (const { path } of fields.leaves()) {
        const at = path.split('.');
        assert.deepEqual(told(valueAt(layered.value, at)), told(valueAt(kubelet, at)), path);
      }
      // what is shown of one value is what counts, key by key
      for (const at of [['maxPods'], ['clusterDNS'], ['staticPodPath'], ['fileCheckFrequency'], ['evictionHard', 'memory.available'], ['evictionHard', 'pid.available'], ['kubeReserved', 'cpu'], ['featureGates', 'QOSReserved'], ['authentication', 'webhook', 'cacheTTL']]) {
        assert.deepEqual(layered.layersOf(at)[0]?.value ?? null, valueAt(kubelet, at) ?? null, writeFieldPath(at));
      }
    }),
    { numRuns: 300 },
  );
});
