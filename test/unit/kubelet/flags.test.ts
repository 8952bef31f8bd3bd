import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listFlags, parseFlags } from '../../../src/kubelet/flags.ts';

const flags = (...argv: string[]) => Object.fromEntries(parseFlags(argv));

test('a value stands behind = or is the next word, even when that begins with a dash', () => {
  assert.deepEqual(flags('--config=/c', '--node-ip', '10.0.0.1'), { config: '/c', 'node-ip': '10.0.0.1' });
  assert.deepEqual(flags('--node-labels=a=b,c=d'), { 'node-labels': 'a=b,c=d' });
  assert.deepEqual(flags('--a', '--b'), { a: '--b' });
  assert.deepEqual(flags('--pod-manifest-path='), { 'pod-manifest-path': '' });
});

test('a boolean stands alone and takes no next word', () => {
  assert.deepEqual(flags('--fail-swap-on', '--config', '/c'), { 'fail-swap-on': 'true', config: '/c' });
  assert.deepEqual(flags('--register-node', 'false', '--version'), { 'register-node': 'true', version: 'true' });
  assert.deepEqual(flags('--anonymous-auth=false'), { 'anonymous-auth': 'false' });
});

test('the last of a flag wins, underscores are dashes', () => {
  assert.deepEqual(flags('--pod-manifest-path=/a', '--pod_manifest_path=/b'), { 'pod-manifest-path': '/b' });
});

test('-v takes its number in all three ways, -h none', () => {
  assert.deepEqual(flags('-v', '2', '--a=b'), { v: '2', a: 'b' });
  assert.deepEqual(flags('-v=3'), { v: '3' });
  assert.deepEqual(flags('-v4', '-h', 'x'), { v: '4', help: 'true' });
});

test('flags end at --, other words are no flags, and one without its value is none', () => {
  assert.deepEqual(flags('/usr/bin/kubelet', 'word', '--a=b', '--', '--c=d'), { a: 'b' });
  assert.deepEqual(flags('--config'), {});
});

test('the place of each flag is that of its first word', () => {
  const places = listFlags(['kubelet', '--a', 'x', '--b=y', '--fail-swap-on']).map((f) => [f.name, f.index]);
  assert.deepEqual(places, [['a', 1], ['b', 3], ['fail-swap-on', 4]]);
});
