#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: info
short_description: What a node's kubelet and static pods are
description:
  - Asks C(kcfg status), and with I(settings) also what a change of them would do. Changes nothing.
options:
  settings:
    description: Settings of the kubelet whose change is planned. The plan is returned, or why it is refused.
    type: dict
  look:
    description: Other looks at the node, each returned under its own name.
    type: list
    elements: str
    choices: [doctor, verify, history, stig]
    default: []
attributes:
  check_mode:
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
- name: What would happen
  kcfg.node.info:
    settings:
      staticPodPath: /etc/kubernetes/static
  register: node

- name: Nothing is broken, and nothing differs from its files
  kcfg.node.info:
    look: [doctor]
  register: node
  failed_when: not node.doctor.healthy or node.status.drift | default([]) | length > 0
'''

RETURN = r'''
status:
  description: The document of C(kcfg status -o json).
  type: dict
  returned: when the node has a kubelet that can be read
plan:
  description: The document of C(kcfg set --dry-run -o json); without a plan there is nothing to do.
  type: dict
  returned: with I(settings)
doctor:
  description: The document of C(kcfg doctor -o json), with C(healthy) and C(findings).
  type: dict
  returned: with C(doctor) in I(look)
verify:
  description: The document of C(kcfg verify -o json), with C(ok) and C(checks).
  type: dict
  returned: with C(verify) in I(look)
history:
  description: The document of C(kcfg history -o json), with C(changes).
  type: dict
  returned: with C(history) in I(look)
stig:
  description: The document of C(kcfg validate --rule stig -o json), DISA STIG V-242397, with C(result).
  type: dict
  returned: with C(stig) in I(look)
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kcfg.node.plugins.module_utils.kcfg import COMMAND, assignments, call

LOOKS = dict(doctor=['doctor'], verify=['verify'], history=['history'], stig=['validate', '--rule', 'stig'])


def main():
    module = AnsibleModule(
        argument_spec=dict(settings=dict(type='dict'), look=dict(type='list', elements='str', choices=sorted(LOOKS), default=[]), command=COMMAND),
        supports_check_mode=True,
    )
    result = dict(changed=False, status=call(module, ['status'])[1])
    for name in module.params['look']:
        result[name] = call(module, LOOKS[name])[1]
    if module.params['settings']:
        result['plan'] = call(module, ['set', '--dry-run'] + assignments(module.params['settings']))[1]
    module.exit_json(**result)


if __name__ == '__main__':
    main()
