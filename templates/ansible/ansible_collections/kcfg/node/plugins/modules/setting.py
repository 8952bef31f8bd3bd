#!/usr/bin/python
# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: setting
short_description: Change settings of a node's kubelet
description:
  - Plans the change, applies it in a service of its own, verifies the node, and goes back by itself where that fails.
  - A change of C(staticPodPath) keeps the containers of the control plane running.
options:
  settings:
    description: Fields of the KubeletConfiguration and their values. All of them are one change.
    type: dict
    required: true
  reason:
    description: Kept in C(kcfg history) and the node's journal.
    type: str
  strategy:
    description: C(adopt) keeps the containers of static pods, and refuses where that cannot be done; C(recreate) leaves no pins.
    type: str
    choices: [adopt, recreate]
  confirm_within:
    description: Goes back unless C(kcfg confirm) comes from a new login in that time, for example C(5m).
    type: str
  force:
    description: Refusals to override, by name, as C(code) has it.
    type: list
    elements: str
    default: []
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
- name: Move the static pods, and lose no request
  kcfg.node.setting:
    settings:
      staticPodPath: /etc/kubernetes/static
    reason: CHG-4711

- name: Several at once, in one restart of the kubelet
  kcfg.node.setting:
    settings:
      imageGCHighThresholdPercent: 75
      imageGCLowThresholdPercent: 70
      evictionHard:
        memory.available: 200Mi

- name: A control plane, only while every member of etcd is there
  kcfg.node.setting:
    settings:
      staticPodPath: /etc/kubernetes/static
    whole_etcd: true

- name: On trial, it goes back by itself unless someone confirms it from a new login
  kcfg.node.setting:
    settings:
      registryPullQPS: 20
    confirm_within: 10m
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
  description: Name of the refusal or error, which I(force) takes.
  type: str
  returned: failed
  sample: unknown-field
exit_status:
  description: Exit status of kcfg. 5 is gone back, 6 is half done and needs a person, 7 is another kcfg at work.
  type: int
  returned: failed, outside check mode
plan:
  description: The document of C(kcfg set --dry-run -o json), what would be done.
  type: dict
  returned: in check mode, when something would be done
outcome:
  description: The document of C(kcfg set -o json), with the checks that were made.
  type: dict
  returned: outside check mode, and where it was refused
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kcfg.node.plugins.module_utils.kcfg import COMMAND, WHOLE_ETCD, assignments, finish


def main():
    module = AnsibleModule(
        argument_spec=dict(
            settings=dict(type='dict', required=True),
            reason=dict(type='str'),
            strategy=dict(type='str', choices=['adopt', 'recreate']),
            confirm_within=dict(type='str'),
            force=dict(type='list', elements='str', default=[]),
            whole_etcd=WHOLE_ETCD,
            command=COMMAND,
        ),
        supports_check_mode=True,
    )
    params = module.params
    words = ['set'] + assignments(params['settings'])
    for option in ('reason', 'strategy', 'confirm_within'):
        if params[option]:
            words += ['--%s' % option.replace('_', '-'), params[option]]
    for name in params['force']:
        words += ['--force', name]
    finish(module, words)


if __name__ == '__main__':
    main()
