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
    description: Refusals to override, by name.
    type: list
    elements: str
    default: []
  whole_etcd:
    description: Refuses unless every member of etcd that this node's own one knows is connected with it.
    type: bool
    default: false
extends_documentation_fragment: kcfg.node.command
'''

EXAMPLES = r'''
- name: Move the static pods, and lose no request
  kcfg.node.setting:
    settings:
      staticPodPath: /etc/kubernetes/static
    reason: CHG-4711

- name: Several at once
  kcfg.node.setting:
    settings:
      imageGCHighThresholdPercent: 75
      imageGCLowThresholdPercent: 70
'''

RETURN = r'''
outcome:
  description: The document of C(kcfg set -o json), with the checks that were made.
  type: dict
  returned: when something was done
'''

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.kcfg.node.plugins.module_utils.kcfg import COMMAND, assignments, call, finish


def main():
    module = AnsibleModule(
        argument_spec=dict(
            settings=dict(type='dict', required=True),
            reason=dict(type='str'),
            strategy=dict(type='str', choices=['adopt', 'recreate']),
            confirm_within=dict(type='str'),
            force=dict(type='list', elements='str', default=[]),
            whole_etcd=dict(type='bool', default=False),
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
    if params['whole_etcd']:
        etcd = call(module, ['status'])[1].get('etcd')
        if etcd and etcd['connected'] + 1 < etcd['members']:
            module.fail_json(msg='etcd has %d of %d members: nothing was changed here' % (etcd['connected'] + 1, etcd['members']), code='quorum')
    finish(module, words)


if __name__ == '__main__':
    main()
