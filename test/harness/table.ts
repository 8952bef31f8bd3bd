/** Results as a table: how often the two agree, and where they do not. */
import type { Compared } from './compare.ts';
import { exceptionFor } from './exceptions.ts';

export interface Table {
  lines: string[];
  agreement: number;
  /** Disagreements that no exception explains. */
  unlisted: number;
  rehearsal: number;
}

export function table(version: string, results: readonly Compared[], verbose: boolean): Table {
  const share = (count: number): string => `${((100 * count) / results.length).toFixed(2)} %`;
  const count = (test: (each: Compared) => boolean): number => results.filter(test).length;
  const agreed = count(({ agree }) => agree);
  const runs = ({ said }: Compared): boolean => said.verdict === 'accepted' || said.verdict === 'warned';
  const alone = count((each) => (each.said.rehearsal === 'accepted') === runs(each));
  const rehearsed = count((each) => each.rehearsed);
  const told = count(({ warned }) => warned);
  const refusals = results.filter((each) => !runs(each) && each.agree);
  const quoted = refusals.filter(({ said, findings }) => findings.some(({ kubelet }) => kubelet !== undefined && said.words.includes(kubelet.split('\n')[0] ?? ''))).length;
  const lines = [
    `kubelet ${version}: ${results.length} configurations`,
    `  it says   accepted ${count(({ said }) => said.verdict === 'accepted')}, warned ${count(({ said }) => said.verdict === 'warned')}, refused ${count(({ said }) => said.verdict === 'refused')}, panics ${count(({ said }) => said.verdict === 'panics')}, fails later ${count(({ said }) => said.verdict === 'fails')}`,
    `  our rules agree on ${agreed} (${share(agreed)}), warn where it warns ${told} (${share(told)}), quote it in ${quoted} of ${refusals.length} refusals`,
    `  the rehearsal alone agrees on ${alone} (${share(alone)}), with our rules of the start on ${rehearsed} (${share(rehearsed)})`,
  ];
  const listed = new Map<string, number>();
  let unlisted = 0;
  for (const compared of results.filter(({ agree, rehearsed: well }) => !agree || !well)) {
    const exception = exceptionFor(compared);
    if (exception) {
      listed.set(exception.name, (listed.get(exception.name) ?? 0) + 1);
      continue;
    }
    const { generated, said, findings } = compared;
    unlisted++;
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ id, message }) => `[${id}] ${message}`);
    lines.push(`  - ${generated.what.join(' + ')}`, `      it ${said.verdict}: ${said.words}`, `      we: ${errors.join('; ') || 'nothing'}`);
    if (verbose) lines.push(...Buffer.from(generated.config).toString().split('\n').slice(-12), ...generated.dropIns.map((bytes) => Buffer.from(bytes).toString()), ...generated.flags);
  }
  for (const [name, times] of listed) lines.push(`  listed: ${name}: ${times}`);
  const silent = results.filter(({ warned, agree }) => agree && !warned);
  for (const { generated } of silent.slice(0, 20)) lines.push(`  ~ it warned, we did not: ${generated.what.join(' + ')}`);
  return { lines, unlisted, agreement: agreed / results.length, rehearsal: rehearsed / results.length };
}
