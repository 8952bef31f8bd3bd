/**
 * What a person has to do first: a runtime or a kubelet that is down for a reason that kcfg does not mend. Nothing that is
 * mended comes up without it, and a kubelet that runs on without its runtime does not start again (validate CRI, server.go).
 */
import type { Cause } from '../doctor/cause.ts';
import { standsOn } from '../doctor/components.ts';
import type { Diagnosis } from '../doctor/diagnose.ts';
import { isMendedByKcfg } from '../report/diagnosis.ts';

/** Every recovery ends with a start of the kubelet: one that is stopped is no hindrance. */
const STARTED = 'stopped';

export function inTheWay({ causes, standings }: Pick<Diagnosis, 'causes' | 'standings'>, mended: readonly Cause[]): Cause | undefined {
  const down = new Set(standings.filter(({ ok }) => !ok).map(({ component }) => component));
  const hinders = ({ id, component, now }: Cause): boolean => now && id !== STARTED && (component === 'runtime' || component === 'kubelet') && down.has(component);
  return causes.find((cause) => hinders(cause) && !isMendedByKcfg(cause) && mended.some(({ component }) => component === cause.component || standsOn(component, cause.component)));
}
