/** Commands about changes that were made, and the way back. */
import type { Argument, Command } from '../command.ts';
import { OF_CHANGES } from '../options.ts';
import { CHANGE_EXITS } from './exits.ts';

const ID: Argument = { name: 'ID', optional: true };

export const GO_BACK: readonly Command[] = [
  {
    name: 'history',
    summary: 'List every change that kcfg made on this node, the newest first.',
    short: 'every change kcfg made, the newest first',
    forms: ['history'],
    arguments: [],
    options: ['limit'],
    examples: ['kcfg history -n 5 --verbose', 'kcfg history -o json'],
    exits: [1],
    group: 'go back',
    load: () => import('../../commands/history.ts'),
  },
  {
    name: 'show',
    summary: 'Show one change: who, when, why, steps, diff, checks, and how it ended.',
    short: 'one change: who, why, steps, diff, checks, end',
    forms: ['show [ID]             the last one without ID'],
    arguments: [ID],
    options: [],
    examples: ['kcfg show 1'],
    exits: [1],
    group: 'go back',
    load: () => import('../../commands/show.ts'),
  },
  {
    name: 'rollback',
    summary: 'Go back to before a change: a plan like any other, shown and asked first.',
    short: 'go back to before a change',
    forms: ['rollback [ID]         the last one without ID'],
    arguments: [ID],
    options: OF_CHANGES,
    examples: ['kcfg rollback --dry-run', 'kcfg rollback 1'],
    exits: CHANGE_EXITS,
    group: 'go back',
    changes: true,
    load: () => import('../../commands/rollback.ts'),
  },
  {
    name: 'confirm',
    summary: 'Keep the change that is on trial. From another login than the one that made it.',
    short: 'keep the change that is on trial',
    forms: ['confirm'],
    arguments: [],
    options: ['force'],
    examples: ['kcfg confirm'],
    exits: [1, 6, 7],
    group: 'go back',
    changes: true,
    load: () => import('../../commands/confirm.ts'),
  },
  {
    name: 'abort',
    summary: 'Go back now: from a change that is at work, on trial, or was cut off.',
    short: 'go back now from a change that is not decided',
    forms: ['abort'],
    arguments: [],
    options: [],
    examples: ['kcfg abort'],
    exits: [1, 6],
    group: 'go back',
    changes: true,
    load: () => import('../../commands/abort.ts'),
  },
];
