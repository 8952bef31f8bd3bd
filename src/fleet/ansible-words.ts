/** What Ansible itself says of a node, in one line, and what to do where its words leave that open. */

/** By Ansible 2.14: plugins/connection/ssh.py ("Missing sudo password"), plugins/become (the prompt that does not come), plugins/action/__init__.py (interpreter), interpreter_discovery.py. */
const CURES: readonly [said: RegExp, cure: string][] = [
  [/(Missing|Incorrect) \S+ password|waiting for privilege escalation prompt|sudo: a password is required/i, 'Ansible needs the password for root: --ansible=-K'],
  [/need to set the interpreter|No python interpreters found|python\d*: (command )?not found/i, 'Ansible finds no Python there: install it, or name it as ansible_python_interpreter in the inventory'],
];

/** The first line of it; a colon at its end announced what is not shown. */
export function ansibleWords(message: string): string {
  const [line = ''] = message.trim().split('\n');
  const cure = CURES.find(([said]) => said.test(message))?.[1];
  return [line.replace(/[.:]\s*$/, ''), ...(cure === undefined ? [] : [cure])].join('. ');
}
