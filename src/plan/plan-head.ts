/** What every plan begins with, whatever it is for. */
import type { Observed } from '../node/observed.ts';
import type { Plan } from './plan.ts';

export interface PlanOrigin {
  /** Number of the change. */
  id: string;
  /** Version of kcfg. */
  kcfg: string;
  madeAt: string;
  observed: Observed;
}

export function planHead({ id, kcfg, madeAt, observed }: PlanOrigin): Pick<Plan, 'format' | 'id' | 'kcfg' | 'madeAt' | 'node'> {
  return { format: 1, id, kcfg, madeAt, node: observed.node.name };
}
