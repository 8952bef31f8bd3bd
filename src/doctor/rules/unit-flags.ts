/**
 * The command line of the kubelet: flags that this version does not know, environment files that systemd reads otherwise than
 * meant, and a drop-in that is gone (kubeadm's 10-kubeadm.conf: without it the kubelet runs alone, with its defaults).
 */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { UnitFacts } from '../machine-evidence.ts';
import { editFlag } from '../../kubelet/environment-edit.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import { findFlag, isUnitText } from '../../kubelet/unit.ts';
import { kubeletDown, kubeletSaid } from './kubelet-down.ts';
import { cause, commands } from './said.ts';

const PART = { component: 'kubelet', layer: 'unit' } as const;
/** Flag → the version without it, and what takes its place (diffs of cmd/kubelet/app/options). */
const REMOVED: Record<string, string> = {
  'allow-privileged': 'it is gone since 1.15',
  'network-plugin': 'it is gone since 1.24: the runtime has the plugins of the network',
  'cni-bin-dir': 'it is gone since 1.24: containerd has the directory',
  'cni-conf-dir': 'it is gone since 1.24: containerd has the directory',
  'container-runtime': 'it is gone since 1.27: there is one kind only',
  'iptables-drop-bit': 'it is gone since 1.31',
  'iptables-masquerade-bit': 'it is gone since 1.31',
  'keep-terminated-pod-volumes': 'it is gone since 1.31',
  'cloud-config': 'it is gone since 1.34: clouds have a controller manager of their own',
  'register-schedulable': 'it is gone since 1.34: registerWithTaints does it',
  'pod-infra-container-image': 'it is gone since 1.35: the runtime has the image of sandboxes',
};

export const unitFlags: Rule = {
  about: 'the kubelet knows its flags, and gets all of them',
  find(evidence) {
    const { unit, node } = evidence;
    if (!node.live || unit === undefined || unit.load === 'masked') return [];
    return [...unknownFlag(evidence, unit), ...standalone(evidence, unit), ...environment(evidence, unit), ...lost(evidence, unit)];
  },
};

function unknownFlag(evidence: Evidence, unit: UnitFacts): Cause[] {
  const words = evidence.kubelet.rehearsal?.accepted === false ? evidence.kubelet.rehearsal.words : (kubeletDown(evidence) ? kubeletSaid(evidence, /unknown (shorthand )?flag/) : undefined);
  const flag = /unknown flag: --([\w-]+)/.exec(words ?? '')?.[1];
  if (flag === undefined) return [];
  const place = findFlag(unit.sources, flag) ?? textual(unit, flag);
  const text = unit.sources.find(({ file }) => file === place?.file)?.text ?? '';
  const line = text.split('\n')[(place?.line ?? 0) - 1] ?? '';
  const column = line.indexOf(`--${flag}`);
  const version = evidence.kubelet.version ?? '';
  const says = {
    ...{ ...PART, id: 'unknown-flag', now: kubeletDown(evidence), message: `kubelet ${version} has no --${flag}`, verdict: `it does not know its flag --${flag}` },
    where: place === undefined ? [] : [{ file: place.file, line: place.line, ...(column < 0 ? {} : { column: column + 1, text: line, length: flag.length + 2, label: 'take it out' }) }],
    ...{ notes: REMOVED[flag] === undefined ? [] : [REMOVED[flag]], kubelet: `unknown flag: --${flag}` },
  };
  if (place === undefined) return [cause({ ...says, ...commands('systemctl cat kubelet') })];
  if (isUnitText({ file: place.file, text })) return [cause({ ...says, ...commands(`sed -i 's/ --${flag}[^ "]*//' ${place.file}`, 'systemctl daemon-reload', 'systemctl restart kubelet') })];
  const bytes = Buffer.from(text);
  const edits = edited(() => editFlag(place.file, bytes, place.line, flag, undefined));
  if (edits === undefined) return [cause({ ...says, ...commands(`sed -i 's/ --${flag}[^ "]*//' ${place.file}`, 'systemctl restart kubelet') })];
  return [cause({ ...says, edits, fix: { kind: 'edit', file: place.file, sha256: createHash('sha256').update(bytes).digest('hex'), edits } })];
}

/** One that takes a value from the next word, which is no flag of a known kind. */
function textual({ sources }: UnitFacts, flag: string): { file: string; line: number } | undefined {
  for (const { file, text } of sources) {
    const line = text.split('\n').findIndex((each) => new RegExp(`--${flag}(?![\\w-])`).test(each));
    if (line >= 0) return { file, line: line + 1 };
  }
  return undefined;
}

