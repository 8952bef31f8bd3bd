import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldSetFrom } from '../../../../src/kubelet/fields/from-data.ts';
import type { Field, FieldSet } from '../../../../src/kubelet/fields/field-set.ts';
import { loadFields, MINORS } from '../../../../src/kubelet/fields/load.ts';

const newest = await loadFields(undefined);
const at = (fields: FieldSet, ...path: (string | number)[]): Field => fields.field(path) ?? assert.fail(`no ${path.join('.')}`);

test('every leaf is found by its path, in every version', async () => {
  for (const minor of MINORS) {
    const fields = await loadFields(minor);
    for (const leaf of fields.leaves()) {
      assert.notEqual(leaf.type.kind, 'object');
      assert.deepEqual(at(fields, ...leaf.path.split('.')), leaf);
    }
    assert.equal(new Set(fields.leaves().map(({ path }) => path)).size, fields.leaves().length);
  }
});

describe('a path', () => {
  test('of an item of a list, and of what is in it', () => {
    assert.deepEqual(at(newest, 'registerWithTaints', 0).type, { kind: 'object', go: 'v1.Taint', structure: 'v1.Taint' });
    const effect = at(newest, 'registerWithTaints', 12, 'effect');
    assert.deepEqual([effect.path, effect.name, effect.type.values], ['registerWithTaints[].effect', 'effect', ['NoSchedule', 'PreferNoSchedule', 'NoExecute']]);
    assert.deepEqual(newest.structure('v1.Taint', 'registerWithTaints[]').map(({ path }) => path).slice(0, 2), ['registerWithTaints[].effect', 'registerWithTaints[].key']);
  });

  test('of any key of a map, whatever it is called', () => {
    for (const key of ['memory.available', 'constructor', '']) {
      const found = at(newest, 'evictionHard', key);
      assert.deepEqual([found.path, found.name, found.type.kind, 'default' in found], ['evictionHard.*', key, 'string', false]);
    }
    assert.equal(at(newest, 'reservedMemory', 0, 'limits', 'memory').type.kind, 'quantity');
    assert.equal(at(newest, 'staticPodURLHeader', 'X-A', 0).path, 'staticPodURLHeader.*[]');
  });

  test('of nothing', () => {
    for (const path of [[], ['maxpods'], ['constructor'], ['maxPods', 'x'], ['maxPods', 0], ['evictionHard', 0], ['registerWithTaints', 'key'], [0], ['authentication', 'toString'], ['kind'], ['apiVersion']]) {
      assert.equal(newest.field(path), undefined, path.join('.'));
    }
  });
});

