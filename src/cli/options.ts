/**
 * Every option of kcfg, each defined once: the parser, help and the manual read this table.
 * An option means the same in every command that takes it; a test holds them to a description and a type.
 */

export interface Option {
  name: string;
  short?: string;
  /** A switch is there or not; a value is given once (the last counts); a list can be given several times. */
  type: 'switch' | 'value' | 'list';
  /** What stands for the value in help, e.g. 'DIR'. Not for switches. */
  value?: string;
  /** The only values it takes. */
  choices?: readonly string[];
  /** One line of help, no full stop. */
  about: string;
}

export const OPTIONS = {
  'dry-run': { name: 'dry-run', type: 'switch', about: 'plan and diff, change nothing' },
  yes: { name: 'yes', short: 'y', type: 'switch', about: 'do not ask' },
  strategy: {
    name: 'strategy',
    type: 'value',
    value: 'NAME',
    choices: ['adopt', 'recreate'],
    about: 'adopt keeps containers; recreate leaves no pins',
  },
  layer: {
    name: 'layer',
    type: 'value',
    value: 'NAME',
    choices: ['drop-in'],
    about: 'drop-in: write a drop-in, which wins over the file',
  },
  'no-bridge': { name: 'no-bridge', type: 'switch', about: 'no link from the old directory, no kubeadm setting' },
  for: { name: 'for', type: 'value', value: 'WHAT', choices: ['kubeadm-upgrade'], about: 'kubeadm-upgrade: and what that needs' },
  'confirm-within': { name: 'confirm-within', type: 'value', value: 'TIME', about: 'go back unless kcfg confirm comes in time' },
  force: { name: 'force', type: 'list', value: 'NAME', about: 'override the one refusal of that name' },
  limit: { name: 'limit', short: 'n', type: 'value', value: 'N', about: 'only the last N' },
  reason: { name: 'reason', type: 'value', value: 'TEXT', about: 'kept in kcfg history and the journal' },
  file: { name: 'file', short: 'f', type: 'value', value: 'FILE', about: 'from a file: settings to set, or a whole manifest' },
  from: { name: 'from', type: 'value', value: 'FILE', about: 'the new text from a file, no editor; - is stdin' },
  'remove-pods': { name: 'remove-pods', type: 'value', value: 'NAMES', about: 'static pods that may stop with their directory' },
  bundle: { name: 'bundle', type: 'value', value: 'FILE', about: 'write the evidence there, without keys and tokens' },
  out: { name: 'out', type: 'value', value: 'FILE', about: 'write it there: the plan, the report, the metrics' },
  'exit-code': { name: 'exit-code', type: 'switch', about: 'exit 3 when there is something to do' },
  rule: { name: 'rule', type: 'value', value: 'NAME', choices: ['stig'], about: 'stig: DISA V-242397, no static pods from files' },
  'config-dir': { name: 'config-dir', type: 'value', value: 'DIR', about: 'drop-ins that go with FILE' },
  defaults: { name: 'defaults', type: 'switch', about: 'against the defaults of this kubelet' },
  worker: { name: 'worker', type: 'switch', about: 'a worker, not a control plane' },
  speed: { name: 'speed', type: 'value', value: 'N', about: 'N times as fast as a real node; default 1' },
  all: { name: 'all', type: 'switch', about: 'all of them' },
  search: { name: 'search', type: 'value', value: 'WORD', about: 'fields by a word in their name or text' },
  kubelet: { name: 'kubelet', type: 'value', value: 'VERSION', about: 'for that kubelet, e.g. 1.36.3' },
  inventory: { name: 'inventory', short: 'i', type: 'list', value: 'FILE', about: 'inventory of Ansible: a file, a directory, a script' },
  hosts: { name: 'hosts', type: 'value', value: 'PATTERN', about: 'only these of the inventory, as Ansible writes it' },
  ansible: { name: 'ansible', type: 'list', value: 'OPTION', about: 'for ansible-playbook itself, e.g. --ansible=-K' },
  batch: { name: 'batch', type: 'value', value: 'N', about: 'workers at a time, a number or 10%, the default' },
  purge: { name: 'purge', type: 'switch', about: 'the records of all changes too: nothing can go back' },
  'max-fail': { name: 'max-fail', type: 'value', value: 'N%', about: 'of a batch may fail; default 0%' },
  output: {
    name: 'output',
    short: 'o',
    type: 'value',
    value: 'FORMAT',
    choices: ['human', 'json', 'yaml'],
    about: 'human, json, yaml',
  },
  root: { name: 'root', type: 'value', value: 'DIR', about: 'work on a tree, not on the running machine' },
  quiet: { name: 'quiet', short: 'q', type: 'switch', about: 'only the verdict and errors' },
  verbose: { name: 'verbose', short: 'v', type: 'switch', about: 'more: the diff in scripts, stacks of bugs' },
  'no-color': { name: 'no-color', type: 'switch', about: 'no colours' },
  help: { name: 'help', short: 'h', type: 'switch', about: 'this text' },
  version: { name: 'version', type: 'switch', about: 'the version of kcfg' },
} as const satisfies Record<string, Option>;
export type OptionName = keyof typeof OPTIONS;

/** The record of an option, with its optional properties. */
export function optionOf(name: OptionName): Option {
  return OPTIONS[name];
}

/** Options that every command takes; help folds the ones that are the same everywhere into a last block. */
export const EVERYWHERE: readonly OptionName[] = ['output', 'root', 'quiet', 'verbose', 'no-color', 'help', 'version'];

/** Options of every command that makes a change. */
export const OF_CHANGES: readonly OptionName[] = ['dry-run', 'yes', 'confirm-within', 'force', 'reason'];
