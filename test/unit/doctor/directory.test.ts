/** The directory of static pods, images, and what the kubelet does not get out of by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause } from '../../../src/doctor/cause.ts';
import { diagnose } from '../../../src/doctor/diagnose.ts';
import type { EntryFacts, Evidence, PodFacts } from '../../../src/doctor/evidence.ts';
import { DIRECTORY, healthy } from './healthy.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';

function changed(change: (evidence: Evidence) => void): Evidence {
  const evidence = healthy();
  evidence.kubeconfigs = [{ file: '/etc/kubernetes/kubelet.conf', there: true, server: 'https://10.0.0.1:6443' }];
  evidence.unit?.argv.push('--kubeconfig=/etc/kubernetes/kubelet.conf');
  evidence.kubelet.files = { [CONFIG]: 'sum' };
  evidence.kubelet.settings = { staticPodPath: { value: DIRECTORY, where: { file: CONFIG, line: 47 }, bytes: { offset: 900, length: 25 } } };
  change(evidence);
  return evidence;
}
function first(evidence: Evidence): Cause {
  return diagnose(evidence).causes[0] ?? assert.fail('nothing was found');
}
function entry(evidence: Evidence, name: string): EntryFacts {
  return evidence.directory.entries.find((each) => each.pod?.name === name) ?? assert.fail(`no ${name}`);
}
function pod(evidence: Evidence, name: string): PodFacts {
  return evidence.pods.find((each) => each.name === name) ?? assert.fail(`no ${name}`);
}
function without(evidence: Evidence, name: string): void {
  evidence.directory.entries = evidence.directory.entries.filter((each) => each.pod?.name !== name);
  pod(evidence, name).state = 'absent';
}
const SCHEDULER = 'kube-scheduler';

test('a path that leads elsewhere is set back to where the manifests are, by an edit', () => {
  const evidence = changed(({ directory, pods, kubelet }) => {
    Object.assign(kubelet, { staticPodPath: '/etc/kubernetes/manifest' });
    Object.assign(directory, { path: '/etc/kubernetes/manifest', readable: false, entries: [], others: [{ path: DIRECTORY, pods: ['etcd', 'kube-apiserver'] }] });
    delete directory.kind;
    for (const each of pods) each.state = 'down';
  });
  const { id, fix, now } = first(evidence);
  assert.deepEqual([id, now, fix], ['static-pod-path', true, { kind: 'edit', file: CONFIG, sha256: 'sum', edits: [{ offset: 900, remove: 25, insert: DIRECTORY }] }]);
});

test('a directory that is gone whole: it first, then each manifest with its way back', () => {
  const { causes } = diagnose(changed(({ directory, pods }) => {
    Object.assign(directory, { readable: false, entries: [] });
    delete directory.kind;
    for (const each of pods) each.state = 'down';
  }));
  assert.deepEqual(causes.map(({ id }) => id).slice(0, 2), ['missing-directory', 'no-manifest']);
  assert.deepEqual(causes.flatMap(({ fix }) => (fix?.kind === 'restore' ? [fix.pod] : [])).sort(), ['etcd', 'kube-apiserver', 'kube-controller-manager', SCHEDULER]);
});

test('a manifest that was moved away is told with the place where it lies', () => {
  const evidence = changed((each) => {
    without(each, SCHEDULER);
    each.directory.elsewhere = [{ path: '/root/kube-scheduler.yaml', pod: SCHEDULER, changedAt: '2026-11-27T10:00:00.000Z' }];
  });
  const { id, component, where, help, fix } = first(evidence);
  assert.deepEqual([id, component, fix], ['no-manifest', SCHEDULER, { kind: 'restore', pod: SCHEDULER }]);
  assert.deepEqual(where.map(({ file }) => file), [`${DIRECTORY}/kube-scheduler.yaml`, '/root/kube-scheduler.yaml']);
  assert.ok(help.includes(`  mv /root/kube-scheduler.yaml ${DIRECTORY}/kube-scheduler.yaml`));
});

test('a second file of a pod: an error where it counts, a warning where it does not', () => {
  const second = (name: string): Evidence => changed((evidence) => void evidence.directory.entries.push({ ...entry(evidence, SCHEDULER), name, path: `${DIRECTORY}/${name}`, sha256: 'other' }));
  const { causes } = diagnose(second('kube-scheduler.yaml~'));
  assert.deepEqual(causes.map(({ id, fix }) => [id, fix]), [['duplicate-pod', { kind: 'set-aside', file: `${DIRECTORY}/kube-scheduler.yaml~`, sha256: 'other', why: 'a second file of kube-scheduler' }]]);
  const before = diagnose(second('kube-scheduler-old.yaml'));
  assert.deepEqual([before.causes.length, before.warnings.map(({ id }) => id)], [0, ['duplicate-pod']]);
});

test('a link to nothing in the place of a manifest takes its pod down; a directory beside them does not', () => {
  const link = changed((evidence) => {
    without(evidence, SCHEDULER);
    evidence.directory.entries.push({ name: 'kube-scheduler.yaml', path: `${DIRECTORY}/kube-scheduler.yaml`, kind: 'link', link: '/root/x.yaml', size: 1, changedAt: '2026-11-27T00:00:00.000Z', skipped: { why: 'not-a-file', detail: 'a link to nothing' }, containers: [], findings: [] });
  });
  assert.deepEqual([first(link).id, first(link).component, first(link).fix?.kind], ['broken-link', SCHEDULER, 'restore']);
  const below = diagnose(changed(({ directory }) => void directory.entries.push({ name: 'old', path: `${DIRECTORY}/old`, kind: 'directory', size: 1, changedAt: '2026-11-27T00:00:00.000Z', skipped: { why: 'directory', detail: 'the kubelet does not read directories below' }, containers: [], findings: [] })));
  assert.deepEqual([below.causes.length, below.warnings.map(({ id }) => id)], [0, ['stray-entry']]);
});

test('a copy under another name on one port is the one that goes', () => {
  const command = ['kube-scheduler', '--leader-elect=true'];
  const evidence = changed((each) => {
    entry(each, SCHEDULER).containers = [{ name: SCHEDULER, image: '', command }];
    pod(each, SCHEDULER).state = 'restarting';
    each.directory.entries.push({ ...entry(each, SCHEDULER), name: 'a-copy.yaml', path: `${DIRECTORY}/a-copy.yaml`, sha256: 'copy', pod: { name: 'copy', namespace: 'kube-system', hostNetwork: true } });
  });
  const { id, component, fix } = first(evidence);
  assert.deepEqual([id, component, fix?.kind === 'set-aside' && fix.file], ['same-port', SCHEDULER, `${DIRECTORY}/a-copy.yaml`]);
});

test('an image that the runtime does not have, and nothing else of a pod that is up without it', () => {
  const evidence = (state: PodFacts['state']): Evidence => changed((each) => {
    Object.assign(each.runtime ?? assert.fail(), { images: ['registry.k8s.io/kube-scheduler:v1.37.2'] });
    entry(each, SCHEDULER).containers = [{ name: SCHEDULER, image: 'registry.k8s.io/kube-schedulerr:v1.37.2', command: [SCHEDULER] }];
    entry(each, SCHEDULER).mends = { images: { 'registry.k8s.io/kube-schedulerr:v1.37.2': { where: { file: `${DIRECTORY}/kube-scheduler.yaml`, line: 19 }, to: 'registry.k8s.io/kube-scheduler:v1.37.2', edits: [{ offset: 1, remove: 1, insert: '' }] } } };
    pod(each, SCHEDULER).state = state;
    if (state !== 'up') pod(each, SCHEDULER).containers = [];
  });
  assert.deepEqual([first(evidence('absent')).id, first(evidence('absent')).where[0]?.line, first(evidence('absent')).fix?.kind], ['image-missing', 19, 'edit']);
  assert.deepEqual(diagnose(evidence('up')).causes, []);
});

test('images of two versions, and a kubelet that is newer than its API server, are warnings', () => {
  const evidence = changed((each) => {
    for (const [name, version] of [['kube-apiserver', 'v1.36.3'], [SCHEDULER, 'v1.37.2']] as const) entry(each, name).containers = [{ name, image: `registry.k8s.io/${name}:${version}`, command: [] }];
  });
  const { causes, warnings } = diagnose(evidence);
  assert.deepEqual([causes.length, warnings.map(({ id }) => id).sort()], [0, ['mixed-versions', 'version-skew']]);
});

/** The API server is down, and this pod of it with words of its container. */
function down(evidence: Evidence, name: string, words: string): PodFacts {
  evidence.api = { url: 'https://10.0.0.1:6443', local: true, status: 0, ms: 0 };
  const found = pod(evidence, name);
  found.state = 'restarting';
  Object.assign(found.containers[0] ?? assert.fail(), { state: 'exited', finishedAt: '2026-11-28T00:40:00.000Z', createdAt: '2026-11-28T00:39:00.000Z', words, log: [words] });
  return found;
}

