/** What is said of kubeadm: whether its next upgrade leaves the path alone, and what puts that right. */
import type { Observed } from '../node/observed.ts';
import { KUBEADM_DIRECTORY } from '../plan/kubeadm/instance-config.ts';
import { kubeadmStanding } from '../plan/kubeadm/standing.ts';
import { dateTime } from './format.ts';
import type { Style } from './style.ts';

/** 'keeps it: instance-config.yaml:2, and a link from manifests'. '' where there is nothing to say. */
function kubeadmWords(observed: Observed): string {
  const standing = kubeadmStanding(observed);
  if (standing === undefined || standing.findings.length > 0 || standing.keptBy === undefined) return '';
  if (standing.keptBy === 'kubeadm') return '';
  const link = observed.kubeadm?.directory.kind === 'link' && observed.kubeadm.directory.inForce ? `, and a link from ${KUBEADM_DIRECTORY.slice(KUBEADM_DIRECTORY.lastIndexOf('/') + 1)}` : '';
  return `keeps it: ${standing.keptBy}${link}`;
}

/** Lines of a report: one, or one for each thing that the next upgrade would undo. */
/** For the document of `status`: the same as data. */
export function kubeadmDocument(observed: Observed): { kubeadm?: unknown } {
  const standing = kubeadmStanding(observed);
  if (standing === undefined) return {};
  const { keptBy, found, findings } = standing;
  const { upgradedAt } = observed.kubeadm ?? {};
  return { kubeadm: { keeps: findings.length === 0, ...(keptBy === undefined ? {} : { keptBy }), found, findings: findings.map(({ id, message, where }) => ({ id, message, where })), ...(upgradedAt === undefined ? {} : { upgradedAt }) } };
}

export function kubeadmLines(observed: Observed, style: Style): string[] {
  const findings = kubeadmStanding(observed)?.findings ?? [];
  if (findings.length > 0) return findings.map(({ message }, index) => `  ${index === 0 ? 'kubeadm     ' : '            '} ${style.caution('!')} ${message}`);
  const at = observed.kubeadm?.upgradedAt;
  const words = [kubeadmWords(observed), at === undefined ? '' : `last upgrade begun ${dateTime(new Date(at))}`].filter((text) => text !== '');
  return words.map((text, index) => `  ${index === 0 ? 'kubeadm' : '       '}        ${text}`);
}

/** The command that keeps the path over the next upgrade, where one is needed. */
export function nextOfKubeadm(observed: Observed): [command: string, effect: string][] {
  const { value, running } = observed.staticPodPath;
  if (running !== undefined && running !== '' && running !== value) return [[`kcfg set staticPodPath ${running}`, 'put the file right, before the kubelet restarts']];
  return (kubeadmStanding(observed)?.findings.length ?? 0) === 0 ? [] : [[`kcfg set staticPodPath ${value}`, 'keep it over kubeadm upgrade'], ['kcfg verify --for kubeadm-upgrade', 'what the next upgrade would do']];
}
