/**
 * Where etcd's data lies: --data-dir in the container, the mount around it, the directory on the node. After a restore one of
 * the three is easily forgotten, and etcd then starts with nothing, or with what was there before.
 */
import type { Cause, Fix, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { EtcdFacts, KubeconfigPlace } from '../pki/evidence.ts';
import { isDown, programOf, saying } from '../pki/programs.ts';

const MOMENT_MS = 600_000;
const SAID = /permission denied|cannot access data directory|is not writable|not a directory|no such file|read-only file system/;

export const etcdData: Rule = {
  about: 'etcd has its data, and may write it',
  find(evidence) {
    const { etcd } = evidence;
    const program = programOf(evidence, 'etcd');
    if (etcd === undefined || program === undefined) return [];
    const { path: file, sha256 } = program.entry;
    const manifest: Manifest = { file, ...(sha256 === undefined ? {} : { sha256 }) };
    // without a --data-dir, and with a mistake in another line, that line was to be it
    if (etcd.places?.['data-dir'] === undefined && program.entry.findings.some(({ severity }) => severity === 'error')) return [];
    if (etcd.hostDirectory === undefined) return unmounted(evidence, etcd, manifest);
    if (etcd.kind === 'file' || etcd.kind === 'other') return [told(evidence, { id: 'etcd-data', message: `${etcd.hostDirectory} is no directory`, verdict: 'its data directory is no directory', file: etcd.hostDirectory })];
    if (!etcd.member) return missing(evidence, etcd, etcd.hostDirectory, manifest);
    return [...empty(evidence, etcd, etcd.hostDirectory, manifest), ...access(evidence, etcd, etcd.hostDirectory, manifest), ...room(etcd)];
  },
};

interface Manifest {
  file: string;
  sha256?: string;
}
interface Said {
  id: string;
  message: string;
  verdict: string;
  file: string;
  place?: KubeconfigPlace | undefined;
  sure?: Cause['sure'];
  severity?: Cause['severity'];
  notes?: string[];
  help?: string[];
  fix?: Fix | undefined;
}

function told(evidence: Evidence, { id, message, verdict, file, place, sure = 'certain', severity = 'error', notes = [], help = [], fix }: Said): Cause {
  return { id, severity, message, where: [{ file, ...(place === undefined ? {} : { line: place.line, column: place.column }) }], notes, help, component: 'etcd', layer: 'etcd', verdict, sure, now: severity === 'error' && isDown(evidence, 'etcd'), evidence: saying(evidence, 'etcd', SAID, 1), ...(fix === undefined ? {} : { fix }) };
}

/**
 * An API server that has read from other data holds that in its watch caches, and asks etcd for what comes after: etcd's
 * documentation has all of them restarted after a restore (op-guide/recovery), and on a node of 1.37.2 the kubelet hears
 * nothing from one that was left.
 */
function otherData(fix: Fix | undefined): Fix | undefined {
  return fix?.kind === 'edit' ? { ...fix, renews: ['kube-apiserver'] } : fix;
}

/** `name` → its new text. */
function edited({ places }: EtcdFacts, { file, sha256 }: Manifest, changes: Record<string, string>): Fix | undefined {
  const edits = Object.entries(changes).flatMap(([name, insert]) => {
    const place = places?.[name];
    return place === undefined ? [] : [{ offset: place.offset, remove: place.length, insert }];
  });
  return sha256 === undefined || edits.length !== Object.keys(changes).length ? undefined : { kind: 'edit', file, sha256, edits: edits.sort((a, b) => a.offset - b.offset) };
}

/** --data-dir was changed, and the mount was not. */
function unmounted(evidence: Evidence, etcd: EtcdFacts, manifest: Manifest): Cause[] {
  if (etcd.mountPath === undefined) return [];
  const restored = etcd.others?.some(({ path }) => path === etcd.dataDirectory) === true;
  const fix = otherData(edited(etcd, manifest, restored ? { 'data-dir': `--data-dir=${etcd.mountPath}`, hostPath: etcd.dataDirectory } : { 'data-dir': `--data-dir=${etcd.mountPath}` }));
  const message = `--data-dir is ${etcd.dataDirectory}, which is not on the node: the mount is ${etcd.mountPath}`;
  const notes = ['etcd starts there with nothing, and what it writes is lost with its container', ...(restored ? [`${etcd.dataDirectory} on the node has data of etcd: it is to be mounted`] : [])];
  return [{ ...told(evidence, { id: 'etcd-data-unmounted', message, verdict: 'its data directory is in no mount', file: manifest.file, place: etcd.places?.['data-dir'], sure: restored ? 'likely' : 'certain', notes, fix }), now: true }];
}

function missing(evidence: Evidence, etcd: EtcdFacts, directory: string, manifest: Manifest): Cause[] {
  // one that runs has its member/: it was looked for at another time, or under another root
  if (!isDown(evidence, 'etcd')) return [];
  const [other, ...more] = etcd.others ?? [];
  const fix = other === undefined || more.length > 0 ? undefined : edited(etcd, manifest, { hostPath: other.path });
  const message = `${directory} ${etcd.kind === undefined ? 'is not there' : 'has no data of etcd'}${other === undefined ? '' : `, and ${other.path} has`}`;
  const help = other === undefined ? ['a disk that is not mounted? findmnt says what is:', '  findmnt', 'else a snapshot is restored with etcdutl snapshot restore'] : more.length > 0 ? [`there are: ${[other, ...more].map(({ path }) => path).join(', ')}`] : [];
  return [told(evidence, { id: 'etcd-data', message, verdict: 'it does not find its data', file: manifest.file, place: etcd.places?.hostPath, sure: other === undefined ? 'likely' : 'certain', severity: other === undefined && !evidence.node.live ? 'warning' : 'error', notes: ['etcd that starts without data begins an empty cluster'], help, fix })];
}

/** No snapshot file yet and one log: bootstrapped, not restored (etcdutl leaves 0000000000000001-….snap); and beside it lies more, or as much: etcd 3.7 makes the file 16 MiB large at once. */
function empty(evidence: Evidence, etcd: EtcdFacts, directory: string, manifest: Manifest): Cause[] {
  const [other, ...more] = (etcd.others ?? []).filter(({ bytes }) => etcd.database !== undefined && (bytes > etcd.database.bytes || (bytes === etcd.database.bytes && isYounger(evidence, etcd))));
  if (other === undefined || more.length > 0 || etcd.snapshot !== undefined || etcd.logs !== 1) return [];
  const message = `etcd began an empty cluster in ${directory}, and ${other.path} has ${other.bytes === etcd.database?.bytes ? 'a database from before' : 'a larger database'}`;
  return [{ ...told(evidence, { id: 'etcd-empty', message, verdict: `it began an empty cluster in ${directory}`, file: manifest.file, place: etcd.places?.hostPath, sure: isYounger(evidence, etcd) ? 'certain' : 'likely', notes: ['what the cluster had is not in it'], fix: otherData(edited(etcd, manifest, { hostPath: other.path })) }), now: true }];
}

/** Than the cluster, whose authority was made a moment before its first data. Who joins gets both at once, who restores has a snapshot file. */
function isYounger({ certificates }: Evidence, { begunAt }: EtcdFacts): boolean {
  const made = certificates.find(({ file }) => file === '/etc/kubernetes/pki/etcd/ca.crt')?.changedAt;
  return made !== undefined && begunAt !== undefined && Date.parse(begunAt) - Date.parse(made) > MOMENT_MS;
}

function access(evidence: Evidence, etcd: EtcdFacts, directory: string, manifest: Manifest): Cause[] {
  const { mode, uid, runAs, keyUid } = etcd;
  const typed = (...lines: string[]): Fix => ({ kind: 'commands', commands: lines });
  if (runAs !== 0 && uid !== undefined && uid !== runAs) {
    // data and key are one user's: it is the manifest that says another
    const own = keyUid === uid ? edited(etcd, manifest, { runAsUser: String(uid) }) : undefined;
    const place = own === undefined ? {} : { file: manifest.file, place: etcd.places?.runAsUser };
    return [told(evidence, { id: 'etcd-owner', message: `${directory} belongs to user ${uid}, and etcd runs as ${runAs}`, verdict: `it runs as user ${runAs} and may not write its data`, file: directory, ...place, notes: ['securityContext.runAsUser of its manifest says so'], fix: own ?? typed(`chown -R ${runAs} ${directory}`, `chmod 700 ${directory}`) })];
  }
  const denied = isDown(evidence, 'etcd') ? saying(evidence, 'etcd', /permission denied|cannot access data directory|is not writable|read-only file system/, 1) : [];
  if (denied.length > 0 && denied.some((line) => line.includes('data') || line.includes(directory) || line.includes('member'))) {
    return [told(evidence, { id: 'etcd-owner', message: `etcd may not write ${directory}`, verdict: 'it may not write its data', file: directory, sure: 'likely', notes: [`mode ${octal(mode)}, user ${uid ?? '?'}`], fix: typed(`chown -R ${runAs} ${directory}`, `chmod 700 ${directory}`) })];
  }
  if (mode === undefined || (mode & 0o077) === 0) return [];
  return [told(evidence, { id: 'etcd-mode', severity: 'warning', message: `${directory} has mode ${octal(mode)}: others on this machine read what the cluster keeps secret`, verdict: 'its data can be read by others', file: directory, notes: ['etcd asks for 0700'], fix: typed(`chmod 700 ${directory}`) })];
}

function octal(mode: number | undefined): string {
  return mode === undefined ? '?' : `0${(mode & 0o7777).toString(8)}`;
}

/** By its own numbers: at the quota it takes no more writes, and only compaction and an alarm that is disarmed bring it back. */
function room({ quotaBytes, databaseBytes, hostDirectory }: EtcdFacts): Cause[] {
  if (quotaBytes === undefined || databaseBytes === undefined || quotaBytes === 0 || databaseBytes < quotaBytes * 0.8) return [];
  const share = Math.floor((databaseBytes / quotaBytes) * 100);
  const message = `etcd's database has ${share}% of its quota`;
  return [{ id: 'etcd-quota-near', severity: 'warning', message, where: [{ file: hostDirectory ?? '/var/lib/etcd' }], notes: ['at 100% it takes no more writes'], help: ['compact and defragment it, or raise --quota-backend-bytes'], component: 'etcd', layer: 'etcd', verdict: message, sure: 'certain', now: false, evidence: [] }];
}
