/**
 * Disks: full ends etcd and the runtime at their next write; below the kubelet's thresholds it evicts pods and takes no new
 * ones (kubelet eviction/eviction_manager.go). Static pods of the priority system-node-critical stay.
 */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { DiskFacts } from '../machine-evidence.ts';
import { cause, commands, warning } from './said.ts';

/** Less than this is as good as nothing: etcd alone writes 64 MB for each file of its log. */
const FULL_BYTES = 16 * 1024 * 1024;
/** The kubelet's own where nothing is set (v1beta1 defaults_linux.go). */
const DEFAULTS: Record<string, string> = { 'nodefs.available': '10%', 'nodefs.inodesFree': '5%', 'imagefs.available': '15%' };
const IMAGES = '/var/lib/containerd';

export const disk: Rule = {
  about: 'the disks have room',
  find: (evidence) => evidence.host.disks.flatMap((each) => judged(evidence, each)),
};

function judged(evidence: Evidence, each: DiskFacts): Cause[] {
  const { path, freeBytes, freeInodes } = each;
  const down = evidence.node.live && (evidence.unit?.active !== 'active' || evidence.pods.some(({ state }) => state !== 'up'));
  if (freeBytes < FULL_BYTES) return [cause({ ...said('disk-full', `the disk of ${path} is full`), sure: down ? 'certain' : 'likely', now: down, where: [{ file: path, label: `${mebibytes(freeBytes)} free` }], notes: ['etcd ends at its first write that fails, and the runtime makes no container'], ...commands(`du -xh --max-depth=2 ${path} | sort -h | tail -20`, 'journalctl --vacuum-size=200M', 'crictl rmi --prune') })];
  if (freeInodes === 0) return [cause({ ...said('disk-full', `the disk of ${path} has no inode left`), sure: down ? 'certain' : 'likely', now: down, where: [{ file: path, label: '0 inodes free' }], notes: ['no new file can be made there, although bytes are free'], ...commands(`du -x --inodes --max-depth=2 ${path} | sort -n | tail -20`) })];
  const passed = thresholds(evidence, each);
  if (passed === undefined) return [];
  return [warning({ ...said('disk-pressure', `the disk of ${path} is below ${passed}: the kubelet evicts pods and takes no new ones`), where: [{ file: path, label: `${mebibytes(freeBytes)} free` }], notes: ['static pods of the priority system-node-critical stay'], ...commands(`du -xh --max-depth=2 ${path} | sort -h | tail -20`, 'crictl rmi --prune') })];
}

function said(id: string, message: string): Pick<Cause, 'id' | 'message' | 'component' | 'layer'> {
  return { id, message, component: 'host', layer: 'host' };
}

/** 'nodefs.available 10%', the first threshold that is passed. */
function thresholds({ kubelet }: Evidence, { path, freeBytes, totalBytes, freeInodes, totalInodes }: DiskFacts): string | undefined {
  const root = path === '/' || kubelet.rootDirectory.startsWith(path);
  const signals = path === IMAGES ? ['imagefs.available'] : root ? ['nodefs.available', 'nodefs.inodesFree'] : [];
  const set = kubelet.settings?.evictionHard?.value;
  const values = typeof set === 'object' && set !== null && Object.keys(set).length > 0 ? (set as Record<string, string>) : DEFAULTS;
  return signals.flatMap((signal) => {
    const text = values[signal];
    const [free, total] = signal.endsWith('inodesFree') ? [freeInodes, totalInodes] : [freeBytes, totalBytes];
    if (text === undefined || free === undefined || total === undefined) return [];
    const least = text.endsWith('%') ? (total * Number.parseFloat(text)) / 100 : quantity(text);
    return least !== undefined && free < least ? [`${signal} ${text}`] : [];
  })[0];
}

function quantity(text: string): number | undefined {
  const [, number, unit = ''] = /^([\d.]+)(Ki|Mi|Gi|Ti|k|M|G|T)?$/.exec(text) ?? [];
  const factors: Record<string, number> = { '': 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
  return number === undefined ? undefined : Number(number) * (factors[unit] ?? 1);
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 1024 / 1024)} MiB`;
}
