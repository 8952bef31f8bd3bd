import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AGREEMENTS } from '../../../../src/kubelet/disturbance/agreements.ts';
import { amount, mayGrow } from '../../../../src/kubelet/disturbance/compare-values.ts';
import { disturbanceOf, together } from '../../../../src/kubelet/disturbance/disturbance.ts';
import { RULES, unsafeWithStaticPodPath } from '../../../../src/kubelet/disturbance/rules.ts';

const STATIC = { cpuManagerPolicy: 'static', memoryManagerPolicy: 'Static' };
const classOf = (path: string, from: unknown, to: unknown, minor = '1.37'): string => disturbanceOf(path, from, to, minor).class;

test('equal values disturb nothing, whatever the field', () => {
  for (const path of [...Object.keys(RULES), 'syncFrequency']) assert.deepEqual(disturbanceOf(path, { a: ['x'] }, { a: ['x'] }, '1.37'), { class: 'none' });
});

test('a field without a rule costs a restart of the kubelet', () => {
  assert.deepEqual(disturbanceOf('syncFrequency', '1m', '2m', '1.37'), { class: 'restart' });
  assert.equal(classOf('containerLogMaxSize', '10Mi', '20Mi'), 'restart');
});

test('policies of CPU and memory are drained for, and their state files set aside', () => {
  assert.deepEqual(disturbanceOf('cpuManagerPolicy', 'none', 'static', '1.37').stateFiles, ['cpu_manager_state']);
  assert.deepEqual(disturbanceOf('memoryManagerPolicy', 'None', 'Static', '1.30').stateFiles, ['memory_manager_state']);
  assert.equal(classOf('cpuManagerPolicy', 'none', 'static'), 'drain');
  assert.equal(classOf('topologyManagerPolicy', 'none', 'restricted'), 'containers');
  assert.equal(disturbanceOf('topologyManagerPolicy', 'none', 'restricted', '1.37').stateFiles, undefined);
});

test('of the options of the CPU policy only the strict reservation contradicts the state file', () => {
  assert.deepEqual(disturbanceOf('cpuManagerPolicyOptions.strict-cpu-reservation', undefined, 'true', '1.37').stateFiles, ['cpu_manager_state']);
  assert.equal(classOf('cpuManagerPolicyOptions', {}, { 'full-pcpus-only': 'true' }), 'containers');
});

test('reservations reach the state files only under static policies', () => {
  const more = [{ cpu: '500m', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }] as const;
  assert.equal(disturbanceOf('kubeReserved', ...more, '1.37', {}).class, 'containers');
  assert.deepEqual(disturbanceOf('kubeReserved', ...more, '1.37', { cpuManagerPolicy: 'static' }).stateFiles, ['cpu_manager_state']);
  assert.equal(disturbanceOf('kubeReserved', ...more, '1.37', { cpuManagerPolicy: 'static', reservedSystemCPUs: '0' }).class, 'containers');
  assert.equal(disturbanceOf('systemReserved.memory', '1Gi', '512Mi', '1.37', {}).class, 'restart');
  assert.equal(disturbanceOf('systemReserved.memory', '1Gi', '512Mi', '1.37', STATIC).class, 'drain');
  assert.equal(disturbanceOf('reservedMemory', [], [{ numaNode: 0, limits: { memory: '1Gi' } }], '1.37', {}).class, 'restart');
  assert.equal(disturbanceOf('reservedSystemCPUs', '', '0', '1.37', {}).class, 'containers');
  assert.equal(disturbanceOf('evictionHard.memory.available', '100Mi', '50Mi', '1.37', STATIC).class, 'drain');
});

test('stricter limits reach containers, looser ones do not', () => {
  assert.equal(classOf('maxPods', 110, 50), 'containers');
  assert.equal(classOf('maxPods', 110, 250), 'restart');
  assert.equal(classOf('podsPerCore', 0, 10), 'containers');
  assert.equal(classOf('podsPerCore', 10, 0), 'restart');
  assert.equal(classOf('evictionHard', { 'memory.available': '100Mi', 'nodefs.available': '10%' }, { 'memory.available': '0.1Gi', 'nodefs.available': '5%' }), 'containers');
  assert.equal(classOf('evictionHard', { 'memory.available': '100Mi', 'nodefs.available': '10%' }, { 'memory.available': '50Mi' }), 'restart');
  assert.equal(classOf('evictionHard.nodefs.available', '10%', '1Gi'), 'containers', 'not comparable: the worse one');
  assert.equal(classOf('evictionSoft.memory.available', undefined, '300Mi'), 'containers');
  assert.equal(classOf('allowedUnsafeSysctls', ['net.core.somaxconn'], []), 'containers');
  assert.equal(classOf('allowedUnsafeSysctls', [], ['net.core.somaxconn']), 'restart');
  assert.equal(classOf('enforceNodeAllocatable', ['pods'], ['none']), 'restart');
  assert.equal(classOf('enforceNodeAllocatable', ['pods'], ['pods', 'kube-reserved']), 'containers');
});