describe('what is known of a field', () => {
  test('a plain one', () => {
    const wanted: Field = { path: 'maxPods', name: 'maxPods', type: { kind: 'integer', go: 'int32', min: -(2 ** 31), max: 2 ** 31 - 1 }, default: 110, since: '1.28', flag: 'max-pods' };
    assert.deepEqual(at(newest, 'maxPods'), wanted);
  });

  test('types', () => {
    const kind = (...path: string[]) => at(newest, ...path).type.kind;
    assert.equal(kind('authentication', 'webhook', 'cacheTTL'), 'duration');
    assert.equal(kind('logging', 'flushFrequency'), 'time-or-duration');
    assert.equal(kind('logging', 'options', 'text', 'infoBufferSize'), 'quantity');
    assert.equal(kind('memoryThrottlingFactor'), 'number');
    assert.equal(kind('crashLoopBackOff'), 'object');
    assert.deepEqual(at(newest, 'logging', 'verbosity').type, { kind: 'integer', go: 'VerbosityLevel', min: 0, max: 2 ** 32 - 1 });
    assert.deepEqual(at(newest, 'featureGates').type, { kind: 'map', go: 'map[string]bool', element: { kind: 'bool', go: 'bool' } });
  });

  test('defaults: as filled in, nil as nothing, zero where nothing cannot be', () => {
    const value = (...path: string[]) => at(newest, ...path).default;
    assert.equal(value('authentication', 'anonymous', 'enabled'), false);
    assert.equal(value('volumePluginDir'), '/usr/libexec/kubernetes/kubelet-plugins/volume/exec/');
    assert.deepEqual(value('enforceNodeAllocatable'), ['pods']);
    assert.deepEqual(value('evictionHard'), { 'imagefs.available': '15%', 'imagefs.inodesFree': '5%', 'memory.available': '100Mi', 'nodefs.available': '10%', 'nodefs.inodesFree': '5%' });
    assert.equal(value('readOnlyPort'), 0);
    assert.equal(value('rotateCertificates'), false);
    for (const name of ['staticPodPath', 'maxParallelImagePulls', 'kubeReserved', 'singleProcessOOMKill']) assert.equal('default' in at(newest, name), false, name);
    assert.equal(value('tracing', 'samplingRatePerMillion'), undefined);
  });

  test('the texts that it takes', () => {
    assert.deepEqual(at(newest, 'cpuManagerPolicy').type.values, ['none', 'static']);
    assert.deepEqual(at(newest, 'cgroupDriver').type.named, ['cgroupfs', 'systemd']);
    assert.equal(at(newest, 'cgroupDriver').type.values, undefined);
  });

  test('a default is one of them', async () => {
    for (const minor of MINORS) {
      for (const { path, type, default: value } of (await loadFields(minor)).leaves()) {
        if (type.values && value !== undefined) assert.ok(type.values.includes(String(value)), `${path} in ${minor}`);
      }
    }
  });
});

describe('versions differ', () => {
  const by = async (minor: string, ...path: (string | number)[]) => at(await loadFields(minor), ...path);

  test('in when a field came', async () => {
    const since = Object.fromEntries(newest.leaves().filter((one) => one.since !== '1.28').map((one) => [one.path, one.since]));
    assert.deepEqual(since, {
      containerLogMaxWorkers: '1.30', containerLogMonitorInterval: '1.30', 'crashLoopBackOff.maxContainerRestartPeriod': '1.32',
      defaultPodSysctls: '1.37', failCgroupV1: '1.31', imageMaximumGCAge: '1.29', imagePullCredentialsVerificationPolicy: '1.33',
      'logging.options.text.infoBufferSize': '1.30', 'logging.options.text.splitStream': '1.30', memoryReservationPolicy: '1.36',
      mergeDefaultEvictionSettings: '1.33', podLogsDir: '1.30', preloadedImagesVerificationAllowlist: '1.33',
      singleProcessOOMKill: '1.32', tlsCurvePreferences: '1.36', 'userNamespaces.idsPerPod': '1.33',
    });
    assert.equal((await loadFields('1.30')).field(['failCgroupV1']), undefined);
  });

  test('in defaults', async () => {
    assert.deepEqual([(await by('1.34', 'failCgroupV1')).default, (await by('1.35', 'failCgroupV1')).default], [false, true]);
    assert.deepEqual([(await by('1.36', 'memoryThrottlingFactor')).default, (await by('1.37', 'memoryThrottlingFactor')).default], [0.9, undefined]);
    assert.equal(Object.hasOwn((await by('1.29', 'evictionHard')).default as object, 'imagefs.inodesFree'), false);
  });

  test('in the texts they take', async () => {
    assert.deepEqual((await by('1.29', 'memorySwap', 'swapBehavior')).type.values, ['LimitedSwap', 'UnlimitedSwap']);
    assert.deepEqual((await by('1.30', 'memorySwap', 'swapBehavior')).type.values, ['NoSwap', 'LimitedSwap']);
    assert.equal((await by('1.31', 'enforceNodeAllocatable', 0)).type.values?.includes('kube-reserved-compressible'), false);
    assert.equal((await by('1.32', 'enforceNodeAllocatable', 0)).type.values?.includes('kube-reserved-compressible'), true);
  });

  test('in gates of fields: none where it cannot be off', async () => {
    assert.equal((await by('1.33', 'memorySwap', 'swapBehavior')).gate, 'NodeSwap');
    assert.equal((await by('1.34', 'memorySwap', 'swapBehavior')).gate, undefined);
    assert.equal((await by('1.33', 'userNamespaces')).gate, 'UserNamespacesSupport');
    assert.equal((await by('1.29', 'imageMaximumGCAge')).gate, 'ImageMaximumGCAge');
  });

  test('in gates', async () => {
    const gate = async (minor: string, name: string) => (await loadFields(minor)).gate(name);
    assert.deepEqual(await gate('1.29', 'NodeSwap'), { name: 'NodeSwap', stage: 'beta', default: false, locked: false });
    assert.deepEqual(await gate('1.34', 'NodeSwap'), { name: 'NodeSwap', stage: 'stable', default: true, locked: true });
    assert.equal(await gate('1.32', 'KubeletEnsureSecretPulledImages'), undefined);
    assert.deepEqual((await gate('1.37', 'DRAFractionalCapacityRange')), { name: 'DRAFractionalCapacityRange', stage: 'beta', default: false, locked: false, needs: ['DRAConsumableCapacity'] });
  });
});

