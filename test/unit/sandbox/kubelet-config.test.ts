import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadSettings, type Verdict } from '../../../src/sandbox/kubelet-config.ts';

const HEAD = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';

function load(t: TestContext, files: Record<string, string>, ...flags: string[]): Verdict {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-'));
  t.after(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return loadSettings(root, ['--config=/etc/kubelet/config.yaml', ...flags]);
}

test('flags win over drop-ins, drop-ins over the file, the later over the earlier', (t) => {
  const files = {
    'etc/kubelet/config.yaml': `${HEAD}staticPodPath: /a\nmaxPods: 1\nevictionHard: {memory.available: 1Mi, nodefs.available: 5%}\n`,
    'etc/d/10.conf': `${HEAD}staticPodPath: /b\nmaxPods: 2\n`,
    'etc/d/20.conf': `${HEAD}staticPodPath: /c\nevictionHard: {nodefs.available: null}\n`,
    'etc/d/30.txt': `${HEAD}staticPodPath: /d\n`,
  };
  const { settings } = load(t, files, '--config-dir=/etc/d');
  assert.deepEqual([settings.staticPodPath, settings.maxPods, settings.evictionHard], ['/c', 2, { 'memory.available': '1Mi' }]);
  assert.equal(load(t, files, '--config-dir=/etc/d', '--pod-manifest-path=/e').settings.staticPodPath, '/e');
});

test('a relative path in the file is the neighbour of the file', (t) => {
  assert.equal(
    load(t, { 'etc/kubelet/config.yaml': `${HEAD}staticPodPath: manifests\n` }).settings.staticPodPath,
    '/etc/kubelet/manifests',
  );
});

test('an unknown field is a warning, a wrong type the end', (t) => {
  const { warnings } = load(t, { 'etc/kubelet/config.yaml': `${HEAD}evictionHrad: {}\nmaxPods: 1\nmaxPods: 2\n` });
  assert.deepEqual(warnings, [
    {
      message: 'Using lenient decoding as strict decoding failed',
      rest: 'err="strict decoding error: key \\"maxPods\\" already set in map, unknown field \\"evictionHrad\\""',
    },
  ]);
  assert.throws(() => load(t, { 'etc/kubelet/config.yaml': `${HEAD}maxPods: "150"\n` }), {
    message:
      'failed to load kubelet config file, path: /etc/kubelet/config.yaml, error: failed to load Kubelet config file /etc/kubelet/config.yaml, error failed to decode: json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32',
  });
});

test('what stops a kubelet at its start stops this one, in its words', (t) => {
  const refused: [string, RegExp][] = [
    ['', /kubelet config file "\/etc\/kubelet\/config.yaml" was empty/],
    [`${HEAD}maxPods: [1\n`, /failed to decode: yaml: line \d+: /],
    [
      `${HEAD}imageGCHighThresholdPercent: 80\nimageGCLowThresholdPercent: 85\n`,
      /85 must be less than imageGCHighThresholdPercent/,
    ],
    [
      `${HEAD}staticPodPath: 5\n`,
      /cannot unmarshal number into Go struct field KubeletConfiguration.staticPodPath of type string/,
    ],
  ];
  for (const [text, words] of refused) assert.throws(() => load(t, { 'etc/kubelet/config.yaml': text }), words);
  assert.throws(() => load(t, {}), /open \/etc\/kubelet\/config.yaml: no such file or directory/);
  assert.throws(
    () => load(t, { 'etc/kubelet/config.yaml': HEAD }, '--nope'),
    /failed to parse kubelet flag: unknown flag: --nope/,
  );
  const twice = { 'etc/kubelet/config.yaml': HEAD, 'etc/d/1.conf': `${HEAD}maxPods: 1\nmaxPods: 2\n` };
  assert.throws(() => load(t, twice, '--config-dir=/etc/d'), /already set in map/);
});