function edited<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** kubelet app/server.go: without --kubeconfig it asks no API server; without --config it has no directory of static pods. */
function standalone(evidence: Evidence, unit: UnitFacts): Cause[] {
  const flags = parseFlags(unit.argv.slice(1));
  if (unit.argv.length === 0 || unit.load !== 'loaded' || !evidence.kubelet.config || flags.has('pod-manifest-path')) return [];
  // a kubelet that is to run alone has a file and no kubeconfig
  const joined = evidence.kubeconfigs.some(({ file, there }) => there && file === evidence.kubelet.kubeconfig);
  const lacking = ['config', ...(joined ? ['kubeconfig'] : [])].filter((flag) => !flags.has(flag));
  if (lacking.length === 0) return [];
  const ends = unit.sources.at(-1) ?? unit.sources[0];
  const said = kubeletSaid(evidence, /cgroup v1|"command failed"/);
  return [
    cause({
      ...{ ...PART, id: 'drop-in-lost', now: true },
      message: `the kubelet is started without ${lacking.map((flag) => `--${flag}`).join(' and ')}`,
      verdict: `its unit gives it no ${lacking.map((flag) => `--${flag}`).join(' and no ')}`,
      where: ends === undefined ? [] : [{ file: ends.file }],
      notes: ["kubeadm's drop-in 10-kubeadm.conf, which has these flags, is not among the files of the unit", 'the kubelet then has its defaults: no static pods, no API server'],
      evidence: said === undefined ? [] : [said],
      ...commands('apt-get install --reinstall -o Dpkg::Options::=--force-confmiss kubelet kubeadm', 'systemctl daemon-reload', 'systemctl restart kubelet'),
    }),
  ];
}

/** systemd.exec(5): an unquoted value ends at no blank in an environment file, but `NAME="a" b` and lines without = are lost. */
function environment(evidence: Evidence, unit: UnitFacts): Cause[] {
  const found: Cause[] = [];
  for (const { file, text } of unit.sources) {
    if (isUnitText({ file, text }) || text === '') continue;
    for (const [index, line] of text.split('\n').entries()) {
      const trimmed = line.trim();
      if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';') || /^[A-Za-z_]\w*\s*=/.test(trimmed) || text.split('\n')[index - 1]?.endsWith('\\') === true) continue;
      if (openQuote(text.split('\n').slice(0, index).join('\n'))) continue;
      found.push(cause({ ...PART, id: 'environment-line', severity: kubeletDown(evidence) ? 'error' : 'warning', sure: 'likely', now: kubeletDown(evidence), message: `systemd takes nothing from line ${index + 1} of ${posix.basename(file)}: it is no NAME=value`, verdict: `${file} has a line that systemd does not read`, where: [{ file, line: index + 1, text: line, column: 1, length: Math.max(1, line.length) }], notes: trimmed.startsWith('export ') ? ['systemd knows no export'] : ['flags in such a line never reach the kubelet'], ...commands(`vi ${file}`, 'systemctl restart kubelet') }));
    }
    const quote = openQuote(text);
    if (quote) found.push(cause({ ...PART, id: 'environment-quote', severity: kubeletDown(evidence) ? 'error' : 'warning', now: kubeletDown(evidence), message: `a quote in ${posix.basename(file)} is never closed, and systemd reads nothing of that value`, verdict: `a quote in ${file} is never closed`, where: [{ file }], ...commands(`vi ${file}`, 'systemctl restart kubelet') }));
  }
  return found;
}

/** kubeadm writes it at init and join, and keeps copies (cmd/phases/upgrade); without a `-` in front systemd does not start the unit at all. */
function lost(evidence: Evidence, unit: UnitFacts): Cause[] {
  return (unit.environmentFiles ?? []).flatMap(({ file, there }) => {
    const needed = unit.sources.some((source) => isUnitText(source) && new RegExp(`^\\s*EnvironmentFile=${file}\\s*$`, 'm').test(source.text));
    if (there || !(needed || file.endsWith('/kubeadm-flags.env'))) return [];
    const says = { ...PART, id: 'environment-missing', message: `${file} is missing, and the unit of the kubelet reads it`, where: [{ file, label: 'nothing there' }], ...commands('ls -d /etc/kubernetes/tmp/kubeadm-kubelet-env*', `cp /etc/kubernetes/tmp/kubeadm-kubelet-env*/${posix.basename(file)} ${file}`, 'systemctl restart kubelet') };
    return needed ? [cause({ ...says, now: kubeletDown(evidence), verdict: `${file}, which its unit needs, is missing` })] : [cause({ ...says, severity: 'warning', now: false, notes: ['flags in it, such as --node-ip, no longer reach the kubelet'] })];
  });
}

/** A quote counts at the start of a value (systemd src/basic/env-file.c). */
function openQuote(text: string): boolean {
  const start = /^[A-Za-z_]\w*=(["'])/gm;
  for (let found = start.exec(text); found !== null; found = start.exec(text)) {
    const end = text.indexOf(found[1] ?? '"', found.index + found[0].length);
    if (end < 0) return true;
    start.lastIndex = end;
  }
  return false;
}
