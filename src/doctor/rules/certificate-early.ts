/** Certificates that are not valid yet: nearly always the clock, which a machine lost with its battery, its snapshot or its time server. */
import type { Cause, Rule } from '../cause.ts';
import { commands, RESTART } from '../pki/mending.ts';
import { saying } from '../pki/programs.ts';
import { isEarly, leafOf, nameOf, usesIn } from '../pki/uses.ts';

export const certificateEarly: Rule = {
  about: 'certificates that are in use are valid already',
  find(evidence) {
    const uses = usesIn(evidence);
    const early = uses.filter((use) => {
      const leaf = leafOf(evidence, use);
      return leaf !== undefined && isEarly(leaf, evidence.at);
    });
    const needed = early.filter((use) => use.needed);
    const first = needed[0] ?? early[0];
    if (first === undefined) return [];
    const from = early.map((use) => leafOf(evidence, use)?.notBefore ?? '').sort().at(-1) ?? '';
    const clock = early.length > 1 && early.length * 2 > uses.length;
    const message = clock ? `by this node's clock it is ${minute(evidence.at)} UTC: ${early.length} certificates are not valid before ${minute(from)}` : `${nameOf(first)} is not valid before ${minute(from)} UTC`;
    return [
      {
        id: clock ? 'clock' : 'certificate-early',
        severity: needed.length > 0 ? 'error' : 'warning',
        message,
        where: [...new Set(early.map(({ file }) => file))].map((file) => ({ file })),
        notes: [...new Set((needed.length > 0 ? needed : early).slice(0, 3).map(({ refused }) => refused)), ...(clock ? [] : [`by this node's clock it is ${minute(evidence.at)} UTC`])],
        help: clock ? ['set the clock; leases and etcd follow by themselves'] : [],
        ...(clock ? { component: 'host', layer: 'host' } : { component: first.component, layer: first.layer }),
        verdict: clock ? 'its clock is behind' : `${nameOf(first)} is not valid yet`,
        sure: 'certain',
        now: needed.length > 0,
        evidence: saying(evidence, first.component, /not yet valid/, 1),
        ...commands(clock ? ['timedatectl set-ntp true', RESTART] : []),
      } satisfies Cause,
    ];
  },
};

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