test('an orphan that holds the port is stopped by its identity; while the API server answers, the kubelet does it', () => {
  const evidence = (api: number): Evidence => changed((each) => {
    down(each, 'etcd', 'listen tcp 127.0.0.1:2379: bind: address already in use').older = [{ id: 'old', name: 'etcd', podUid: 'u-before', startedAt: '2026-11-28T00:10:00.000Z' }];
    Object.assign(each.api ?? assert.fail(), { status: api });
  });
  const { id, component, fix, sure } = first(evidence(0));
  assert.deepEqual([id, component, sure, fix], ['orphan', 'etcd', 'certain', { kind: 'stop-container', id: 'old', pod: 'etcd' }]);
  assert.ok(!diagnose(evidence(200)).causes.some((cause) => cause.id === 'orphan'));
});

test('a mended manifest that this kubelet does not act on needs one more start; one that was just written, or that is pinned, does not', () => {
  const evidence = (changedAt: string, uid?: string): Evidence => changed((each) => {
    const found = down(each, 'kube-apiserver', 'Error: unknown flag: --allow-privileges');
    Object.assign(found.containers[0] ?? assert.fail(), { made: { image: '', command: ['kube-apiserver', '--allow-privileges=true'] } });
    Object.assign(entry(each, 'kube-apiserver'), { changedAt, containers: [{ name: 'kube-apiserver', image: '', command: ['kube-apiserver', '--allow-privileged=true'] }] });
    if (uid !== undefined) Object.assign(entry(each, 'kube-apiserver').pod ?? assert.fail(), { uid });
  });
  const found = first(evidence('2026-11-28T00:50:00.000Z'));
  assert.deepEqual([found.id, found.sure, found.fix], ['waiting-pod', 'certain', { kind: 'restart-kubelet' }]);
  for (const other of [evidence('2026-11-28T00:59:55.000Z'), evidence('2026-11-28T00:50:00.000Z', 'u-kube-apiserver'), evidence('2026-11-28T00:20:00.000Z')]) assert.ok(!diagnose(other).causes.some(({ id }) => id === 'waiting-pod'));
});

test('an edit of a pinned manifest that is not in force is a warning, with its line and the command', () => {
  const { causes, warnings } = diagnose(changed(({ directory }) => void Object.assign(directory, { waiting: [{ pod: SCHEDULER, file: `${DIRECTORY}/kube-scheduler.yaml`, at: '2026-11-28T00:30:00.000Z', lines: [21] }] })));
  assert.deepEqual([causes.length, warnings.map(({ id, where, fix }) => [id, where[0]?.line, fix])], [0, [['pinned-edit', 21, { kind: 'commands', commands: ['kcfg unpin kube-scheduler'] }]]]);
});
