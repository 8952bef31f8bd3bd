/**
 * The clock. A machine whose clock fell back, as after a dead battery, takes every certificate for not yet valid. Files that were
 * written in the future are the sign: nothing else on the machine knows the time.
 */
import type { Rule } from '../cause.ts';
import { cause, commands, warning } from './said.ts';

/** Time zones and daylight saving of careless copies are no more than this. */
const SLACK_MS = 26 * 3600 * 1000;

export const clock: Rule = {
  about: 'the clock is not before what was written already',
  find({ at, node, certificates, directory, kubeconfigs }) {
    if (!node.live) return [];
    const now = Date.parse(at);
    const written = [...directory.entries.map(({ path, changedAt }) => ({ file: path, changedAt })), ...kubeconfigs, ...certificates].flatMap(({ file, changedAt }) => (changedAt === undefined || Number.isNaN(Date.parse(changedAt)) ? [] : [{ file, time: Date.parse(changedAt) }]));
    const early = certificates.filter(({ notBefore, broken }) => broken === undefined && Date.parse(notBefore) > now);
    const last = [...written].sort((a, b) => b.time - a.time)[0];
    const isLate = last !== undefined && last.time > now + SLACK_MS;
    if (early.length < 2 && !isLate) return [];
    const says = {
      ...{ id: 'clock', component: 'host', layer: 'host' as const, message: `the clock says ${at.slice(0, 16).replace('T', ' ')} UTC, and that is before ${early[0] !== undefined ? `${early[0].file} is valid` : `${last?.file} was written`}` },
      where: early[0] !== undefined ? [{ file: early[0].file, label: `valid from ${early[0].notBefore}` }] : [{ file: last?.file ?? '', label: `written ${new Date(last?.time ?? 0).toISOString()}` }],
      ...commands('timedatectl set-ntp true', 'timedatectl'),
    };
    return early.length >= 2 ? [cause({ ...says, now: true, verdict: 'its clock is behind, and certificates are not valid yet' })] : [warning(says)];
  },
};
