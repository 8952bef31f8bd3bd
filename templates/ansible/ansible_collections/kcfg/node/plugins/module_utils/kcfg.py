# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
"""How modules call kcfg on the node: an argument array, one JSON document on standard output."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json

from ansible_collections.kcfg.node.plugins.module_utils.words import difference, text_of

COMMAND = dict(type='list', elements='str', default=['kcfg'])
WHOLE_ETCD = dict(type='bool', default=False)


def call(module, words):
    """Runs kcfg with these words. Returns (exit status, document); the document is None where it says none."""
    command = module.params['command']
    program = module.get_bin_path(command[0], opt_dirs=['/usr/local/sbin', '/usr/local/bin'])
    if program is None:
        module.fail_json(msg='there is no %s on this node: the role kcfg.node.kcfg installs it' % command[0], code='no-kcfg')
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
    return ['%s=%s' % (field, json.dumps(value) if is_data(value) else value) for field, value in settings.items()]


def is_data(value):
    """What YAML made something else of than text."""
    return value is None or isinstance(value, (bool, int, float, list, dict))


def finish(module, words):
    """Makes a change, or in check mode only its plan, and ends the module with what came of it."""
    if module.params['whole_etcd']:
        refuse_broken_etcd(module)
    if module.check_mode:
        document = call(module, words + ['--dry-run'])[1]
        if document.get('error'):
            module.fail_json(msg=text_of(document['error']), code=document['error'].get('code'), outcome=document)
        plan = document.get('plan')
        module.exit_json(changed=plan is not None, diff=difference(plan), plan=plan)
    status, outcome = call(module, words + ['--yes'])
    error = outcome.get('error')
    # 8: done, and not decided yet, for the API server was down before it
    if status not in (0, 8) or error:
        said = text_of(error) if error else 'kcfg ended with %d' % status
        if outcome.get('result') == 'rolled-back':
            said = 'went back, everything is as before: %s' % said
        module.fail_json(msg=said, code=(error or {}).get('code'), exit_status=status, outcome=outcome)
    module.exit_json(changed=outcome.get('result') != 'unchanged', diff=difference(outcome), outcome=outcome)


def refuse_broken_etcd(module):
    """Members are those that this node's own one knows. A node without etcd of its own has no say."""
    etcd = call(module, ['status'])[1].get('etcd')
    if etcd and etcd['connected'] + 1 < etcd['members']:
        module.fail_json(msg='etcd has %d of %d members: nothing was changed here' % (etcd['connected'] + 1, etcd['members']), code='no-quorum')
