/**
 * THE table of commands. The parser, help, and later completion and manual pages only read it.
 * A command loads its own file when it runs, and no other: `kcfg get` must not pay for `kcfg set`.
 */
import type { ExitStatus } from '../errors.ts';
import type { CommandModule } from './context.ts';
import { OF_CHANGES, type OptionName } from './options.ts';

export type Group = 'look' | 'change' | 'go back' | 'try' | 'about';

export interface Argument {
  /** As it stands in the forms, e.g. 'FIELD'. */
  name: string;
  optional?: true;
  /** May be given any number of times. Only the last argument. */
  repeat?: true;
  /** The only words it takes. */
  words?: readonly string[];
}

export interface Command {
  /** '' is `kcfg` alone. */
  name: string;
  /** One sentence with a full stop: the first line of its help. */
  summary: string;
  /** Its line in `kcfg --help`, at most about 50 columns, no full stop. */
  short: string;
  /** How it is typed, without 'kcfg'; a remark stands behind two or more blanks. */
  forms: readonly string[];
  arguments: readonly Argument[];
  /** Options beyond those that every command takes. */
  options: readonly OptionName[];
  /** Whole commands, ready to copy. */
  examples: readonly string[];
  /** Exit statuses beyond 0 and 2. */
  exits: readonly ExitStatus[];
  group: Group;
  /** Makes changes: with -o json a refusal is a document on stdout too. */
  changes?: true;
  /** For kcfg's own units; not in help. */
  hidden?: true;
  load(): Promise<CommandModule>;
}

const CHANGE_EXITS: readonly ExitStatus[] = [1, 4, 5, 6, 7, 8, 130];
const FIELD: Argument = { name: 'FIELD', optional: true };
const ID: Argument = { name: 'ID', optional: true };

export const COMMANDS: readonly Command[] = [
  {
    name: '',
    summary: 'Show the state of this node, and the likeliest next commands.',
    short: 'the state of this node, and what to do next',
    forms: [''],
    arguments: [],
    options: [],
    examples: ['kcfg', 'kcfg -o json'],
    exits: [1],
    group: 'look',
    load: () => import('../commands/overview.ts'),
  },
  {
    name: 'get',
    summary: 'Show the value of a setting in force, and the file and line it comes from.',
    short: 'the value in force, and where it comes from',
    forms: ['get [FIELD]'],
    arguments: [FIELD],
    options: [],
    examples: ['kcfg get staticPodPath', 'kcfg get staticPodPath -o json'],
    exits: [1, 4],
    group: 'look',
    load: () => import('../commands/get.ts'),
  },
  {
    name: 'status',
    summary: "Show the node now: kubelet, static pods, pins, and a change that is not decided.",
    short: 'the node now: static pods, pins, open changes',
    forms: ['status'],
    arguments: [],
    options: [],
    examples: ['kcfg status', 'kcfg status -o json'],
    exits: [1],
    group: 'look',
    load: () => import('../commands/status.ts'),
  },
  {
    name: 'verify',
    summary: 'Make the checks that follow a change, on their own. Changes nothing.',
    short: 'the checks that follow a change, on their own',
    forms: ['verify'],
    arguments: [],
    options: [],
    examples: ['kcfg verify', 'kcfg verify -o json'],
    exits: [1, 3],
    group: 'look',
    load: () => import('../commands/verify.ts'),
  },
  {
    name: 'set',
    summary: "Change settings of this node's kubelet: plan, ask, apply, verify, or go back.",
    short: 'change a setting: plan, ask, apply, verify',
    forms: ['set FIELD VALUE', 'set FIELD=VALUE...', 'set [FIELD]           asks for what is missing'],
    arguments: [{ name: 'FIELD', optional: true, repeat: true }],
    options: [...OF_CHANGES, 'strategy', 'layer', 'no-bridge'],
    examples: [
      'kcfg set staticPodPath /etc/kubernetes/static --dry-run',
      'kcfg set staticPodPath=/etc/kubernetes/static --yes --reason CHG-4711',
    ],
    exits: CHANGE_EXITS,
    group: 'change',
    changes: true,
    load: () => import('../commands/set.ts'),
  },
  {
    name: 'plan',
    summary: 'Show what a change would do, step by step, or keep it as a file. Changes nothing.',
    short: 'what a change would do; keep it as a file',
    forms: ['plan set FIELD VALUE', 'plan set FIELD=VALUE...'],
    arguments: [{ name: 'set', words: ['set'] }, { name: 'FIELD', repeat: true }],
    options: ['out', 'exit-code', 'force', 'reason', 'strategy', 'layer', 'no-bridge'],
    examples: [
      'kcfg plan set staticPodPath /etc/kubernetes/static',
      'kcfg plan set staticPodPath /etc/kubernetes/static --out move.plan',
    ],
    exits: [1, 3, 4],
    group: 'change',
    load: () => import('../commands/plan.ts'),
  },
  {
    name: 'apply',
    summary: 'Carry out a plan from a file. A plan that no longer fits the node is refused.',
    short: 'carry out a plan from a file',
    forms: ['apply FILE'],
    arguments: [{ name: 'FILE' }],
    options: OF_CHANGES,
    examples: ['kcfg apply move.plan', 'kcfg apply move.plan --yes'],
    exits: CHANGE_EXITS,
    group: 'change',
    changes: true,
    load: () => import('../commands/apply.ts'),
  },
  {
    name: 'unpin',
    summary: 'Release pins, so that edits of the manifests count again. Re-creates those pods.',
    short: 'release pins: edits of the manifests count again',
    forms: ['unpin [POD...]        all pinned ones without POD'],
    arguments: [{ name: 'POD', optional: true, repeat: true }],
    options: OF_CHANGES,
    examples: ['kcfg unpin --dry-run', 'kcfg unpin kube-apiserver'],
    exits: CHANGE_EXITS,
    group: 'change',
    changes: true,
    load: () => import('../commands/unpin.ts'),
  },
  {
    name: 'history',
    summary: 'List every change that kcfg made on this node, the newest first.',
    short: 'every change kcfg made, the newest first',
    forms: ['history'],
    arguments: [],
    options: [],
    examples: ['kcfg history', 'kcfg history -o json'],
    exits: [1],
    group: 'go back',
    load: () => import('../commands/history.ts'),
  },
  {
    name: 'show',
    summary: 'Show one change: steps, diff, checks, and why it went back if it did.',
    short: 'one change: steps, diff, checks, and its end',
    forms: ['show [ID]             the last one without ID'],
    arguments: [ID],
    options: [],
    examples: ['kcfg show 1'],
    exits: [1],
    group: 'go back',
    load: () => import('../commands/show.ts'),
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
    load: () => import('../commands/rollback.ts'),
  },
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
      'sandbox break NAME CASE   then see what kcfg says',
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
    load: () => import('../commands/sandbox.ts'),
  },
  {
    name: 'internal',
    summary: "For kcfg's own systemd units: run, recover, boot, conclude.",
    short: "for kcfg's own systemd units",
    forms: ['internal run ID', 'internal recover ID', 'internal boot', 'internal conclude ID'],
    arguments: [{ name: 'run', words: ['run', 'recover', 'boot', 'conclude'] }, ID],
    options: [],
    examples: ['kcfg internal boot'],
    exits: CHANGE_EXITS,
    group: 'about',
    hidden: true,
    load: () => import('../commands/internal.ts'),
  },
];

/** The record of a command by its name, hidden ones too. */
export function commandOf(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
