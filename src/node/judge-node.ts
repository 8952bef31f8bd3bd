/** This node's configuration before the judges: kcfg's own rules over every layer, and the node's own kubelet. */
import type { Where } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { loadFields } from '../kubelet/fields/load.ts';
import type { FieldSet } from '../kubelet/fields/field-set.ts';
import { flagSettings } from '../kubelet/flag-settings.ts';
import { listFlags, parseFlags } from '../kubelet/flags.ts';
import type { Finding } from '../kubelet/rules/finding.ts';
import { judge, type Files } from '../kubelet/rules/judge.ts';
import { listDropIns, type Unread } from './drop-ins.ts';
import { observeFacts } from './facts.ts';
import { placeIn, rehearse, type Rehearsal } from './rehearse.ts';
import { observeService, type Service } from './service.ts';
import { CONFIG_FILE } from './settings.ts';
import { kubeletVersion } from './version.ts';

export interface Judged {
  fields: FieldSet;
  /** Of the kubelet that judges: '1.37.2'. */
  version: string;
  findings: Finding[];
  /** Of the node's own kubelet, where there is one to ask and the right to. */
  rehearsal?: Rehearsal;
  /** What was read. */
  files: string[];
  /** Where the kubelet's words point, when it refused. */
  place?: Where;
  /** Our rules once more, with other bytes of that file. */
  again(file: string, bytes: Uint8Array): Finding[];
}

export interface Subject {
  /** A file in place of the node's own configuration: then the node's flags and drop-ins do not count. */
  file?: { file: string; bytes: Uint8Array };
  dropIns?: readonly { file: string; bytes: Uint8Array }[];
  /** What lies beside the drop-ins and is never read. */
  unread?: readonly Unread[];
  /** A version other than this node's. */
  version?: string;
}

/** What was asked of the node before. */
export interface Known {
  service: Service | undefined;
  version: string | undefined;
}

/** Reads nothing of the node where a version is named. */
export async function judgeConfiguration(host: Host, subject: Subject, asked?: Known): Promise<Judged> {
  const service = asked !== undefined ? asked.service : subject.version === undefined && host.live ? await observeService(host).catch(() => undefined) : undefined;
  const binary = service?.argv[0]?.startsWith('/') === true ? service.argv[0] : undefined;
  const version = asked?.version ?? subject.version ?? (binary === undefined ? undefined : await kubeletVersion(host, binary));
  const fields = await loadFields(version);
  const files = subject.file === undefined ? await nodeFiles(host, service, fields) : { config: subject.file, dropIns: subject.dropIns ?? [], flags: [], unread: subject.unread ?? [] };
  const known = subject.version !== undefined || (subject.file !== undefined && service === undefined);
  const facts = known ? {} : await observeFacts(host, service?.flags.get('root-dir') ?? '/var/lib/kubelet', [textOf(files)], service?.flags ?? new Map());
  const pending: Finding[] = service?.needsReload === true && subject.file === undefined ? [reloadPending()] : [];
  const findings = [...judge(fields, { ...files, facts }), ...pending];
  const again = (file: string, bytes: Uint8Array): Finding[] => {
    const other = <T extends { file: string }>(each: T): T => (each.file === file ? { ...each, bytes } : each);
    return judge(fields, { ...files, ...(files.config === undefined ? {} : { config: other(files.config) }), dropIns: files.dropIns.map(other), facts });
  };
  const rehearsal = service === undefined || binary === undefined || !(host.user.uid === 0 || host.sandbox) ? undefined : await ask(host, service, binary, subject, files);
  const all = [...(files.config === undefined ? [] : [files.config]), ...files.dropIns];
  const place = rehearsal === undefined || rehearsal.accepted ? undefined : await placeIn(rehearsal.words, all, version);
  const paths = [...(files.config === undefined ? [] : [files.config.file]), ...files.dropIns.map(({ file }) => file), ...new Set(files.flags.flatMap((flag) => flag.file ?? []))];
  return { fields, version: fields.exact && version !== undefined ? version : fields.version, findings, files: paths, again, ...(rehearsal === undefined ? {} : { rehearsal }), ...(place === undefined ? {} : { place }) };
}

function reloadPending(): Finding {
  return {
    id: 'reload-pending',
    severity: 'warning',
    message: "the kubelet's unit was edited since systemd read it",
    where: [],
    notes: ['a restart starts what systemd knows, and not what the files of the unit say'],
    help: ['put the edit into force:', '  systemctl daemon-reload', '  systemctl restart kubelet'],
  };
}

/** Paths in the text are looked for on the node. */
function textOf({ config, dropIns }: Files): string[] {
  return [config, ...dropIns].flatMap((each) => (each === undefined ? [] : (Buffer.from(each.bytes).toString('utf8').match(/\/[\w./-]+/g) ?? [])));
}

/** The files as they stand, whatever is in them: what cannot be read as a configuration is a finding. */
async function nodeFiles(host: Host, service: Service | undefined, fields: FieldSet): Promise<Files> {
  const next = parseFlags(service?.nextArgv.slice(1) ?? []);
  const file = next.get('config') ?? CONFIG_FILE;
  const bytes = await host.files.read(file);
  const directory = next.get('config-dir');
  const listed = directory === undefined ? { files: [], unread: [] } : await listDropIns(host, directory);
  const dropIns: { file: string; bytes: Uint8Array }[] = [];
  for (const path of listed.files) {
    const content = await host.files.read(path);
    if (content !== undefined) dropIns.push({ file: path, bytes: content });
  }
  return { ...(bytes === undefined ? {} : { config: { file, bytes } }), dropIns, flags: flagSettings(fields, listFlags(service?.nextArgv.slice(1) ?? []), service?.flagSource), unread: listed.unread };
}

async function ask(host: Host, service: Service, binary: string, subject: Subject, { config, dropIns }: Files): Promise<Rehearsal | undefined> {
  const configFile = config?.file ?? CONFIG_FILE;
  const files = new Map([...(config === undefined ? [] : [config]), ...dropIns].map(({ file, bytes }) => [file, bytes]));
  const argv = subject.file === undefined ? service.nextArgv : [binary];
  return await rehearse(host, { binary, configFile }, { argv, files, dropIns: dropIns.map(({ file }) => file) });
}
