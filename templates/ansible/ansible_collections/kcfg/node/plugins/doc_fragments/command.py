# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import absolute_import, division, print_function

__metaclass__ = type


class ModuleDocFragment(object):
    DOCUMENTATION = r'''
options:
  command:
    description: The program on the node, with arguments of its own where it needs any.
    type: list
    elements: str
    default: [kcfg]
requirements:
  - kcfg on the node, which the role C(kcfg.node.kcfg) installs
notes:
  - Needs root on the node (C(become)).
author:
  - The kcfg authors (!UNKNOWN)
'''
