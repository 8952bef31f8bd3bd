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


def finish(module, words):
    """Makes a change, or in check mode only its plan, and ends the module with what came of it."""
    if module.check_mode:
        document = call(module, words + ['--dry-run'])[1]
        if document.get('error'):
            module.fail_json(msg=document['error']['message'], outcome=document)
        plan = document.get('plan')
        module.exit_json(changed=plan is not None, diff=difference(plan), plan=plan)
    status, outcome = call(module, words + ['--yes'])
    error = outcome.get('error')
    # 8: done, and not decided yet, for the API server was down before it
    if status not in (0, 8) or error:
        module.fail_json(msg=(error or {}).get('message', 'kcfg ended with %d' % status), exit_status=status, outcome=outcome)
    module.exit_json(changed=outcome.get('result') != 'unchanged', diff=difference(outcome), outcome=outcome)


def difference(document):
    """What ansible-playbook --diff shows: each changed place, before and after."""
    return [
        dict(before_header=change.get('file', ''), after_header=change.get('file', ''), before=side(change, 'from'), after=side(change, 'to') or '%s\n' % change.get('what', ''))
        for change in (document or {}).get('changes', [])
    ]


def side(change, key):
    if change.get(key) is None or not change.get('field'):
        return ''
    value = change[key]
    return '%s: %s\n' % (change['field'], value if isinstance(value, str) else json.dumps(value))
