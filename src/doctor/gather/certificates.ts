/**
 * Every certificate and key that a node's programs read: kubeadm's, those that flags and settings name, the kubelet's own, and
 * those within kubeconfigs. What cannot be read is told with its reason. Bounded: a directory of thousands is no PKI.
 */
import { posix } from 'node:path';
import { KcfgError } from '../../errors.ts';
import type { FileInfo, Host } from '../../host/host.ts';
import type { Certificate, Key } from '../pki/evidence.ts';
import { roleOf } from '../pki/roles.ts';
import { KUBECONFIGS, openKubeconfig } from './kubeconfigs.ts';
import { brokenCertificate, findSigners, type Place, type Read, readCertificates, readKey } from './pem.ts';

const PKI = '/etc/kubernetes/pki';
const KUBELET = '/var/lib/kubelet/pki';
const MOST_FILES = 200;
const LARGEST = 1024 * 1024;
const DEEPEST = 4;

/** `extra`: files on the node that manifests' flags and the kubelet's settings name, kubeconfigs too. */
export async function gatherCertificates(host: Host, extra: readonly string[]): Promise<{ certificates: Certificate[]; keys: Key[] }> {
  const configs = new Set([...KUBECONFIGS, ...extra.filter(isKubeconfig)]);
  const listed = [...(await filesBelow(host, PKI, DEEPEST)), ...(await filesBelow(host, KUBELET, 0))];
  const files = new Set([...listed, ...extra.filter((path) => !isKubeconfig(path) && !isOther(path))]);
  const read: Read[] = [];
  const keys: Key[] = [];
  const embedded: string[] = [];
  for (const file of configs) embedded.push(...(await fromKubeconfig(host, file, read, keys)));
  for (const file of [...files, ...embedded].filter((path, i, all) => all.indexOf(path) === i).slice(0, MOST_FILES)) await fromFile(host, file, read, keys);
  findSigners(read);
  return { certificates: read.map(({ facts }) => facts), keys };
}

function isKubeconfig(path: string): boolean {
  return path.endsWith('.conf') || path.endsWith('kubeconfig') || path.endsWith('/config');
}
/** Configurations that flags name too: neither certificate nor key. */
const isOther = (path: string): boolean => /\.(ya?ml|json|csv|log|env|sock)$/.test(path);
const isKey = (file: string): boolean => /\.(key|pub)$|-key\.pem$/.test(file);
/** One that holds both, as the kubelet's store writes it (client-go util/certificate/certificate_store.go). */
const isBoth = (file: string): boolean => file.endsWith('.pem') && !isKey(file);
const isRead = (file: string): boolean => isKey(file) || /\.(crt|pem|cert|cer)$/.test(file);

/** Names that say certificate or key; a link counts as what it leads to. */
async function filesBelow(host: Host, directory: string, deep: number): Promise<string[]> {
  const names = (await host.files.list(directory).catch(unreadable)) ?? [];
  const found: string[] = [];
  for (const name of names.slice(0, MOST_FILES)) {
    const path = `${directory}/${name}`;
    if (isRead(name)) found.push(path);
    else if (deep > 0 && (await host.files.info(path).catch(unreadable))?.kind === 'directory') found.push(...(await filesBelow(host, path, deep - 1)));
  }
  return found;
}

function unreadable(error: unknown): undefined {
  if (error instanceof KcfgError) return undefined;
  throw error;
}

async function fromFile(host: Host, file: string, read: Read[], keys: Key[]): Promise<void> {
  const opened = await open(host, file);
  const place: Place = { file, role: roleOf(file), ...(opened.link === undefined ? {} : { link: opened.link }), ...(opened.changedAt === undefined ? {} : { changedAt: opened.changedAt }) };
  const { broken, text = '' } = opened;
  if (isKey(file)) keys.push(broken === undefined ? readKey(file, text) : { file, broken });
  else {
    read.push(...(broken === undefined ? readCertificates(place, text) : [brokenCertificate(place, broken)]));
    if (isBoth(file) && text.includes('PRIVATE KEY-----')) keys.push(readKey(file, text));
  }
}

interface Opened {
  text?: string;
  broken?: string;
  link?: string;
  changedAt?: string;
}

async function open(host: Host, file: string): Promise<Opened> {
  try {
    const itself = await host.files.info(file);
    const link = itself?.target === undefined ? {} : { link: posix.resolve(posix.dirname(file), itself.target) };
    const info = await host.files.target(file);
    if (info === undefined) return { ...link, broken: link.link === undefined ? 'there is no such file' : `it is a link to ${link.link}, which is not there` };
    const changedAt = whenWritten(info);
    if (info.kind !== 'file') return { ...link, changedAt, broken: info.kind === 'directory' ? 'it is a directory' : 'it is no file' };
    if (info.size > LARGEST) return { ...link, changedAt, broken: 'it is larger than 1 MiB' };
    return { ...link, changedAt, text: (await host.files.read(file))?.toString('latin1') ?? '' };
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    return { broken: error.message };
  }
}

function whenWritten({ mtimeNs }: FileInfo): string {
  return new Date(Number(BigInt(mtimeNs) / 1_000_000n)).toISOString();
}

/** What is within it; returned are the files that it names. */
async function fromKubeconfig(host: Host, file: string, read: Read[], keys: Key[]): Promise<string[]> {
  const { facts, values } = await openKubeconfig(host, file);
  const place = (part: 'client' | 'authority'): Place => ({ file, part, role: part === 'client' ? roleOf(file) : `authority in ${posix.basename(file)}`, ...(facts.changedAt === undefined ? {} : { changedAt: facts.changedAt }) });
  const decoded = (data: string): string => Buffer.from(data, 'base64').toString('latin1');
  const { 'client-certificate-data': client, 'client-key-data': key, 'certificate-authority-data': authority } = values;
  if (client !== undefined) read.push(...readCertificates(place('client'), decoded(client)));
  if (authority !== undefined) read.push(...readCertificates(place('authority'), decoded(authority)));
  if (key !== undefined) keys.push(readKey(file, decoded(key)));
  return [facts.clientCertificate, facts.clientKey, facts.authority].flatMap((path) => path ?? []);
}
