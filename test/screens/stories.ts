/** Each screen of docs/screens: what is typed, on a fresh pretend node or on this machine beside one. */
import type { FaultArguments, FaultName } from '../../src/sandbox/faults.ts';
import { BROKEN } from './broken.ts';
import type { Terminal } from './terminal.ts';

export interface Story {
  /** File name in docs/screens, without its ending. */
  name: string;
  /** First line of the file. */
  title: string;
  /** Where the shell is: on a pretend control plane, on a pretend worker, or on this machine. */
  on: 'node' | 'worker' | 'machine';
  /** What is done to the node before the screen, out of sight: commands on the machine. */
  before?: readonly string[];
  /** So many times as fast as a real node; 1 without it. */
  speed?: number;
  fault?: { [K in FaultName]?: FaultArguments[K] };
  /** Types, and calls `shot` for each state of the screen worth keeping, or a part of its lines; the last is taken by itself. */
  play(terminal: Terminal, shot: (part?: (lines: string[]) => string[]) => void): Promise<void>;
}

const MOVE = 'kcfg set staticPodPath /etc/kubernetes/static';

/** A command on the pretend control plane, out of sight; it begins at the node's own `/`. */
const there = (script: string): string => `kcfg sandbox exec cp1 -- sh -c '${script}'`;

