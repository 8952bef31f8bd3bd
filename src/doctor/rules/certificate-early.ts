/** A certificate that is not valid yet. Several at once are the clock's fault (clock.ts). */
import type { Cause, Rule } from '../cause.ts';
import { saying } from '../pki/programs.ts';
import { isEarly, leafOf, nameOf, usesIn } from '../pki/uses.ts';

export const certificateEarly: Rule = {
  about: 'certificates that are in use are valid already',
  find(evidence) {
    if (evidence.certificates.filter((one) => isEarly(one, evidence.at)).length !== 1) return [];
    return usesIn(evidence).flatMap((use): Cause[] => {
      const leaf = leafOf(evidence, use);
      if (leaf === undefined || !isEarly(leaf, evidence.at)) return [];
      return [
        {
          id: 'certificate-early',
          severity: use.needed ? 'error' : 'warning',
          message: `${nameOf(use)} is not valid before ${minute(leaf.notBefore)} UTC`,
          where: [{ file: use.file }],
          notes: [use.refused, `by this node's clock it is ${minute(evidence.at)} UTC`],
          help: ['wait, set the clock, or put the certificate of before back'],
          component: use.component,
          layer: use.layer,
          verdict: `${nameOf(use)} is not valid yet`,
          sure: 'certain',
          now: use.needed,
          evidence: saying(evidence, use.component, /not yet valid/, 1),
        },
      ];
    });
  },
};

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
