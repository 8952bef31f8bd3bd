import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import { problemLines } from '../../../src/report/error.ts';
import { ASCII, COLOUR, PLAIN, tagged } from './styles.ts';

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const duplicate = new KcfgError('duplicate-pod', 'two files define the pod kube-system/kube-apiserver', {
  where: [
    { file: MANIFEST, label: '2026-10-13 08:02' },
    { file: `${MANIFEST}.bak`, label: '2026-11-20 17:44' },
  ],
  notes: [
    'the kubelet reads every name without a leading dot, whatever its ending; of two files with one pod the last name wins, here the .bak',
  ],
  help: [
    'compare them, then take one out of the directory:',
    `  diff ${MANIFEST}{,.bak}`,
    `  mv ${MANIFEST}.bak /root/`,
    'the kubelet then re-creates kube-apiserver: up to 1 min without it',
  ],
});

test('a refusal says what, where, why, what to type, and the state of the node', () => {
  assert.deepEqual(problemLines(duplicate, PLAIN, 80), [
    'error[duplicate-pod]: two files define the pod kube-system/kube-apiserver',
    '  --> /etc/kubernetes/manifests/kube-apiserver.yaml       2026-10-13 08:02',
    '  --> /etc/kubernetes/manifests/kube-apiserver.yaml.bak   2026-11-20 17:44',
    'note: the kubelet reads every name without a leading dot, whatever its ending;',
    '      of two files with one pod the last name wins, here the .bak',
    'help: compare them, then take one out of the directory:',
    '        diff /etc/kubernetes/manifests/kube-apiserver.yaml{,.bak}',
    '        mv /etc/kubernetes/manifests/kube-apiserver.yaml.bak /root/',
    '      the kubelet then re-creates kube-apiserver: up to 1 min without it',
    'Nothing was changed.',
  ]);
  assert.deepEqual(problemLines(duplicate, ASCII, 80), problemLines(duplicate, PLAIN, 80));
});

test('colours: the word error red, commands cyan, the verdict bold, origins dim', () => {
  const lines = problemLines(duplicate, COLOUR, 80).map(tagged);
  assert.equal(lines[0], '<red>error</>[duplicate-pod]: two files define the pod kube-system/kube-apiserver');
  assert.equal(lines[2], '  <dim>--></> /etc/kubernetes/manifests/kube-apiserver.yaml.bak   <dim>2026-11-20 17:44</>');
  assert.equal(lines[6], '      <cyan>  diff /etc/kubernetes/manifests/kube-apiserver.yaml{,.bak}</>');
  assert.equal(lines[9], '<b>Nothing was changed.</>');
});

test('a place in a file is shown as written, with carets under it and its label', () => {
  const rewritten = new KcfgError('rewritten', 'config.yaml was written anew while the kubelet restarted', {
    where: [
      {
        file: '/etc/systemd/system/kubelet.service.d/20-render.conf',
        line: 2,
        text: 'ExecStartPre=/usr/local/sbin/render-kubelet-config',
        column: 1,
        length: 12,
        label: 'runs before each start of the kubelet',
      },
    ],
  });
  assert.deepEqual(problemLines(rewritten, PLAIN, 80), [
    'error[rewritten]: config.yaml was written anew while the kubelet restarted',
    '  --> /etc/systemd/system/kubelet.service.d/20-render.conf:2:1',
    '   |',
    ' 2 | ExecStartPre=/usr/local/sbin/render-kubelet-config',
    '   | ^^^^^^^^^^^^ runs before each start of the kubelet',
  ]);
});

test('what an error refers to stands in the same excerpt, in order of lines, with dashes', () => {
  const lines = problemLines(
    {
      code: 'image-gc-order',
      message: 'imageGCLowThresholdPercent is not below the high one',
      where: [
        {
          file: '/root/config.yaml',
          line: 30,
          column: 29,
          length: 2,
          text: 'imageGCLowThresholdPercent: 85',
          label: 'low, less than 80 needed',
        },
        {
          file: '/root/config.yaml',
          line: 29,
          column: 30,
          length: 2,
          text: 'imageGCHighThresholdPercent: 80',
          label: 'high',
        },
      ],
    },
    COLOUR,
    80,
    'warning',
  );
  assert.deepEqual(lines.map(tagged), [
    '<yellow>warning</>[image-gc-order]: imageGCLowThresholdPercent is not below the high one',
    '  <dim>--></> /root/config.yaml:30:29',
    '<dim>   |</>',
    '<dim>29 |</> imageGCHighThresholdPercent: 80',
    '<dim>   |</>                              <cyan>--</> high',
    '<dim>30 |</> imageGCLowThresholdPercent: 85',
    '<dim>   |</>                             <yellow>^^</> low, less than 80 needed',
  ]);
});

test('carets stand under the right columns behind tabs and Korean text, and escapes in a file are shown, not obeyed', () => {
  const text = '\t# 경로\x1b[2J staticPodPath: x';
  const lines = problemLines(
    { message: 'm', where: [{ file: '/f', line: 107, column: text.indexOf('static') + 1, length: 13, text }] },
    PLAIN,
    80,
  );
  assert.deepEqual(lines.slice(2), [
    '    |',
    '107 |     # 경로^[[2J staticPodPath: x',
    `    | ${' '.repeat(16)}^^^^^^^^^^^^^`,
  ]);
});

test('a usage error ends with help: nothing was begun, so nothing is said of the node', () => {
  const lines = problemLines(
    new KcfgError('usage', 'kcfg has no command sett', { help: ['did you mean set?'] }),
    PLAIN,
    80,
  );
  assert.deepEqual(lines, ['error[usage]: kcfg has no command sett', 'help: did you mean set?']);
});
