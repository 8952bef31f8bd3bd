# -*- coding: utf-8 -*-
# Copyright: the kcfg authors
# SPDX-License-Identifier: Apache-2.0
"""What a person reads of kcfg's documents in Ansible: the msg of a task, and what --diff shows."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

import json


def text_of(error):
    """All of an error in one line, because Ansible shows a msg as one: what is wrong, where, why, what to type."""
    parts = [error.get('message', 'kcfg refuses') + place(error)]
    for finding in error.get('findings') or []:
        parts.append(finding.get('message', '') + place(finding))
        if finding.get('kubelet'):
            parts.append('the kubelet says: %s' % finding['kubelet'])
        parts += [note for note in finding.get('notes') or [] if not note.startswith('the kubelet says: ')]
    parts += error.get('notes') or []
    if error.get('help'):
        parts.append('help: %s' % ' '.join(line.strip() for line in error['help']))
    return '; '.join(parts)


def place(part):
    """' (FILE:LINE)' of the first place, where there is one."""
    for where in part.get('where') or []:
        if where.get('file'):
            return ' (%s%s)' % (where['file'], ':%d' % where['line'] if where.get('line') else '')
    return ''


def difference(document):
    """Each file that changes, once: its settings before and after, or in words what becomes of it."""
    files = []
    for change in (document or {}).get('changes', []):
        name = change.get('file', '')
        if not files or files[-1]['before_header'] != name:
            files.append(dict(before_header=name, after_header=name, before='', after='', words=''))
        if change.get('field'):
            files[-1]['before'] += side(change, 'from')
            files[-1]['after'] += side(change, 'to')
        else:
            files[-1]['words'] = '%s%s\n' % (change.get('what', ''), ' to %s' % change['to'] if change.get('to') else '')
    for each in files:
        words = each.pop('words')
        if not each['before'] and not each['after']:
            each['after'] = words
    return files


def side(change, key):
    """FIELD: VALUE, or nothing where the file has none."""
    value = change.get(key)
    return '' if value is None else '%s: %s\n' % (change['field'], json.dumps(value) if isinstance(value, (bool, int, float, list, dict)) else value)
