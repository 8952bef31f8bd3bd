/** Flags that take words of a list: admission plugins, controllers, modes, cipher suites. Any other ends the program at its start. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { CIPHER_SUITES } from '../../kubelet/rules/cipher-suites.ts';
import { nearest } from '../../nearest.ts';
import type { Program } from '../programs/program.ts';
import { type Flag, flagsOf } from './arguments.ts';
import { type Case, type Container, containersOf, finding, programOf } from './case.ts';
import { replaceIn } from './mend.ts';

const KUBE = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
/** Names from before 1.27, which are taken still (cmd/kube-controller-manager/app, aliases of the descriptors). */
const OLD_CONTROLLERS = ('attachdetach bootstrapsigner cloud-node-lifecycle clusterrole-aggregation cronjob csrapproving csrcleaner csrsigning daemonset deployment disruption endpoint endpointslice ' +
  'endpointslicemirroring ephemeral-volume garbagecollector horizontalpodautoscaling job legacy-service-account-token-cleaner namespace nodeipam nodelifecycle persistentvolume-binder ' +
  'persistentvolume-expander podgc pv-protection pvc-protection replicaset replicationcontroller resource-claim-controller resourcequota root-ca-cert-publisher route service serviceaccount ' +
  'serviceaccount-token statefulset storage-version-gc svm tokencleaner ttl ttl-after-finished').split(' ');

interface Choice {
  programs: readonly string[];
  flags: readonly string[];
  /** What a word of it is called. */
  what: string;
  list?: true;
  words: readonly string[] | ((program: Program | undefined) => readonly string[] | undefined);
  /** What stands before a word, and is not of it. */
  prefix?: RegExp;
  /** It may be empty. */
  empty?: true;
}

const CHOICES: readonly Choice[] = [
  { programs: ['kube-apiserver'], flags: ['enable-admission-plugins', 'disable-admission-plugins', 'admission-control'], what: 'admission plugin', list: true, empty: true, words: (program) => program?.exact === true && program.plugins ? [...program.plugins] : undefined },
  { programs: ['kube-apiserver'], flags: ['authorization-mode'], what: 'authorization mode', list: true, empty: true, words: ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node'] },
  { programs: ['kube-apiserver'], flags: ['storage-backend'], what: 'storage backend', empty: true, words: ['etcd3'] },
  { programs: ['kube-apiserver'], flags: ['endpoint-reconciler-type'], what: 'reconciler', words: ['master-count', 'lease', 'none'] },
  { programs: ['kube-apiserver'], flags: ['audit-log-mode', 'audit-webhook-mode'], what: 'mode', words: ['batch', 'blocking', 'blocking-strict'] },
  { programs: ['kube-apiserver'], flags: ['audit-log-format'], what: 'format', words: ['json', 'legacy'] },
  { programs: ['kube-controller-manager'], flags: ['controllers'], what: 'controller', list: true, empty: true, prefix: /^-/, words: (program) => program?.exact === true && program.controllers ? ['*', ...program.controllers, ...OLD_CONTROLLERS] : undefined },
  { programs: KUBE.slice(1), flags: ['leader-elect-resource-lock'], what: 'lock', words: ['leases'] },
  { programs: KUBE, flags: ['logging-format'], what: 'logging format', words: ['text', 'json'] },
  { programs: KUBE, flags: ['tls-min-version'], what: 'TLS version', empty: true, words: ['VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13'] },
  { programs: [...KUBE, 'etcd'], flags: ['tls-cipher-suites', 'cipher-suites'], what: 'cipher suite', list: true, empty: true, words: CIPHER_SUITES },
  { programs: ['etcd'], flags: ['tls-min-version', 'tls-max-version'], what: 'TLS version', empty: true, words: ['TLS1.0', 'TLS1.1', 'TLS1.2', 'TLS1.3'] },
  { programs: ['etcd'], flags: ['initial-cluster-state'], what: 'state', words: ['new', 'existing'] },
  { programs: ['etcd'], flags: ['auto-compaction-mode'], what: 'mode', words: ['periodic', 'revision'] },
  { programs: ['etcd'], flags: ['log-level'], what: 'level', empty: true, words: ['debug', 'info', 'warn', 'error', 'dpanic', 'panic', 'fatal', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'DPANIC', 'PANIC', 'FATAL'] },
  { programs: ['etcd'], flags: ['logger'], what: 'logger', words: ['zap'] },
];

export function choices(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const known = subject.facts.flags?.get(container.name);
    const bare = (name: string): boolean => typeof known === 'object' && known.get(name)?.bare === true;
    const last = new Map(flagsOf(container, bare).map((flag) => [flag.name, flag]));
    return [...last.values()].flatMap((flag) => CHOICES.filter(({ programs, flags }) => programs.includes(programOf(container)) && flags.includes(flag.name)).flatMap((choice) => judge(subject, container, flag, choice)));
  });
}

function judge(subject: Case, container: Container, flag: Flag, choice: Choice): Finding[] {
  const { value } = flag;
  const program = subject.facts.programs?.get(container.name);
  const words = typeof choice.words === 'function' ? choice.words(program) : choice.words;
  if (value === undefined || words === undefined || (value === '' && choice.empty)) return [];
  const wrong = (choice.list ? value.split(',') : [value]).filter((each) => !words.includes(each.replace(choice.prefix ?? /^$/, '')));
  return wrong.map((written) => {
    const word = written.replace(choice.prefix ?? /^$/, '');
    const same = words.find((each) => each.toLowerCase() === word.trim().toLowerCase());
    const near = same ?? nearest(word, words.filter((each) => each.length > 1));
    const path = flag.valuePath ?? flag.path;
    const edits = word === '' || near === undefined ? undefined : replaceIn(subject.yaml, path, word, near, flag.valuePath === undefined ? `${flag.written}=` : '');
    return finding(subject, {
      id: choice.what === 'admission plugin' ? 'unknown-plugin' : choice.what === 'controller' ? 'unknown-controller' : 'flag-value',
      path,
      ...(word !== '' && { part: word }),
      message: `${program?.name ?? programOf(container)}${program === undefined ? '' : ` ${program.version}`} has no ${choice.what} ${word === '' ? 'of an empty name' : word}`,
      ...(near === undefined ? {} : { label: `did you mean ${near}?` }),
      notes: ['it ends at its start'],
      edits,
    });
  });
}
