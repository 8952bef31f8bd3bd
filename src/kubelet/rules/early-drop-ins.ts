/**
 * Drop-ins of 1.28 and 1.29, where they were alpha: an environment variable has to allow them (server.go:217-220@1.29.14),
 * and 1.28 takes each for a whole configuration, defaults and all, over the one before (server.go mergeKubeletConfigurations@1.28.15).
 */
import type { Case, Rule } from './case.ts';
import type { Finding } from './finding.ts';

const VARIABLE = 'KUBELET_CONFIG_DROPIN_DIR_ALPHA';

export const earlyDropIns: Rule = (c) => {
  const dropIns = c.layers.filter(({ kind }) => kind === 'drop-in');
  const [first] = dropIns;
  if (!first || c.minor > 29) return [];
  const where = [{ file: first.yaml.source.file }];
  return [...allowed(c, where), ...(c.minor === 28 ? [whole(where)] : [])];
};

function allowed(c: Case, where: Finding['where']): Finding[] {
  if (c.facts.dropInsAllowed === true) return [];
  const error = c.facts.dropInsAllowed === false;
  return [
    {
      ...{ id: 'early-drop-in', severity: error ? 'error' : 'warning', message: `kubelet ${c.fields.minor} takes drop-ins only with ${VARIABLE} in its environment`, where },
      ...{ notes: ['without it --config-dir ends the start'], help: [], kubelet: `environment variable ${VARIABLE} not set, cannot start kubelet` },
      ...(error && { when: 'load' as const }),
    },
  ];
}

function whole(where: Finding['where']): Finding {
  return {
    ...{ id: 'early-drop-in', severity: 'warning', message: 'to kubelet 1.28 a drop-in is a whole configuration: what it leaves out goes back to its default', where },
    ...{ notes: ['from 1.29 on a drop-in changes what it names, and nothing else'], help: [] },
  };
}
