#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: rollback
short_description: Go back to before a change of a node's kubelet
description:
  - A plan like any other, verified, and refused with reasons where the node has moved on since.
options:
  id:
    description: Number of the change, as in C(kcfg history).
    type: str
    required: true
  whole_etcd:
    description: Refuses unless every member of etcd that this node's own one knows is connected with it.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  platform:
    platforms: linux
    support: full
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - kcfg.node.command
'''

EXAMPLES = r'''
- name: Back to before change 3
  kcfg.node.rollback:
    id: "3"

- name: Which changes came from this ticket
  kcfg.node.info:
    look: [history]
  register: node

- name: Back from the last of them
  kcfg.node.rollback:
    id: "{{ mine.0.id }}"
  vars:
    mine: "{{ node.history.changes | selectattr('result', 'eq', 'done') | selectattr('reason', 'defined') | selectattr('reason', 'eq', 'CHG-4711') }}"
  when: mine | length > 0
'''

RETURN = r'''
msg:
  description:
    - Where it failed, all that kcfg says of it in one line. What is wrong, the file and line, what the kubelet itself says, and what to type.
    - It begins with C(went back) where the change was made, did not hold, and everything is as before.
  type: str
  returned: failed
  sample: 'kubelet 1.37 has no field maxPodz; help: did you mean maxPods?   All of them: kcfg explain'
code:
  description: Name of the refusal or error.
  type: str
  returned: failed
  sample: unknown-field
exit_status:
  description: Exit status of kcfg. 5 is gone back, 6 is half done and needs a person, 7 is another kcfg at work.
  type: int
  returned: failed, outside check mode
plan:
  description: The document of C(kcfg rollback --dry-run -o json), what would be done.
  type: dict
  returned: in check mode, when something would be done
outcome:
  description: The document of C(kcfg rollback -o json), with the checks that were made.
  type: dict
  returned: outside check mode, and where it was refused
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kcfg.node.plugins.module_utils.kcfg import COMMAND, WHOLE_ETCD, finish


def main():
    module = AnsibleModule(argument_spec=dict(id=dict(type='str', required=True), whole_etcd=WHOLE_ETCD, command=COMMAND), supports_check_mode=True)
    finish(module, ['rollback', module.params['id']])


if __name__ == '__main__':
    main()
