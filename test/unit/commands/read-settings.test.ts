import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { readSettings } from '../../../src/commands/get.ts';
import type { Host } from '../../../src/host/host.ts';
import { makeTree } from '../host/tree.ts';
import { kubeletFile } from '../node/elf.ts';

const { files, at } = makeTree();
mkdirSync(at('/var/lib/kubelet'), { recursive: true });
mkdirSync(at('/usr/bin'), { recursive: true });
writeFileSync(at('/var/lib/kubelet/config.yaml'), 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nevictionHard:\n  memory.available: 1Gi\n');
writeFileSync(at('/usr/bin/kubelet'), kubeletFile('1.33.4'));
const unit = '/etc/systemd/system/kubelet.service';
mkdirSync(at('/etc/systemd/system'), { recursive: true });
writeFileSync(at(unit), '[Service]\nExecStart=/usr/bin/kubelet --config=/var/lib/kubelet/config.yaml --max-pods=50\n');

let asked: string[] = [];
const started = new Date('2026-01-01T00:00:00Z');
const host = {
  live: true,
  files,
  processes: {
    ofService: () => Promise.resolve([7]),
    argv: () => Promise.resolve(['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml', '--max-pods=50']),
    startedAt: () => Promise.resolve(started),
  },
  systemd: {
    show: (name: string) => {
      asked.push(name);
      return Promise.resolve({ LoadState: 'loaded', ActiveState: 'active', MainPID: '7', FragmentPath: unit });
    },
  },
  run: (argv: readonly string[]) => Promise.reject(new Error(`${argv.join(' ')} was started`)),
} as unknown as Host;
beforeEach(() => {
  asked = [];
});

test('the version is that of the running kubelet, and nothing is started to learn it', async () => {
  const { version, settings, startedAt } = await readSettings(host, 'evictionHard.memory.available');
  assert.deepEqual([version, settings.layered.fields.minor, startedAt], ['1.33.4', '1.33', started]);
});

test('systemd is asked where a flag is written only for the field that it sets, or for all', async () => {
  for (const name of ['evictionHard', 'evictionHard.memory.available', 'maxPod', '???']) await readSettings(host, name);
  assert.deepEqual(asked, []);
  const [one] = (await readSettings(host, 'maxPods')).settings.layered.layersOf(['maxPods']);
  assert.deepEqual([one?.file, one?.value, asked.length], [unit, 50, 1]);
  const [all] = (await readSettings(host)).settings.layered.layersOf(['maxPods']);
  assert.deepEqual([all?.file, asked.length], [unit, 2]);
});
