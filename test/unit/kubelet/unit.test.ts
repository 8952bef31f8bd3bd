import assert from 'node:assert/strict';
import { test } from 'node:test';
import { environmentFiles, findFlag, unitCommand, type UnitText } from '../../../src/kubelet/unit.ts';

const UNIT = { file: '/lib/systemd/system/kubelet.service', text: '[Unit]\nDescription=kubelet\n[Service]\nExecStart=/usr/bin/kubelet --v=9\n' };
/** As the packages of Kubernetes install it. */
const DROP_IN = {
  file: '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf',
  text: `# Note: works with kubeadm only
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/b.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`,
};
const kubeadm = (text: string): UnitText[] => [UNIT, DROP_IN, { file: '/etc/default/kubelet', text }];
const service = (text: string): UnitText[] => [{ file: '/u', text: `[Service]\n${text}` }];

test('a flag in an environment file is found there, with its variable', () => {
  const sources = kubeadm('# more\nKUBELET_EXTRA_ARGS=--max-pods=150 --pod-manifest-path=/x\n');
  const place = { file: '/etc/default/kubelet', line: 2, variable: 'KUBELET_EXTRA_ARGS' };
  assert.deepEqual(findFlag(sources, 'pod-manifest-path'), place);
  assert.deepEqual(findFlag(sources, 'config'), { file: DROP_IN.file, line: 4, variable: 'KUBELET_CONFIG_ARGS' });
});

test('the command line is that of the last ExecStart=, with its variables filled in', () => {
  assert.deepEqual(unitCommand(kubeadm('KUBELET_EXTRA_ARGS="--a  --b=\'c d\'"\n')), [
    '/usr/bin/kubelet',
    '--bootstrap-kubeconfig=/etc/kubernetes/b.conf',
    '--kubeconfig=/etc/kubernetes/kubelet.conf',
    '--config=/var/lib/kubelet/config.yaml',
    '--a',
    '--b=c d',
  ]);
  assert.equal(findFlag(kubeadm(''), 'v'), undefined, 'the first ExecStart= was reset');
});

test('environment files are named in their order, the dash off; an empty one resets', () => {
  assert.deepEqual(environmentFiles([UNIT, DROP_IN]), ['/var/lib/kubelet/kubeadm-flags.env', '/etc/default/kubelet']);
  assert.deepEqual(environmentFiles(service('EnvironmentFile=/a\nEnvironmentFile=\nEnvironmentFile=/b\n')), ['/b']);
});

test('a command over several lines gives the line of the flag', () => {
  const sources = service('ExecStart=/usr/bin/kubelet \\\n  --config=/c \\\n# --pod-manifest-path=/no\n  --pod_manifest_path /x \\\n  --v=2\n');
  assert.deepEqual(findFlag(sources, 'pod-manifest-path'), { file: '/u', line: 5 });
  assert.deepEqual(unitCommand(sources), ['/usr/bin/kubelet', '--config=/c', '--pod_manifest_path', '/x', '--v=2']);
});

test('of a flag that stands twice the place of the last counts', () => {
  const sources = service('Environment=A=--pod-manifest-path=/a\nExecStart=-/k --pod-manifest-path=/b $A\n');
  assert.deepEqual(findFlag(sources, 'pod-manifest-path'), { file: '/u', line: 2, variable: 'A' });
  assert.equal(unitCommand(sources)[0], '/k');
});

test('${NAME} stays one word, $NAME falls into words or none, $$ is a dollar', () => {
  const sources = service('Environment="A=x y" B=/p\nExecStart=/k --a=${A} $A $MISSING --b=${MISSING} --pod-manifest-path=${B} --c=$$\n');
  assert.deepEqual(unitCommand(sources), ['/k', '--a=x y', 'x', 'y', '--b=', '--pod-manifest-path=/p', '--c=$']);
  assert.deepEqual(findFlag(sources, 'pod-manifest-path'), { file: '/u', line: 3 });
});

test('an environment file overrides Environment=, and its last assignment counts', () => {
  const sources = [...service('Environment=A=--x=1\nExecStart=/k $A\n'), { file: '/e', text: 'A=--x=2\nA=--x=3\n' }];
  assert.deepEqual(unitCommand(sources), ['/k', '--x=3']);
  assert.deepEqual(findFlag(sources, 'x'), { file: '/e', line: 2, variable: 'A' });
});

test('an environment file is read by its own rules of quotes and continued lines', () => {
  const text = "A=it's fine \nB='one two' \\\n \"th\\\"ree\"\n; C=no\nD=--x=1 \\\n  --y=2\n E = e\n";
  const sources = [...service('ExecStart=/k a:${A} b:${B} c:${C} e:${E} $D\n'), { file: '/e', text }];
  assert.deepEqual(unitCommand(sources).slice(0, 2), ['/k', "a:it's fine"]);
  assert.ok(unitCommand(sources).includes('e:e'));
  assert.ok(unitCommand(sources).includes('c:'));
  assert.deepEqual(findFlag(sources, 'y'), { file: '/e', line: 6, variable: 'D' });
});

test('a flag within another name is not that flag', () => {
  const sources = service('ExecStart=/k --config-dir=/d \\\n --config=/c\n');
  assert.deepEqual(findFlag(sources, 'config'), { file: '/u', line: 3 });
});

test('a file with section headers is a unit, whatever it is called', () => {
  assert.deepEqual(unitCommand([{ file: '/etc/kubelet.env', text: '[Service]\nExecStart=/k --a=b\n' }]), ['/k', '--a=b']);
  assert.deepEqual(unitCommand([...service('ExecStart=/k $A\n'), { file: '/etc/x.conf', text: 'A=--a=b\n' }]), ['/k', '--a=b']);
});