const FRAGMENT = 'maxPods: 150\nevictionHard:\n  memory.available: 200Mi\nmergeDefaultEvictionSettings: true\n';
/** What people get wrong: a misspelt key, two thresholds the wrong way round, a number in quotes. */
const ODD = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nevictionHrad:\n  memory.available: 200Mi\nimageGCHighThresholdPercent: 80\nimageGCLowThresholdPercent: 85\nmaxPods: "150"\n';

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
    play: typed(
      ['kcfg status', 0],
      ['sed -i s/=NodeRestriction/=NodeRestriction,EventRateLimit/ etc/kubernetes/static/kube-apiserver.yaml', 0],
      ['kcfg status', 0],
      ['kcfg unpin kube-apiserver --dry-run', 0],
    ),
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
    play: typed(['kcfg sandbox up w1 --worker', 0], ['kcfg sandbox list', 0], ['kcfg sandbox break cp1 unknown-flag', 0], ['kcfg sandbox down w1', 0]),
  },
  {
    name: '10-usage',
    title: 'Usage errors, and help',
    on: 'node',
    play: typed([`${MOVE} --dryrun`, 2], ['kcfg sett', 2], ['kcfg set staticpodpath /etc/kubernetes/static', 4], ['kcfg set --help', 0], ['kcfg --help', 0]),
  },
  {
    name: '11-get',
    title: 'Where values come from',
    on: 'node',
    before: [
      there('echo "maxPods: 110" >> var/lib/kubelet/config.yaml; echo KUBELET_EXTRA_ARGS=--max-pods=150 > etc/default/kubelet; systemctl restart kubelet'),
      there('sed -i s/cluster.local/lan/ var/lib/kubelet/config.yaml'),
    ],
    async play(terminal, shot) {
      await typed(['kcfg get staticPodPath', 0], ['kcfg get maxPods', 0], ['kcfg get clusterDomain', 0], ['kcfg get maxPods | cat', 0], ['kcfg get --all', 0])(terminal, shot);
      const all = terminal.read().findIndex((line) => line.startsWith('FIELD'));
      shot((lines) => lines.slice(0, all + 16));
      shot((lines) => lines.filter((line) => /^(?:imageGC|maxPods)/.test(line)));
      shot((lines) => lines.slice(lines.findIndex((line) => / values: /.test(line)), -1));
      await terminal.clear();
      await typed(['kcfg get authentication', 0])(terminal, shot);
    },
  },
  {
    name: '12-set',
    title: 'Two settings, one change, and the way back',
    on: 'node',
    async play(terminal) {
      terminal.type('kcfg set maxPods=150 evictionHard.memory.available=200Mi');
      await terminal.see('(y/N/d)');
      terminal.type('y');
      if ((await terminal.end()) !== 0) throw new Error(terminal.read().join('\n'));
      await typed(['kcfg rollback --dry-run', 0], ['kcfg history', 0])(terminal, () => {});
    },
  },
  {
    name: '13-fragment',
    title: 'Settings from a file, again and again; and a drop-in',
    on: 'node',
    before: [there(`printf "${FRAGMENT.replaceAll('\n', '\\n')}" > fragment.yaml`)],
    play: typed(
      ['cat fragment.yaml', 0],
      ['kcfg set -f fragment.yaml --yes', 0],
      ['kcfg set -f fragment.yaml --yes', 0],
      ['kcfg set maxPods 120 --layer drop-in --dry-run', 0],
    ),
  },
  {
    name: '14-refused-settings',
    title: 'What a kubelet would not start with is refused before anything is written',
    on: 'node',
    play: typed(
      ['kcfg set maxPods lots', 4],
      ['kcfg set imageGCHighThresholdPercent=80', 4],
      ['kcfg set cpuManagerPolicy static', 4],
      ['kcfg set evictionHrd.memory.available 1Gi', 4],
      ['kcfg unset staticPodPath', 1],
    ),
  },
  {
    name: '15-force',
    title: 'Tried all the same, with --force: it goes back by itself',
    on: 'node',
    play: typed(['kcfg set imageGCHighThresholdPercent=80 --force image-gc-order --force rejected-by-kubelet --yes', 5]),
  },
  {
    name: '16-explain',
    title: 'What a setting does, needs and disturbs',
    on: 'node',
    play: typed(['kcfg explain cpuManagerPolicy', 0], ['kcfg explain maxPods --kubelet 1.30', 0], ['kcfg explain --search swap', 0]),
  },
  {
    name: '17-validate',
    title: 'A file before the rules of a kubelet, on any machine',
    on: 'machine',
    before: [`printf '${ODD.replaceAll('\n', '\\n')}' > "$HOME/config.yaml"`],
    async play(terminal, shot) {
      await terminal.run('cd');
      await terminal.clear();
      await typed(['kcfg validate config.yaml --kubelet 1.36.3', 4])(terminal, shot);
    },
  },
  {
    name: '18-edit',
    title: 'edit: the text is judged before it is installed',
    on: 'node',
    async play(terminal) {
      terminal.type("EDITOR='sed -i s/Webhook/WebHook/' kcfg edit");
      await terminal.see('Edit again?');
      terminal.type('n');
      if ((await terminal.end()) !== 4) throw new Error(terminal.read().join('\n'));
    },
  },
  {
    name: '19-diff',
    title: 'diff: the running kubelet, and another node',
    on: 'node',
    before: [
      'kcfg sandbox up w1 --worker',
      'kcfg sandbox exec w1 -- kcfg set maxPods 150 --yes --quiet',
      'kcfg sandbox exec w1 -- kcfg get --all -o json > "$(kcfg sandbox exec cp1 -- pwd)/w1.json"',
    ],
    play: typed(['kcfg diff', 0], ['sed -i s/cluster.local/lan/ var/lib/kubelet/config.yaml', 0], ['kcfg diff', 3], ['kcfg diff w1.json', 3]),
  },
  {
    name: '20-stig',
    title: 'STIG V-242397 on a worker: no static pods from files',
    on: 'worker',
    play: typed(['kcfg validate --rule stig', 3], ['kcfg unset staticPodPath --yes', 0], ['kcfg validate --rule stig', 0]),
  },
  {
    name: '21-history',
    title: 'Who, when, why, what; and back to before an earlier change',
    on: 'node',
    before: [
      'kcfg sandbox exec cp1 -- kcfg set maxPods=150 registryPullQPS=7 --yes --quiet --reason "CHG-4711: more pods"',
      'kcfg sandbox exec cp1 -- kcfg set podPidsLimit 500 --yes --quiet',
      'kcfg sandbox exec cp1 -- kcfg set maxPods 140 --yes --quiet --reason CHG-4720',
    ],
    play: typed(['kcfg history -v', 0], ['kcfg show 1', 0], ['kcfg rollback 1', 1], ['kcfg diff 3', 3], ['kcfg rollback 2 --dry-run', 0], ['kcfg rollback 9', 1]),
  },
  {
    name: '22-trial',
    title: 'On trial: kept by a new login only, or gone back from',
    on: 'node',
    play: typed(['kcfg set maxPods 150 --yes --confirm-within 5m', 0], ['kcfg confirm', 1], ['kcfg', 0], ['kcfg abort', 0]),
  },
  {
    name: '23-cut-off',
    title: 'kcfg was killed in the middle: the next one says what became of it',
    on: 'node',
    before: [there(`${MOVE} --yes --quiet & for n in $(seq 600); do grep -q "intent.,.step.:4" var/lib/kcfg/1/journal && break; sleep 0.05; done; systemctl kill -s KILL kcfg-1.service; wait`)],
    play: typed(['kcfg get maxPods', 0], ['kcfg show 1', 0], ['kcfg get maxPods', 0]),
  },
  {
    name: '24-edit-manifest',
    title: 'edit of a static pod: refused with all that is wrong, then planned',
    on: 'node',
    before: [`kcfg sandbox exec cp1 -- ${MOVE} --yes --quiet`],
    play: typed(
      ["sed 's/admission-plugins/admission-plugin/; s/apiserver.crt/apiserver.cert/' etc/kubernetes/static/kube-apiserver.yaml >draft.yaml", 0],
      ['kcfg edit kube-apiserver --from draft.yaml', 4],
      ["sed 's/--allow-privileged=true/--event-ttl=2h/' etc/kubernetes/static/kube-apiserver.yaml >draft.yaml", 0],
      ['kcfg edit kube-apiserver --from draft.yaml --dry-run', 0],
    ),
  },
  ...BROKEN,
];
