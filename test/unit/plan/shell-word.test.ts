/** A command in a help text can be pasted, whatever the path is called. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { shellWord } from '../../../src/plan/shell-word.ts';

for (const path of ['/etc/kubernetes/static', '/etc/a b', "/etc/it's", '/etc/$HOME', '/etc/한글', '/etc/a;reboot', '']) {
  test(`a shell reads ${JSON.stringify(path)} back as one word`, () => {
    assert.equal(execFileSync('sh', ['-c', `printf %s ${shellWord(path)}`], { encoding: 'utf8' }), path);
  });
}
test('an ordinary path stays as it is', () => assert.equal(shellWord('/etc/kubelet.d'), '/etc/kubelet.d'));
