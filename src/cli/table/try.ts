/** Pretend nodes, and what kcfg calls itself. */
import type { Argument, Command } from '../command.ts';
import { CHANGE_EXITS } from './exits.ts';

const ID: Argument = { name: 'ID', optional: true };

export const TRY: readonly Command[] = [
  {
    name: 'sandbox',
    summary: 'Pretend nodes on this machine, for trying kcfg. They need no root.',
    short: 'pretend nodes on this machine, for trying kcfg',
    forms: [
      'sandbox up NAME',
      'sandbox down NAME | --all',
      'sandbox list',
      'sandbox shell NAME        a shell in which kcfg works on that node',
      'sandbox exec NAME -- COMMAND...',
      'sandbox break NAME CASE   then see what kcfg doctor says',
      'sandbox reboot NAME',
    ],
    arguments: [
      { name: 'up', words: ['up', 'down', 'list', 'shell', 'exec', 'break', 'reboot', 'daemon'] },
      { name: 'NAME', optional: true, repeat: true },
    ],
    options: ['worker', 'speed', 'all'],
    examples: [
      'kcfg sandbox up cp1',
      'kcfg sandbox exec cp1 -- kcfg set staticPodPath /etc/kubernetes/static --yes',
      'kcfg sandbox down cp1',
    ],
    exits: [1],
    group: 'try',
    load: () => import('../../commands/sandbox.ts'),
  },
  {
    name: 'internal',
    summary: "For kcfg's own systemd units: run, recover, revert, boot, conclude.",
    short: "for kcfg's own systemd units",
    forms: ['internal run ID', 'internal recover ID asked|RESULT', 'internal revert ID', 'internal boot', 'internal conclude ID'],
    arguments: [{ name: 'run', words: ['run', 'recover', 'revert', 'boot', 'conclude'] }, ID, { name: 'RESULT', optional: true }],
    options: [],
    examples: ['kcfg internal boot'],
    exits: CHANGE_EXITS,
    group: 'about',
    hidden: true,
    load: () => import('../../commands/internal.ts'),
  },
];
