/**
 * kcfg's own drop-in, for `--layer drop-in`: where it lies, what is in it so far, and how the kubelet is made to read
 * it. The directory is named by a flag in KUBELET_EXTRA_ARGS, which kubeadm leaves to its users and never rewrites
 * (kubeadm's 10-kubeadm.conf).
 */
import { KcfgError } from '../../errors.ts';
import { type ConfigDocument, readConfig } from '../../kubelet/document.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import { addFlag } from '../../kubelet/environment-edit.ts';
import { isUnitText, unitCommand, unitWords } from '../../kubelet/unit.ts';
import type { FileChange } from './place-settings.ts';
import type { SettingsInput } from './settings-input.ts';

/** Where drop-ins go on a kubelet that reads none yet. */
export const OWN_DIRECTORY = '/etc/kubernetes/kubelet.conf.d';
/** Name of the drop-in that is kcfg's own. */
export const NAME = '99-kcfg.conf';
const HEAD = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';
const VARIABLE = 'KUBELET_EXTRA_ARGS';

export type DropInInput = Pick<SettingsInput, 'layered' | 'configDir' | 'documents' | 'unit' | 'sources' | 'ownDirectory'>;

export interface OwnDropIn {
  document: ConfigDocument;
  /** The file is not there yet. */
  fresh: boolean;
  /** The directory is to be made. */
  makes?: string;
  /** The edit that makes the kubelet read it. */
  enable: FileChange[];
}

/** Throws `not-supported` on a kubelet that reads no drop-ins, or whose unit has no place for the flag. */
export function openDropIn(input: DropInInput): OwnDropIn {
  const { layered, configDir, documents } = input;
  if (Number(layered.fields.minor.split('.')[1]) < 30) {
    throw new KcfgError('not-supported', `kubelet ${layered.fields.version} reads no drop-ins unless KUBELET_CONFIG_DROPIN_DIR_ALPHA is set`, {
      notes: ['from 1.30 on it does so by itself'],
      help: ['leave --layer out: the file is edited then'],
    });
  }
  const path = `${configDir ?? OWN_DIRECTORY}/${NAME}`;
  const present = documents.get(path);
  const document = present ?? readConfig(path, Buffer.from(HEAD));
  const fresh = present === undefined;
  if (configDir !== undefined) return { document, fresh, enable: [] };
  const waiting = input.ownDirectory?.filter((name) => name.endsWith('.conf')) ?? [];
  if (waiting.length > 0) {
    throw new KcfgError('stray-file', `${OWN_DIRECTORY} has drop-ins that no kubelet reads so far`, {
      where: waiting.map((name) => ({ file: `${OWN_DIRECTORY}/${name}` })),
      notes: ['this change would put them into force too'],
      help: ['look at them, and take out of the directory what is not wanted'],
    });
  }
  return { document, fresh, enable: [enable(input)], ...(input.ownDirectory === undefined ? { makes: OWN_DIRECTORY } : {}) };
}

function enable({ unit, sources }: DropInInput): FileChange {
  const flag = `--config-dir=${OWN_DIRECTORY}`;
  const place = unit.findLast((source) => !isUnitText(source) && /\/kubelet$/.test(source.file));
  if (place === undefined || !unitWords(unit).includes(`$${VARIABLE}`)) {
    throw new KcfgError('not-supported', 'the kubelet reads no drop-ins, and its unit has no place for the flag', {
      where: unit.filter(isUnitText).map(({ file }) => ({ file })),
      notes: [`kubeadm's unit has one: $${VARIABLE}, from /etc/default/kubelet or /etc/sysconfig/kubelet`],
      help: [`add ${flag} to ExecStart= of the unit, run systemctl daemon-reload, restart the kubelet; or leave --layer out`],
    });
  }
  const bytes = sources.get(place.file);
  const before = Buffer.from(bytes ?? '');
  const edits = addFlag(place.file, before, VARIABLE, flag);
  const after = applyEdits(before, edits);
  const texts = unit.map((source) => (source === place ? { ...source, text: after.toString('utf8') } : source));
  if (!unitCommand(texts).includes(flag)) {
    throw new KcfgError('unusable-value', `${VARIABLE} in ${place.file} cannot be edited by kcfg`, { where: [{ file: place.file }], help: [`add ${flag} there by hand`] });
  }
  return { path: place.file, ...(bytes !== undefined && { before: bytes }), edits, after, fields: [] };
}
