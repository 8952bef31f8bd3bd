import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../../src/plan/plan.ts';
import { disturbs, planLines } from '../../../src/report/plan.ts';
import { width } from '../../../src/report/width.ts';
import { COLOUR, PLAIN, tagged } from './styles.ts';

const copy = {
  from: '/etc/kubernetes/manifests/etcd.yaml',
  sha256: '',
  edits: [],
  result: '',
  mode: 0o600,
  uid: 0,
  gid: 0,
  mtimeNs: '0',
};
const plan: Plan = {
  format: 1,
  id: '1',
  kcfg: '0.1.0',
  madeAt: '2026-11-23T08:14:00Z',
  node: 'cp1',
  verb: 'set',
  field: 'staticPodPath',
  from: '/etc/kubernetes/manifests',
  to: '/etc/kubernetes/static',
  strategy: 'adopt',
  births: [],
  steps: [
    { kind: 'arm' },
    {
      kind: 'make-directory',
      path: '/etc/kubernetes/static',
      create: { mode: 0o700, uid: 0, gid: 0 },
      files: ['etcd.yaml', 'kube-apiserver.yaml'].map((name) => ({ ...copy, name, pin: 'uid' })),
    },
    {
      kind: 'edit-config',
      path: '/var/lib/kubelet/config.yaml',
      sha256: '',
      edits: [],
      result: '',
      field: 'staticPodPath',
      line: 47,
    },
    { kind: 'restart-kubelet' },
    { kind: 'verify' },
    { kind: 'link-directory', path: '/etc/kubernetes/manifests', target: '/etc/kubernetes/static', entries: [] },
    { kind: 'disarm' },
  ],
  changes: [],
  disturbs: {
    kubeletRestart: true,
    kept: ['etcd', 'kube-apiserver'],
    recreated: [],
    apiAwaySeconds: 0,
    pinned: ['etcd.yaml', 'kube-apiserver.yaml'],
  },
  ground: { unit: 'kubelet.service', files: {}, directories: {} },
  expect: { staticPodPath: '/etc/kubernetes/static', pods: [] },
};
const files = [{ path: '/var/lib/kubelet/config.yaml', before: 'staticPodPath: /a\n', after: 'staticPodPath: /b\n' }];

test('a plan is read top to bottom: steps with reasons, diff, price', () => {
  assert.deepEqual(planLines(plan, { style: PLAIN, columns: 80, files }), [
    'Plan',
    '  1 Arm the guard             systemd undoes this if kcfg dies',
    '  2 Copy 2 manifests          to /etc/kubernetes/static, pinned to their UIDs',
    '  3 Edit config.yaml          staticPodPath, line 47',
    '  4 Restart the kubelet       it reads the path only when it starts',
    '  5 Verify                    if a check fails, all this is undone',
    '  6 Link the old directory    kubeadm has /etc/kubernetes/manifests built in',
    '  7 Disarm the guard          old files stay in /var/lib/kcfg/1',
    'Diff',
    '  /var/lib/kubelet/config.yaml',
    '     1 - staticPodPath: /a',
    '     1 + staticPodPath: /b',
    'Disturbs',
    '  The kubelet restarts, about 1 s. No container does: the kubelet keeps all 2.',
    '  Open kubectl exec, logs -f and port-forward to pods of cp1 are cut.',
    '  Afterwards 2 manifests are pinned until kcfg unpin.',
    '  No pins, but 5 to 7 s without this API server: --strategy recreate.',
  ]);
});

test('block titles are bold and reasons dim; without files there is no Diff block', () => {
  const lines = planLines(plan, { style: COLOUR, columns: 80 }).map(tagged);
  assert.equal(lines[0], '<b>Plan</>');
  assert.equal(lines[1], '  1 Arm the guard             <dim>systemd undoes this if kcfg dies</>');
  assert.ok(!lines.includes('<b>Diff</>') && lines.includes('<b>Disturbs</>'));
});

test('a reason that does not fit goes on below itself, within the columns', () => {
  const lines = planLines(plan, { style: PLAIN, columns: 60 });
  assert.ok(
    lines.every((line) => width(line) <= 60),
    lines.join('\n'),
  );
  const at = lines.findIndex((line) => line.startsWith('  6 Link'));
  assert.equal(lines[at + 1], `${' '.repeat(30)}/etc/kubernetes/manifests`);
});

test('recreate says which pods and how long, and offers no choice that was made', () => {
  const recreate = {
    ...plan,
    disturbs: { ...plan.disturbs, kept: [], recreated: ['etcd', 'kube-apiserver'], apiAwaySeconds: 6, pinned: [] },
  };
  assert.deepEqual(disturbs(recreate), [
    'The kubelet restarts, and 2 static pods are re-created: etcd and kube-apiserver.',
    'The API server of cp1 is away for about 6 s.',
    'Open kubectl exec, logs -f and port-forward to pods of cp1 are cut.',
  ]);
});

test('a worker without static pods, and a tree that no kubelet runs from', () => {
  const worker = { ...plan, disturbs: { kubeletRestart: true, kept: [], recreated: [], pinned: [] } };
  assert.equal(disturbs(worker)[0], 'The kubelet restarts, about 1 s. No container does.');
  const here = { ...plan, disturbs: { kubeletRestart: false, kept: [], recreated: [], pinned: [] } };
  assert.deepEqual(disturbs(here), ['Nothing: the kubelet has this path already, and is not restarted.']);
  const tree = { ...plan, steps: plan.steps.filter(({ kind }) => kind !== 'arm'), disturbs: { kubeletRestart: false, kept: [], recreated: [], pinned: [] } };
  assert.deepEqual(disturbs(tree), ['Nothing: no kubelet runs from this tree.']);
});
