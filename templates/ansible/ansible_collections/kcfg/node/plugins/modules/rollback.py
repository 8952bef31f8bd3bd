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
extends_documentation_fragment: kcfg.node.command
'''

EXAMPLES = r'''
- name: Back to before change 3
  kcfg.node.rollback:
    id: "3"
'''

RETURN = r'''
outcome:
  description: The document of C(kcfg rollback -o json), with the checks that were made.
  type: dict
  returned: when something was done
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kcfg.node.plugins.module_utils.kcfg import COMMAND, finish


def main():
    module = AnsibleModule(argument_spec=dict(id=dict(type='str', required=True), command=COMMAND), supports_check_mode=True)
    finish(module, ['rollback', module.params['id']])


if __name__ == '__main__':
    main()
