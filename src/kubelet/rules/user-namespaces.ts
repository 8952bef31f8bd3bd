/** User IDs for pods: how many each gets, and that they suffice (validation_linux.go:44-56@1.37.2, kubelet/userns/userns_manager.go MakeUserNsManager). */
import { valueAt } from '../field-path.ts';
import { type Case, integer, type Rule } from './case.ts';
import type { Finding } from './finding.ts';
import { refuse } from './refuse.ts';

const UNIT = 65536;
const ALL = 2 ** 32;
const FIELD = 'userNamespaces.idsPerPod';

export const userNamespaces: Rule = (c) => {
  const written = valueAt(c.value, FIELD.split('.'));
  const ids = c.minor >= 33 && typeof written === 'number' ? written : UNIT;
  const trouble = ids < UNIT ? 'not be less than 65536' : ids % UNIT !== 0 ? 'be a multiple of 65536' : ids > ALL - 1 ? 'not be more than 4294967295' : undefined;
  if (trouble === undefined) return enough(c, ids);
  const message = `${FIELD} is a multiple of 65536, below 4294967296, here it is ${ids}`;
  return [refuse(c, { id: 'range', message, at: [FIELD], kubelet: `invalid configuration: ${FIELD} must ${trouble}` })];
};

/** By the default: a node with a user named kubelet may give it others in /etc/subuid. From 1.30 to 1.34 it is looked at with the gate off, too. */
function enough(c: Case, ids: number): Finding[] {
  if (c.minor < 30 || (c.minor >= 35 && !c.gate('UserNamespacesSupport'))) return [];
  const first = c.minor >= 35 ? ids : UNIT;
  const most = Math.floor((ALL - first) / ids);
  if (first % ids !== 0 || (ALL - first) % ids !== 0) {
    const kubelet = `kubelet user assigned ${first % ids === 0 ? 'IDs length' : 'ID'}`;
    return [refuse(c, { id: 'user-ids', message: `${FIELD} ${ids} does not divide the IDs that there are`, at: [FIELD], kubelet, when: 'start' })];
  }
  const pods = integer(c, 'maxPods');
  if (pods <= most) return [];
  const kubelet = `kubelet user assigned IDs are not enough to support ${pods} pods`;
  return [refuse(c, { id: 'user-ids', message: `maxPods is at most ${most}, for each pod needs ${ids} user IDs`, at: ['maxPods', FIELD], kubelet, when: 'start' })];
}
