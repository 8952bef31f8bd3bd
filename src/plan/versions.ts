/** The kubelet minors on which the lab has seen adoption keep every container: docs/versions.md, made by its test. */
import parse from 'semver/functions/parse.js';
import { KcfgError } from '../errors.ts';
import type { Target } from '../node/target.ts';
import type { Strategy } from './plan.ts';

/** Each has a row there (versions.test.ts); CI moves on 1.30.4 and 1.37.2. */
export const PROVEN_MINORS: readonly string[] = ['1.30', '1.34', '1.36', '1.37'];

export function refuseUnproven(strategy: Strategy, version: string | undefined, target: Target): KcfgError | undefined {
  if (strategy !== 'adopt' && strategy !== 'home') return undefined;
  const known = parse(version ?? '');
  if (known !== null && PROVEN_MINORS.includes(`${known.major}.${known.minor}`)) return undefined;
  if (target.force.includes('unproven-version')) return undefined;
  return new KcfgError('unproven-version', `keeping the pods is not proven on kubelet ${version ?? 'of unknown version'}`, {
    notes: [`it was seen to hold on ${PROVEN_MINORS.slice(0, -1).join(', ')} and ${PROVEN_MINORS.at(-1) ?? ''}; the source of the versions between reads the same`],
    help: [
      'stop and start the pods in order instead, some 6 s without this API server:',
      `  kcfg set staticPodPath ${target.value} --strategy recreate`,
      'or keep them all the same; a failed check puts everything back: --force unproven-version',
    ],
  });
}
