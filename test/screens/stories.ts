/** Each screen of docs/screens: what is typed, on a fresh pretend node or on this machine beside one. */
import type { FaultArguments, FaultName } from '../../src/sandbox/faults.ts';
import type { Terminal } from './terminal.ts';

export interface Story {
  /** File name in docs/screens, without its ending. */
  name: string;
  /** First line of the file. */
  title: string;
  /** Where the shell is: on a pretend control plane, or on this machine. */
  on: 'node' | 'machine';
  /** What is done to the node before the screen, out of sight: commands on the machine. */
  before?: readonly string[];
  fault?: { [K in FaultName]?: FaultArguments[K] };
  /** Types, and calls `shot` for each state of the screen worth keeping; the last is taken by itself. */
  play(terminal: Terminal, shot: () => void): Promise<void>;
}

const MOVE = 'kcfg set staticPodPath /etc/kubernetes/static';

/** A story of commands only, each with the exit status that it must have. */
function typed(...commands: readonly (readonly [string, number])[]): Story['play'] {
  return async (terminal) => {
    for (const [command, expected] of commands) {
      const status = await terminal.run(command);
      if (status !== expected) throw new Error(`${command}: exit ${status}, not ${expected}\n${terminal.read().join('\n')}`);
    }
  };
}

export const STORIES: readonly Story[] = [
  { name: '01-overview', title: 'kcfg alone', on: 'node', play: typed(['kcfg', 0]) },
  {
    name: '02-wizard',
    title: 'The wizard, start to end',
    on: 'node',
    async play(terminal, shot) {
      terminal.type('kcfg set staticPodPath');
      await terminal.see('type a path');
      shot();
      terminal.press('Down', 'Down', 'Enter');
      await terminal.see('Directory for static pods: ');
      terminal.type('manifests');
      await terminal.see('> ');
      shot();
      terminal.press('C-u');
      terminal.type('/etc/kubernetes/static');
      await terminal.see('(y/N/d)');
      terminal.type('y');
      if ((await terminal.end()) !== 0) throw new Error(terminal.read().join('\n'));
    },
  },
  {
    name: '03-plan',
    title: 'Only looking: --dry-run, and a plan as a file',
    on: 'node',
    play: typed([`${MOVE} --dry-run`, 0], ['kcfg plan set staticPodPath /etc/kubernetes/static --out move.plan', 0]),
  },
  {
    name: '04-refusal',
    title: 'A refusal: a copy beside the real manifest',
    on: 'node',
    before: ['kcfg sandbox break cp1 stray-file'],
    play: typed([MOVE, 1]),
  },
  {
    name: '05-going-back',
    title: 'A check fails, and kcfg goes back',
    on: 'node',
    fault: { 'config-rewritten': { path: '/var/lib/kubelet/config.yaml', from: '/etc/kubernetes/static', to: '/etc/kubernetes/manifests' } },
    play: typed([`${MOVE} --yes`, 5]),
  },
  {
    name: '06-script',
    title: 'In a script',
    on: 'node',
    play: typed(
      [`${MOVE} < /dev/null`, 2],
      [`${MOVE} --yes -o json 2> log`, 0],
      ['head -n 2 log', 0],
      ['kcfg get staticPodPath | cat', 0],
    ),
  },
  {
    name: '07-status-pins',
    title: 'status with pins, and releasing them',
    on: 'node',
    before: [`kcfg sandbox exec cp1 -- ${MOVE} --yes --quiet`],
    play: typed(['kcfg status', 0], ['kcfg get', 0], ['kcfg unpin --dry-run', 0]),
  },
  {
    name: '08-going-back-later',
    title: 'history and rollback',
    on: 'node',
    before: [`kcfg sandbox exec cp1 -- ${MOVE} --yes --quiet`],
    play: typed(['kcfg rollback --yes', 0], ['kcfg history', 0]),
  },
  {
    name: '09-sandbox',
    title: 'The sandbox',
    on: 'machine',
    play: typed(['kcfg sandbox up w1 --worker', 0], ['kcfg sandbox list', 0], ['kcfg sandbox break cp1 stray-file', 0], ['kcfg sandbox down w1', 0]),
  },
  {
    name: '10-usage',
    title: 'Usage errors, and help',
    on: 'node',
    play: typed([`${MOVE} --dryrun`, 2], ['kcfg sett', 2], ['kcfg set staticpodpath /etc/kubernetes/static', 4], ['kcfg set --help', 0], ['kcfg --help', 0]),
  },
];
