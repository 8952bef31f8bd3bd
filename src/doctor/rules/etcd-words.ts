/** What etcd says before it ends, where only that tells: damage, a member that was removed, a full database. Its words are of its source (server/etcdserver, server/storage, bbolt). */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { copyFirst, dataDirectory, etcdctl, restore, severalMembers } from '../pki/etcd-commands.ts';
import { isDown, programOf, saying } from '../pki/programs.ts';

interface Said {
  id: string;
  words: RegExp;
  /** In the log of this one; default: etcd. */
  of?: string;
  message: string;
  notes: string[];
  help?: string[];
  /** It holds while etcd runs. */
  runs?: true;
  commands: (evidence: Evidence) => string[];
}

const ANOTHER_MEMBER = ['the other members have the data: this one is removed and added again', 'no data is lost while a majority of members is up'];

const KNOWN: readonly Said[] = [
  {
    id: 'etcd-member-removed',
    words: /permanently removed from the cluster|data-dir used by this member must be removed|the member has been removed/,
    message: 'this member was removed from the cluster, and its data is of before',
    notes: ['a removed member never comes back with its old data'],
    help: ['the first line on another control plane; it prints the --initial-cluster that etcd.yaml is to have, with --initial-cluster-state=existing'],
    commands: (evidence) => {
      const flags = programOf(evidence, 'etcd')?.flags;
      const directory = dataDirectory(evidence);
      return [etcdctl(evidence, `member add ${flags?.get('name') ?? evidence.node.name} --peer-urls=${flags?.get('initial-advertise-peer-urls') ?? ''}`), `mv ${directory}/member ${directory}/member.removed`, 'kcfg edit etcd'];
    },
  },
  {
    id: 'etcd-corrupt',
    words: /failed to find database snapshot file|snapshot file doesn't exist|crc mismatch|freepages: failed|failed to recover v3 backend|invalid database|checksum error|wal: file not found|walpb: |unexpected page|slice bounds out of range.*bbolt|database file is not open|file is damaged|data corruption detected|checkConsistentIndex|panic: page \d+|failed to read WAL/i,
    message: 'its data is damaged',
    notes: ['kcfg does not touch etcd\'s data: nothing of it is deleted, and a copy comes first'],
    help: ['kubeadm keeps a copy of each upgrade below /etc/kubernetes/tmp/kubeadm-backup-etcd-*'],
    commands: (evidence) => (severalMembers(evidence) ? [copyFirst(evidence), etcdctl(evidence, 'member list')] : [copyFirst(evidence), restore(evidence), 'kcfg edit etcd']),
  },
  {
    id: 'etcd-no-space',
    words: /database space exceeded|alarm:NOSPACE|NOSPACE/,
    message: 'its database has reached its quota: it takes no more writes',
    notes: ['the alarm stays until it is disarmed'],
    help: ['REVISION stands in what the first line prints'],
    runs: true,
    commands: (evidence) => ['endpoint status -w json', 'compact REVISION', 'defrag', 'alarm disarm'].map((words) => etcdctl(evidence, words)),
  },
  {
    id: 'etcd-newer-data',
    words: /cluster cannot be downgraded|invalid downgrade|is lower than determined cluster version|storage version .* (?:unsupported|newer)/i,
    message: 'its data is of a newer etcd than its image',
    notes: ['etcd does not go back by a minor version by itself'],
    help: ['the image of before is in the manifest that kubeadm kept below /etc/kubernetes/tmp'],
    commands: () => ['kcfg edit etcd'],
  },
  {
    id: 'initial-cluster',
    words: /member count is unequal|cluster ID mismatch|couldn't find local name|--initial-cluster (?:has|must include)|missing from --initial-cluster|has already been bootstrapped|error validating peerURLs/,
    message: 'its --initial-cluster is not the cluster that it is to join',
    notes: ['a member that joins has --initial-cluster-state=existing, and every member with its peer URL in --initial-cluster'],
    help: ['see the members on another control plane, by their names and peer URLs:'],
    commands: (evidence) => [etcdctl(evidence, 'member list'), 'kcfg edit etcd'],
  },
  {
    id: 'etcd-quota',
    words: /disk quota exceeded/,
    message: 'the disk quota of its data directory is used up',
    notes: [],
    commands: () => [],
  },
];

export const etcdWords: Rule = {
  about: 'etcd reports no damage, no full database, no cluster that it does not belong to',
  find(evidence) {
    const [found] = KNOWN.flatMap((known) => told(evidence, known));
    return found === undefined ? [] : [found];
  },
};

function told(evidence: Evidence, { id, words, message, notes, help = [], runs, commands }: Said): Cause[] {
  if (evidence.etcd === undefined && programOf(evidence, 'etcd') === undefined) return [];
  // what it said before it came up is over
  if (runs === undefined && (!isDown(evidence, 'etcd') || evidence.etcd?.healthy === true)) return [];
  const lines = [...saying(evidence, 'etcd', words, 1), ...(runs === true ? saying(evidence, 'kube-apiserver', words, 1) : [])].slice(-1);
  if (lines.length === 0) return [];
  const typed = commands(evidence);
  return [
    {
      id,
      severity: 'error',
      message: `etcd: ${message}`,
      where: [{ file: dataDirectory(evidence) }],
      notes: [...notes, ...(id === 'etcd-corrupt' && severalMembers(evidence) ? ANOTHER_MEMBER : [])],
      help,
      component: 'etcd',
      layer: 'etcd',
      verdict: message,
      sure: 'certain',
      now: true,
      evidence: lines,
      ...(typed.length === 0 ? {} : { fix: { kind: 'commands', commands: typed } }),
    },
  ];
}
