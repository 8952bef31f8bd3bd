/** What our rules and the kubelet itself say of its configuration, each finding with the edit that mends it, where there is one clear one. */
import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import type { FieldSet } from '../../kubelet/fields/field-set.ts';
import { placedBefore } from '../../kubelet/rules/behind.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { nearest } from '../../nearest.ts';
import { type Judged, judgeConfiguration, type Known } from '../../node/judge-node.ts';
import type { KubeletFacts } from '../evidence.ts';
import { asMeant, mendFindings } from './mend-configuration.ts';
import { quietly } from './quietly.ts';

export async function judgeKubelet(host: Host, asked: Known, files: ReadonlyMap<string, Buffer>, missing: Record<string, string>): Promise<Pick<KubeletFacts, 'findings' | 'rehearsal'>> {
  const judged = await quietly(missing, 'check of the kubelet configuration', () => judgeConfiguration(host, {}, asked));
  if (judged === undefined) return { findings: [] };
  const { fields, findings, rehearsal, again } = judged;
  const told = await mended(host, fields, files, findings);
  return { findings: (await Promise.all(told.map((finding) => withBehind(host, fields, files, finding, again)))).flat(), ...(rehearsal === undefined ? {} : { rehearsal: { accepted: rehearsal.accepted, words: rehearsal.words } }) };
}

/** One fault more may stand behind what is no YAML: both are told, and mended together or not at all. */
async function withBehind(host: Host, fields: FieldSet, files: ReadonlyMap<string, Buffer>, finding: Finding, again: Judged['again']): Promise<Finding[]> {
  const file = finding.where[0]?.file ?? '';
  const bytes = finding.id === 'invalid-yaml' ? files.get(file) : undefined;
  const meant = bytes === undefined ? undefined : asMeant(fields, file, bytes);
  if (bytes === undefined || meant === undefined) return [finding];
  const found = await mended(host, fields, new Map([[file, meant.text]]), again(file, meant.text).filter(({ where: [place] }) => place?.file === file));
  const mends = meant.mends || found.every(({ severity, edits }) => severity === 'warning' || edits !== undefined);
  return [mends ? { ...finding, edits: meant.edits } : finding, ...placedBefore(found, bytes, meant.edits).map(({ edits, ...rest }) => (mends && edits !== undefined ? { ...rest, edits } : rest))];
}

async function mended(host: Host, fields: FieldSet, files: ReadonlyMap<string, Buffer>, findings: readonly Finding[]): Promise<Finding[]> {
  const near = new Map<string, string>();
  for (const { id, message } of findings) {
    const path = id === 'no-such-file' ? /(\/\S+)$/.exec(message)?.[1] : undefined;
    const other = path === undefined ? undefined : await nearestFile(host, path);
    if (path !== undefined && other !== undefined) near.set(path, other);
  }
  let all = [...findings];
  for (const [file, bytes] of files) all = mendFindings(fields, file, bytes, all, (path) => near.get(path));
  return all;
}

/** kubeadm's authority where one is missing, else the name in its directory that is a slip away. */
async function nearestFile(host: Host, path: string): Promise<string | undefined> {
  const names = (await host.files.list(posix.dirname(path)).catch(() => undefined)) ?? [];
  const slip = nearest(posix.basename(path), names.filter((name) => name.endsWith(posix.extname(path))));
  const authority = '/etc/kubernetes/pki/ca.crt';
  if (slip !== undefined) return posix.join(posix.dirname(path), slip);
  return (await host.files.target(authority).catch(() => undefined))?.kind === 'file' ? authority : undefined;
}