describe('gates', () => {
  test('are listed as they are found', () => {
    for (const gate of newest.gates()) assert.deepEqual(newest.gate(gate.name), gate);
    assert.equal(newest.gate('toString'), undefined);
  });

  test('come from every table that the kubelet registers', () => {
    for (const [name, table] of Object.entries({
      AllAlpha: 'component-base/featuregate', LoggingAlphaOptions: 'component-base/logs', APIServerIdentity: 'apiserver', WatchListClient: 'client-go',
      ComponentStatusz: 'component-base/zpages', CloudControllerManagerWebhook: 'controller-manager', MemoryQoS: 'kubernetes',
      ControllerManagerReleaseLeaderElectionLockOnExit: 'controller-manager alone', CRDObservedGenerationTracking: 'apiextensions-apiserver',
    })) assert.ok(newest.gate(name), `${name} of ${table}`);
  });

  test('are there for what they need and for the fields that need them', async () => {
    for (const minor of MINORS) {
      const fields = await loadFields(minor);
      const named = [...fields.gates().flatMap(({ needs = [] }) => needs), ...fields.leaves().flatMap(({ gate }) => gate ?? [])];
      assert.deepEqual(named.filter((name) => !fields.gate(name)), [], minor);
    }
  });
});

describe('flags', () => {
  test('lead to their fields', async () => {
    const paths = Object.fromEntries(['pod-manifest-path', 'v', 'client-ca-file', 'rotate-server-certificates', 'register-with-taints', 'event-qps', 'log-text-split-stream', 'pod_manifest_path'].map((flag) => [flag, newest.byFlag(flag)?.path]));
    assert.deepEqual(paths, {
      'pod-manifest-path': 'staticPodPath', v: 'logging.verbosity', 'client-ca-file': 'authentication.x509.clientCAFile', 'rotate-server-certificates': 'serverTLSBootstrap',
      'register-with-taints': 'registerWithTaints', 'event-qps': 'eventRecordQPS', 'log-text-split-stream': 'logging.options.text.splitStream', pod_manifest_path: 'staticPodPath',
    });
    assert.equal(newest.byFlag('kubeconfig'), undefined);
    assert.equal(newest.byFlag('constructor'), undefined);
  });

  test('come and go', async () => {
    assert.equal((await loadFields('1.30')).byFlag('iptables-drop-bit')?.path, 'iptablesDropBit');
    assert.equal((await loadFields('1.31')).byFlag('iptables-drop-bit'), undefined);
  });
});

test('what the data leaves out goes without saying', () => {
  const fields = fieldSetFrom({ minor: '1.40', version: '1.40.0', structures: { KubeletConfiguration: { a: { kind: 'bool' } } }, gates: {} }, '1.39', true);
  assert.deepEqual(fields.top, [{ path: 'a', name: 'a', type: { kind: 'bool', go: 'bool' }, since: '1.39' }]);
});
