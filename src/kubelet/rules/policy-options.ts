/**
 * Options of the CPU and topology managers: which there are in each minor, and the gate that an option needs while it
 * is not stable (kubelet/cm/cpumanager/policy_options.go, kubelet/cm/topologymanager/policy_options.go, 1.28-1.37).
 */
import { nearest } from '../../nearest.ts';
import { type Case, text } from './case.ts';
import type { Finding } from './finding.ts';
import { refuse } from './refuse.ts';

interface Option {
  /** Minors in which it became this; absent: never, or not yet. */
  alpha?: number;
  beta?: number;
  stable?: number;
  takes: 'bool' | 'nodes';
  /** Options that it cannot stand with. */
  excludes?: readonly string[];
}
const FIELDS: Record<string, { options: Record<string, Option>; gates: readonly [string, string] }> = {
  cpuManagerPolicyOptions: {
    gates: ['CPUManagerPolicyAlphaOptions', 'CPUManagerPolicyBetaOptions'],
    options: {
      'full-pcpus-only': { beta: 23, stable: 33, takes: 'bool' },
      'distribute-cpus-across-numa': { alpha: 23, beta: 33, takes: 'bool' },
      'align-by-socket': { alpha: 25, takes: 'bool' },
      'distribute-cpus-across-cores': { alpha: 31, takes: 'bool', excludes: ['full-pcpus-only', 'distribute-cpus-across-numa'] },
      'strict-cpu-reservation': { alpha: 32, beta: 33, stable: 35, takes: 'bool' },
      'prefer-align-cpus-by-uncorecache': { alpha: 32, beta: 34, stable: 36, takes: 'bool', excludes: ['distribute-cpus-across-cores', 'distribute-cpus-across-numa'] },
    },
  },
  topologyManagerPolicyOptions: {
    gates: ['TopologyManagerPolicyAlphaOptions', 'TopologyManagerPolicyBetaOptions'],
    options: {
      'prefer-closest-numa-nodes': { beta: 28, stable: 32, takes: 'bool' },
      'max-allowable-numa-nodes': { beta: 31, stable: 35, takes: 'nodes' },
    },
  },
};

export function optionFindings(c: Case, field: string, written: readonly (readonly [string, string])[]): Finding[] {
  const { options, gates } = FIELDS[field] ?? { options: {}, gates: ['', ''] };
  const known = Object.keys(options).filter((name) => since(options[name]) <= c.minor);
  const say = (name: string, message: string, label?: string, kubelet?: string, key = false): Finding =>
    refuse(c, { id: 'policy-option', message, at: [[field, name]], labels: [label], key, ...(kubelet !== undefined && { kubelet }), when: 'start' });
  return written.flatMap(([name, value]) => {
    const option = options[name];
    if (!option || !known.includes(name)) {
      const near = nearest(name, known);
      const kubelet = `unknown ${field.startsWith('cpu') ? 'CPU' : 'Topology'} Manager Policy option: "${name}"`;
      return [say(name, `kubelet ${c.fields.minor} has no option ${name} in ${field}`, near && `did you mean ${near}?`, kubelet, true)];
    }
    const { alpha = 0, beta = 99, stable = 99, takes, excludes = [] } = option;
    const gate = c.minor >= stable ? undefined : c.minor >= beta ? gates[1] : gates[0];
    if (gate !== undefined && alpha >= 0 && !c.gate(gate)) return [say(name, `the option ${name} needs the feature gate ${gate}, which is off`)];
    if (!(takes === 'bool' ? /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/ : /^[+-]?\d+$/).test(value)) {
      return [say(name, `the option ${name} is ${takes === 'bool' ? '"true" or "false"' : 'a whole number'}, here it is ${JSON.stringify(value)}`, undefined, takes === 'bool' ? `bad value for option "${name}"` : `unable to convert policy option to integer "${name}"`)];
    }
    if (takes === 'nodes' && Number(value) < 8) return [say(name, `the option ${name} is 8 or more, here it is ${value}`)];
    const other = excludes.find((each) => isTrue(value) && isTrue(written.find(([key]) => key === each)?.[1] ?? ''));
    if (other !== undefined) return [say(name, `the options ${name} and ${other} exclude one another`)];
    if (name === 'align-by-socket' && isTrue(value) && text(c, 'topologyManagerPolicy') === 'single-numa-node') {
      return [say(name, 'the option align-by-socket and topologyManagerPolicy single-numa-node exclude one another')];
    }
    return [];
  });
}

function since({ alpha = 99, beta = 99, stable = 99 }: Option = { takes: 'bool' }): number {
  return Math.min(alpha, beta, stable);
}

/** strconv.ParseBool */
function isTrue(value: string): boolean {
  return /^(1|t|T|TRUE|true|True)$/.test(value);
}
