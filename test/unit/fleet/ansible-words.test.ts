/** What Ansible says of a node stays as it is; where it leaves open what to do, that is added. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ansibleWords } from '../../../src/fleet/ansible-words.ts';

test('a password for root that is missing, and no Python: what to type', () => {
  assert.equal(ansibleWords('Missing sudo password'), 'Missing sudo password. Ansible needs the password for root: --ansible=-K');
  assert.equal(ansibleWords('Timeout (12s) waiting for privilege escalation prompt: \n'), 'Timeout (12s) waiting for privilege escalation prompt. Ansible needs the password for root: --ansible=-K');
  assert.equal(ansibleWords('The module failed to execute correctly, you probably need to set the interpreter.\nSee stdout/stderr for the exact error'), 'The module failed to execute correctly, you probably need to set the interpreter. Ansible finds no Python there: install it, or name it as ansible_python_interpreter in the inventory');
});

test('all else is its first line', () => {
  assert.equal(ansibleWords('Failed to connect to the host via ssh: ssh: connect to host 10.0.0.9 port 22: Connection timed out'), 'Failed to connect to the host via ssh: ssh: connect to host 10.0.0.9 port 22: Connection timed out');
  assert.equal(ansibleWords(''), '');
});
