import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../src/kubelet/document.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { listFlags } from '../../../src/kubelet/flags.ts';
import { layerConfig } from '../../../src/kubelet/layers.ts';
import { type Reach, reachOf } from '../../../src/kubelet/reach.ts';

const fields = await loadFields('1.37');
const reach = (text: string, ...argv: string[]): Reach =>
  reachOf(layerConfig({ fields, flags: listFlags(argv), flagSource: () => undefined, config: readConfig('/c', Buffer.from(`kind: K\n${text}`)), dropIns: [], configFile: '/c' }));
const USUAL = { healthz: { address: '127.0.0.1', port: 10248 }, secure: { address: '127.0.0.1', port: 10250 } };

const TABLE: [what: string, text: string, argv: string[], wanted: Reach][] = [
  ['by default on the loopback', '', [], USUAL],
  ['every address is the loopback too', 'address: "::"\n', [], USUAL],
  ['at one address of its own', 'address: 10.0.0.5\nport: 1\n', [], { ...USUAL, secure: { address: '10.0.0.5', port: 1 } }],
  ['by flags', 'healthzPort: 5\n', ['--healthz-port=6', '--port=7'], { healthz: { address: '127.0.0.1', port: 6 }, secure: { address: '127.0.0.1', port: 7 } }],
  ['without a server', 'enableServer: false\n', [], { ...USUAL, secure: { address: '127.0.0.1', port: 0 } }],
  ['without a port for its health', 'healthzPort: 0\n', [], { ...USUAL, healthz: { address: '127.0.0.1', port: 0 } }],
];
for (const [what, text, argv, wanted] of TABLE) test(what, () => assert.deepEqual(reach(text, ...argv), wanted));
