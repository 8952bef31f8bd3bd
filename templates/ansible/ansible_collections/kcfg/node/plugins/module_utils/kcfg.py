# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
"""How modules call kcfg on the node: an argument array, one JSON document on standard output."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

COMMAND = dict(type='list', elements='str', default=['kcfg'])


def call(module, words):
    """Runs kcfg with these words. Returns (exit status, document); the document is None where it says none."""
    command = module.params['command']
    program = module.get_bin_path(command[0], opt_dirs=['/usr/local/sbin', '/usr/local/bin'])
    if program is None:
        module.fail_json(msg='there is no %s on this node: install the package of kcfg there' % command[0], code='no-kcfg')
    status, out, err = module.run_command([program] + command[1:] + words + ['-o', 'json'])
    try:
        return status, json.loads(out)
    except ValueError:
        return status, failure(err) or dict(error=dict(code='no-answer', message='kcfg ended with %d: %s' % (status, err.strip()[-400:])))


def failure(err):
    """The last error among the JSON lines of standard error."""
    for line in reversed(err.splitlines()):
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if isinstance(document, dict) and 'error' in document:
            return document
    return None


def assignments(settings):
    """FIELD=VALUE for each setting; what is no text is JSON."""
    return ['%s=%s' % (field, value if isinstance(value, str) else json.dumps(value)) for field, value in settings.items()]
