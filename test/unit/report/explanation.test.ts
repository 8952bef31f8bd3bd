import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsByTopic } from '../../../src/kubelet/explain/by-topic.ts';
import { explain } from '../../../src/kubelet/explain/explain.ts';
import { parseFieldPath } from '../../../src/kubelet/field-path.ts';
import { loadFields, MINORS } from '../../../src/kubelet/fields/load.ts';
import { explanationLines, listLines, nameLines, type Here } from '../../../src/report/explanation.ts';
import { width } from '../../../src/report/width.ts';
import { ASCII, PLAIN } from './styles.ts';

async function screen(name: string, kubelet: string, here?: Here, columns = 80): Promise<string[]> {
  const fields = await loadFields(kubelet);
  const { path, field } = parseFieldPath(name, fields);
  return explanationLines(await explain(path, field, fields, here?.config), { kubelet, here, style: PLAIN, columns });
}

test('a field on the screen', async () => {
  const here = { value: 'none', from: 'by default', config: { cpuManagerPolicy: 'none' } };
  assert.deepEqual(await screen('cpuManagerPolicy', '1.37.2', here), [
    'cpuManagerPolicy: string, default none. Here: none, by default (kubelet 1.37.2).',
    '  Decides whether containers can have CPUs of their own.',
    '    none     all containers share all CPUs',
    '    static   a container of a Guaranteed pod that asks for whole CPUs gets them',
    '             for itself',
    '  Needs      static: CPU reserved by reservedSystemCPUs, or by a cpu above 0 in',
    '             systemReserved or kubeReserved; without it the kubelet stops',
    '  Since      1.28 or earlier; stable since 1.26',
    '  Flag       --cpu-manager-policy, which wins over files',
    '  Disturbs   drain first: each pod is admitted anew, and one that no longer fits',
    '             is stopped. /var/lib/kubelet/cpu_manager_state is set aside: with',
    '             the old one in place the kubelet does not start',
    'Next',
    '  kcfg set cpuManagerPolicy=static reservedSystemCPUs=0 --dry-run',
  ]);
});

test('a field without a value, and a gate that is off', async () => {
  const [head] = await screen('cgroupRoot', '1.37', { value: undefined, from: 'by default', config: {} });
  assert.equal(head, 'cgroupRoot: string, no default. Here: not set (kubelet 1.37).');
  const lines = (await screen('memorySwap.swapBehavior', '1.29')).join('\n');
  assert.match(lines, /the gate NodeSwap on: kcfg set featureGates\.NodeSwap=true/);
  assert.match(lines, /its gate NodeSwap is beta, off by default/);
});

test('every field of every version fits 80 columns; only a command to copy is never cut', async () => {
  for (const minor of MINORS) {
    const fields = await loadFields(minor);
    for (const { path } of [...fields.top, ...fields.leaves()]) {
      for (const line of await screen(path.replaceAll('[]', '[0]'), minor)) {
        if (!line.startsWith('  kcfg set ')) assert.ok(width(line) <= 80, `${path} of ${minor}: ${line}`);
        assert.equal(line, line.trimEnd());
      }
    }
  }
});

test('the list fits 80 columns, is ASCII for LANG=C, and counts', async () => {
  const fields = await loadFields('1.37');
  const lines = listLines(fieldsByTopic(fields), '1.37', ASCII, 80);
  assert.equal(lines.at(-1), '126 fields of kubelet 1.37. About one of them: kcfg explain FIELD');
  assert.equal(lines[0], 'Static pods');
  for (const line of lines) assert.match(line, /^[\x20-\x7e]{1,80}$/);
});

test('names with a line each are cut where the terminal ends, not wrapped', () => {
  assert.deepEqual(nameLines([['a', 'one two three'], ['long', 'four']], PLAIN, 16), ['  a     one two…', '  long  four']);
  assert.deepEqual(nameLines([['a', 'ünö two three']], PLAIN, 12), ['  a  ünö tw…']);
});