test('cgroups and another runtime are drained for; the same socket under another name is not', () => {
  for (const path of ['cgroupDriver', 'cgroupRoot', 'cgroupsPerQOS']) assert.equal(classOf(path, 'a', 'b'), 'drain');
  assert.match(disturbanceOf('cgroupDriver', 'cgroupfs', 'systemd', '1.31').why ?? '', /names its own driver/);
  assert.doesNotMatch(disturbanceOf('cgroupDriver', 'cgroupfs', 'systemd', '1.30').why ?? '', /names its own driver/);
  const runtime = (from: string, to: string): string => classOf('containerRuntimeEndpoint', from, to);
  assert.equal(runtime('unix:///run/containerd/containerd.sock', 'unix:///run/crio/crio.sock'), 'drain');
  assert.equal(runtime('unix:///run/containerd/containerd.sock', '/var/run/containerd/containerd.sock'), 'restart');
});

test('a value inside another is judged by the nearest rule, a whole object by its parts', () => {
  assert.equal(classOf('featureGates.NodeSwap', false, true), 'containers');
  assert.match(disturbanceOf('authentication.webhook.cacheTTL', '2m', '1m', '1.37').why ?? '', /log in/);
  assert.equal(classOf('userNamespaces', { idsPerPod: 65536 }, { idsPerPod: 131072 }), 'drain');
  assert.equal(classOf('userNamespaces', { other: 1 }, { other: 2 }), 'restart');
  assert.match(disturbanceOf('registerWithTaints[0].key', 'a', 'b', '1.37').why ?? '', /kubectl taint/);
});

test('fields that the kubelet ignores disturb nothing', () => {
  for (const path of ['iptablesDropBit', 'iptablesMasqueradeBit', 'hairpinMode', 'streamingConnectionIdleTimeout']) assert.equal(classOf(path, 1, 2), 'none');
});

test('changes of one restart disturb as the worst of them does', () => {
  const all = [
    disturbanceOf('clusterDNS', ['10.96.0.10'], ['10.96.0.11'], '1.37'),
    disturbanceOf('cpuManagerPolicy', 'none', 'static', '1.37'),
    disturbanceOf('memoryManagerPolicy', 'None', 'Static', '1.37'),
    disturbanceOf('systemCgroups', '', '/system', '1.37'),
  ];
  assert.deepEqual(together(all), {
    class: 'drain',
    why: 'each pod is admitted anew, and one that no longer fits is stopped',
    stateFiles: ['cpu_manager_state', 'memory_manager_state'],
    reboot: true,
  });
  assert.deepEqual(together([]), { class: 'none' });
});

test('what moves or admits pods is not changed together with staticPodPath', () => {
  for (const path of ['cgroupDriver', 'maxPods', 'evictionHard.memory.available', 'featureGates.NodeSwap', 'port']) assert.ok(unsafeWithStaticPodPath(path), path);
  for (const path of ['clusterDNS', 'syncFrequency', 'staticPodPath']) assert.ok(!unsafeWithStaticPodPath(path), path);
});

test('every reason is half a sentence: it stands behind a colon', () => {
  const whys = [...Object.values(RULES), ...Object.values(AGREEMENTS)].flatMap((rule) => (typeof rule === 'function' ? rule({ from: 9, to: 1, minor: '1.37' }) : rule).why ?? []);
  assert.ok(whys.length > 40);
  for (const why of whys) {
    assert.match(why, /^[a-z0-9].*[^.!]$/, why);
    assert.doesNotMatch(why, /^(kubectl|kubeadm|kcfg)/, `${why}: it can begin a sentence`);
  }
});

test('quantities compare as the kubelet reads them', () => {
  assert.deepEqual(amount('1.5Gi'), { of: 'quantity', value: 1.5 * 2 ** 30 });
  assert.deepEqual(amount('5%'), { of: 'percent', value: 5 });
  assert.equal(amount('much'), undefined);
  assert.equal(mayGrow('1Gi', '1000Mi'), false);
  assert.equal(mayGrow('500m', 1), true);
  fc.assert(
    fc.property(fc.nat(4000), fc.nat(4000), (a, b) => {
      assert.equal(mayGrow(`${a}Mi`, `${b * 1024}Ki`), b > a);
      assert.equal(mayGrow(`${a}m`, String(b / 1000)), b / 1000 > a * 1e-3);
    }),
  );
});
