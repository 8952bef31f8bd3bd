#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: confirm
short_description: Keep the change of a node's kubelet that is on trial
description:
  - A change that was made with I(confirm_within) of M(kcfg.node.setting) goes back by itself unless it is confirmed from another login.
  - Connections that Ansible keeps open are the same login. Run the play that confirms with C(ANSIBLE_SSH_EXTRA_ARGS='-o ControlPath=none').
options:
  id:
    description: Number of the change. Where another one is on trial, nothing is confirmed.
    type: str
attributes:
  check_mode:
    description: Nothing is confirmed, and whether it would be is told truly.
    support: full
  diff_mode:
    support: none
  platform:
    platforms: linux
    support: full
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - kcfg.node.command
'''

EXAMPLES = r'''
- name: Keep what is on trial
  kcfg.node.confirm:
'''

RETURN = r'''
msg:
  description: Where it failed, all that kcfg says of it in one line.
  type: str
  returned: failed
outcome:
  description: The document of C(kcfg confirm -o json).
  type: dict
  returned: when something was confirmed
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kcfg.node.plugins.module_utils.kcfg import COMMAND, call
from ansible_collections.kcfg.node.plugins.module_utils.words import text_of


def main():
    module = AnsibleModule(argument_spec=dict(id=dict(type='str'), command=COMMAND), supports_check_mode=True)
    stands = call(module, ['status'])[1]
    if stands.get('error'):
        module.fail_json(msg=text_of(stands['error']), outcome=stands)
    wanted = module.params['id'] or stands.get('pending')
    if stands.get('pendingState') != 'on-trial' or stands.get('pending') != wanted:
        module.exit_json(changed=False)
    if module.check_mode:
        module.exit_json(changed=True)
    status, outcome = call(module, ['confirm'])
    error = outcome.get('error')
    if status != 0 or error:
        module.fail_json(msg=text_of(error) if error else 'kcfg ended with %d' % status, exit_status=status, outcome=outcome)
    module.exit_json(changed=True, outcome=outcome)


if __name__ == '__main__':
    main()
