/** The configuration as it would be: the same layers over the new bytes, and what the rules say of them. */
import { KcfgError } from '../../errors.ts';
import { readConfig } from '../../kubelet/document.ts';
import { listFlags } from '../../kubelet/flags.ts';
import type { Layered } from '../../kubelet/layered.ts';
import { layerConfig } from '../../kubelet/layers.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { judge, type Files } from '../../kubelet/rules/judge.ts';
import { findFlag, isUnitText, unitCommand, type UnitText } from '../../kubelet/unit.ts';
import type { FileChange } from './place-settings.ts';
import type { SettingsInput } from './settings-input.ts';

/** argv of the kubelet's next start. */
export function argvAfter(input: Pick<SettingsInput, 'observed' | 'unit'>, files: readonly FileChange[]): string[] {
  const texts = unitAfter(input.unit, files);
  const touched = texts.some((text, i) => text !== input.unit[i]);
  return touched ? unitCommand(texts) : input.observed.kubelet.argv;
}

function unitAfter(unit: readonly UnitText[], files: readonly FileChange[]): UnitText[] {
  return unit.map((source) => {
    const change = isUnitText(source) ? undefined : files.find((file) => file.path === source.file);
    return change === undefined ? source : { ...source, text: change.after.toString('utf8') };
  });
}

/** Throws what readConfig throws where an edit by hand left no configuration. */
export function layerAfter(input: SettingsInput, files: readonly FileChange[]): Layered {
  const { layered, documents, observed } = input;
  const texts = unitAfter(input.unit, files);
  const gone = new Set(files.flatMap((file) => (file.gone ? [file.path] : [])));
  const bytesOf = (path: string): Uint8Array | undefined => files.find((file) => file.path === path)?.after;
  const again = (path: string) => {
    const bytes = bytesOf(path);
    return bytes === undefined ? documents.get(path) : readConfig(path, bytes);
  };
  const configFile = observed.kubelet.configFile;
  const known = layered.dropIns.map((document) => document.file).filter((path) => !gone.has(path));
  const made = files.flatMap((file) => (file.before === undefined && file.path.endsWith('.conf') ? [file.path] : []));
  const dropIns = [...known, ...made].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).flatMap((path) => again(path) ?? []);
  return layerConfig({
    fields: layered.fields,
    flags: listFlags(argvAfter(input, files).slice(1)),
    flagSource: (flag) => findFlag(texts, flag),
    config: again(configFile),
    dropIns,
    configFile,
  });
}

/** Warnings that were not there before; `stale` are state files that the change sets aside. Throws `invalid-settings` for errors that are not overridden by their names. */
export function judgeAfter(input: SettingsInput, files: readonly FileChange[], after: Layered, stale: readonly string[]): Finding[] {
  const { layered, target } = input;
  const before = judge(layered.fields, filesOf(input, layered, []));
  const known = new Set(before.map(keyOf));
  const { stateFiles = [] } = input.facts;
  const facts = { ...input.facts, stateFiles: stateFiles.filter(({ file }) => !stale.includes(file)) };
  const now = judge(layered.fields, filesOf({ ...input, facts }, after, files));
  const errors = now.filter((finding) => finding.severity === 'error' && !target.force.includes(finding.id));
  if (errors.length > 0) {
    const names = [...new Set(errors.map(({ id }) => id))];
    throw new KcfgError('invalid-settings', `kubelet ${layered.fields.version} would not start with this`, {
      findings: errors,
      help: ['to try it all the same, and go back when it fails, add:', `  ${names.map((name) => `--force ${name}`).join(' ')} --force rejected-by-kubelet`],
    });
  }
  return now.filter((finding) => finding.severity === 'warning' && !known.has(keyOf(finding)));
}

function keyOf({ id, field, message }: Finding): string {
  return `${id} ${field ?? ''} ${message}`;
}

/** What judge takes, with the new bytes of the files that change. */
export function filesOf(input: Pick<SettingsInput, 'sources' | 'observed' | 'facts'>, layered: Layered, files: readonly FileChange[]): Files {
  const bytesOf = (path: string): Uint8Array | undefined => files.find((file) => file.path === path)?.after ?? input.sources.get(path);
  const of = (path: string): { file: string; bytes: Uint8Array }[] => {
    const bytes = bytesOf(path);
    return bytes === undefined ? [] : [{ file: path, bytes }];
  };
  const config = of(input.observed.kubelet.configFile)[0];
  return {
    ...(config === undefined ? {} : { config }),
    dropIns: layered.dropIns.flatMap((document) => of(document.file)),
    flags: layered.flags,
    facts: input.facts,
  };
}
