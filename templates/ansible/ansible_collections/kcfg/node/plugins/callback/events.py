# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
name: events
type: stdout
short_description: What happens on each host, as JSON lines for a program
description:
  - One line when a task starts on a host, and one when it has ended there. C(kcfg fleet) reads them.
author:
  - The kcfg authors (!UNKNOWN)
'''

import json
import sys

from ansible.plugins.callback import CallbackBase

# what modules of this collection return; the rest is Ansible's own, and may hold what nobody asked for
KEPT = ('msg', 'code', 'changed', 'status', 'plan', 'outcome', 'doctor', 'verify', 'history', 'stig', 'exit_status')


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'kcfg.node.events'

    def say(self, **event):
        sys.stdout.write(json.dumps(event, default=str) + '\n')
        sys.stdout.flush()

    def ended(self, state, result):
        kept = dict((key, result._result[key]) for key in KEPT if key in result._result)
        self.say(event=state, host=result._host.get_name(), task=result._task.get_name(), result=kept)

    def v2_runner_on_start(self, host, task):
        self.say(event='start', host=host.get_name(), task=task.get_name())

    def v2_runner_on_ok(self, result):
        self.ended('ok', result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.ended('failed', result)

    def v2_runner_on_unreachable(self, result):
        self.ended('unreachable', result)

    def v2_playbook_on_no_hosts_matched(self):
        self.say(event='no-hosts')
