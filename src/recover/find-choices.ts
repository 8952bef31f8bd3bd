/** For each manifest that is to come back or be mended, what it could become. */
import type { Cause } from '../doctor/cause.ts';
import type { Evidence } from '../doctor/evidence.ts';
import type { Host } from '../host/host.ts';
import { judgeManifest } from '../manifests/rules/judge-manifest.ts';
import { observeManifest } from '../node/manifest-facts.ts';
import type { Mend } from '../plan/make-recover-plan.ts';
import { dateTime } from '../report/format.ts';
import { findCandidates } from './candidates.ts';
import { choicesOf, type Choices } from './choose.ts';

/** 'the first': what is mended in place is not held against others, which take time to find. */
export async function findChoices(host: Host, evidence: Evidence, causes: readonly Cause[], fixed: readonly Mend[], which: 'all' | 'the first'): Promise<Choices[]> {
  const found: Choices[] = [];
  const pods = [...new Set(causes.flatMap(({ fix, component }) => (fix?.kind === 'restore' ? [fix.pod] : fix?.kind === 'edit' && fixed.some((mend) => mend.path === fix.file && mend.pod !== undefined) ? [component] : [])))];
  for (const pod of pods) {
    const restores = causes.some(({ fix }) => fix?.kind === 'restore' && fix.pod === pod);
    const entry = evidence.directory.entries.find((each) => each.pod?.name === pod) ?? evidence.directory.entries.find((each) => each.name.replace(/\.(ya?ml|json)$/, '') === pod);
    const path = entry?.path ?? `${evidence.directory.path}/${pod}.yaml`;
    const edited = fixed.find((mend) => mend.path === path)?.after;
    const mended = edited === undefined || (restores && !(await isSound(host, evidence, path, edited))) ? undefined : edited;
    if (mended === undefined ? !restores : which === 'the first') continue;
    const before = await host.files.read(path);
    const candidates = await findCandidates(host, evidence, pod);
    found.push(choicesOf(pod, path, before, mended, candidates, (iso) => dateTime(new Date(iso))));
  }
  return found;
}

/** Edits that mend one thing may have mended all of it. */
async function isSound(host: Host, { kubelet: { version }, directory, host: { addresses } }: Evidence, path: string, bytes: Buffer): Promise<boolean> {
  const surroundings = { kubelet: version === undefined ? {} : { version }, pods: [], directory: { path: directory.path, entries: [] }, addresses };
  return judgeManifest(path, bytes, await observeManifest(host, surroundings, bytes)).every(({ severity }) => severity !== 'error');
}
