/** The same configurations before our rules and before a real kubelet, and what came of it. */
import { cpus } from 'node:os';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { FieldSet } from '../../src/kubelet/fields/field-set.ts';
import { loadFields, MINORS } from '../../src/kubelet/fields/load.ts';
import { flagValue } from '../../src/kubelet/flag-values.ts';
import type { FlagSetting } from '../../src/kubelet/layered.ts';
import type { Finding } from '../../src/kubelet/rules/finding.ts';
import { type Facts, judge } from '../../src/kubelet/rules/judge.ts';
import { generate } from './generate.ts';
import { deadFlags, type Runner, type Said } from './kubelet.ts';
import type { Generated } from './written.ts';

export interface Compared {
  generated: Generated;
  said: Said;
  findings: Finding[];
  /** Both say that it runs, or both that it does not. */
  agree: boolean;
  /** The rehearsal with what our rules say of the start. */
  rehearsed: boolean;
  /** The kubelet warns, and so do we. */
  warned: boolean;
}

export interface Wanted {
  runs: number;
  seed: number;
  /** Kubelets at a time. */
  runners: readonly Runner[];
}

export async function compare({ runs, seed, runners }: Wanted): Promise<Compared[]> {
  const fields = await loadFields(runners[0]?.version);
  const source = generate(fields, seed, await otherGates(fields));
  const facts = factsOfThisMachine();
  const results: Compared[] = [];
  let index = 0;
  await Promise.all(
    runners.map(async (runner) => {
      while (index < runs) {
        const mine = index++;
        const { value: generated } = source.next() as { value: Generated };
        const compared = await weigh(fields, generated, facts, runner);
        results[mine] = compared;
      }
    }),
  );
  return results;
}

export async function weigh(fields: FieldSet, generated: Generated, facts: Facts, runner: Runner): Promise<Compared> {
  const said = await runner.judge(generated, true);
  const findings = ours(fields, generated, facts);
  const accepted = said.verdict === 'accepted' || said.verdict === 'warned';
  const starts = !findings.some(({ severity, when }) => severity === 'error' && when === 'start');
  return {
    ...{ generated, said, findings },
    agree: accepted === !findings.some(({ severity }) => severity === 'error'),
    rehearsed: accepted === (said.rehearsal === 'accepted' && starts),
    warned: said.verdict !== 'warned' || findings.some(({ severity }) => severity === 'warning'),
  };
}

export function ours(fields: FieldSet, { config, dropIns, flags, state }: Generated, facts: Facts): Finding[] {
  return judge(fields, {
    config: { file: '/etc/kubelet.yaml', bytes: config },
    dropIns: dropIns.map((bytes, i) => ({ file: `/etc/kubelet.conf.d/${i}.conf`, bytes })),
    flags: settings(fields, [...flags, ...deadFlags('/nowhere')]),
    facts: { ...facts, stateFiles: state.map(({ name, text }) => ({ file: `/var/lib/kubelet/${name}`, bytes: Buffer.from(text) })) },
  });
}

function settings(fields: FieldSet, flags: readonly string[]): FlagSetting[] {
  const by = new Map<string, string[]>();
  for (const flag of flags) {
    const [, name = '', text = ''] = /^--([^=]+)=([\s\S]*)$/.exec(flag) ?? [];
    by.set(name, [...(by.get(name) ?? []), text]);
  }
  return [...by].flatMap(([name, texts]) => {
    const field = fields.byFlag(name);
    return field ? [{ name, text: texts.at(-1) ?? '', field, value: flagValue(name, field, texts) }] : [];
  });
}

/** Gates that other minors have, and this one has not. */
async function otherGates(fields: FieldSet): Promise<string[]> {
  const all = await Promise.all(MINORS.map((minor) => loadFields(minor)));
  return [...new Set(all.flatMap((set) => set.gates().map(({ name }) => name)))].filter((name) => !fields.gate(name)).sort();
}

/** As the kubelet sees it from within its namespaces. */
export function factsOfThisMachine(): Facts {
  const memory = /MemTotal:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return {
    ...{ cpus: cpus().length, swap: false, standalone: false, exists: existsSync, addresses: ['127.0.0.1', '::1'] },
    numaNodes: readdirSync('/sys/devices/system/node').flatMap((name) => /^node(\d+)$/.exec(name)?.[1] ?? []).map(Number),
    cgroup: existsSync('/sys/fs/cgroup/cgroup.controllers') ? 2 : 1,
    ...(memory !== undefined && { memoryBytes: Number(memory) * 1024 }),
  };
}
