/**
 * Addresses that a manifest has its program listen on, and that this machine does not have (kubernetes/kubeadm#1359, #3299). One
 * flag alone is a slip; all of them: the machine has another address than the day it was set up.
 */
import type { Cause, Fix, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { hostOf, RESTART } from '../pki/mending.ts';
import { isDown, LAYER_OF, type Program, programOf, saying } from '../pki/programs.ts';
import { isElsewhere, isOwnHost } from '../pki/servers.ts';

/** Bound at the start. */
const BOUND = ['listen-client-urls', 'listen-peer-urls', 'listen-metrics-urls', 'bind-address'];
/** Said to others. */
const SAID = ['advertise-client-urls', 'initial-advertise-peer-urls', 'advertise-address'];
const PROGRAMS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

interface Named {
  program: Program;
  flag: string;
  value: string;
  host: string;
  away: boolean;
}

export const ownAddress: Rule = {
  about: 'the addresses in manifests are this machine\'s',
  find(evidence) {
    const all = PROGRAMS.flatMap((component) => addresses(evidence, component));
    const away = all.filter((one) => one.away);
    const bound = away.filter(({ flag }) => BOUND.includes(flag));
    const [first] = bound.concat(away);
    if (first === undefined) return [];
    const real = all.filter((one) => !one.away && !/^(127\.|::1$|0\.0\.0\.0$|::$|localhost$)/.test(one.host));
    const same = new Set(away.map(({ host }) => host)).size === 1;
    return real.length === 0 && same && bound.length > 0 && away.length > 1 ? [changed(evidence, first, away)] : away.filter(({ flag }) => bound.length === 0 || BOUND.includes(flag)).map((one) => slip(evidence, one, real[0]?.host));
  },
};

function addresses(evidence: Evidence, component: string): Named[] {
  const program = programOf(evidence, component);
  if (program === undefined) return [];
  return [...BOUND, ...SAID].flatMap((flag) => {
    const value = program.flags.get(flag);
    if (value === undefined) return [];
    const hosts = value.split(',').flatMap((part) => (part.includes('://') ? (hostOf(part) ?? []) : [part]));
    return hosts.map((host): Named => ({ program, flag, value, host, away: isElsewhere(evidence, host) }));
  });
}

function changed(evidence: Evidence, first: Named, away: Named[]): Cause {
  const old = first.host;
  const has = evidence.host.addresses.filter((address) => !isLoopback(address));
  const files = [...new Set(away.map(({ program }) => program.entry.path))];
  const configs = evidence.kubeconfigs.filter(({ server }) => hostOf(server) === old).map(({ file }) => file);
  const component = first.program.component;
  return {
    id: 'address-changed',
    severity: 'error',
    message: `this machine does not have ${old} any more, which its control plane is set up with`,
    where: [...files, ...configs].map((file) => ({ file, label: old })),
    notes: [`it has ${has.join(', ') || 'no address but the loopback'}`, 'certificates, kubeconfigs, manifests and the members of etcd have the old one'],
    help: ['the lines below last until the next boot: give the machine its address back for good, or make certificates, kubeconfigs and manifests anew with the new one'],
    component,
    layer: 'host',
    verdict: `this machine does not have ${old} any more`,
    sure: 'certain',
    now: BOUND.includes(first.flag),
    evidence: saying(evidence, component, /cannot assign requested address/, 1),
    fix: { kind: 'commands', commands: [`ip address add ${old}/${old.includes(':') ? 128 : 32} dev lo`, RESTART] },
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('fe80');
}

function slip(evidence: Evidence, { program, flag, value, host }: Named, right: string | undefined): Cause {
  const { component, entry } = program;
  const bound = BOUND.includes(flag);
  const place = component === 'etcd' ? evidence.etcd?.places?.[flag] : undefined;
  const better = right ?? evidence.host.addresses.find((address) => !isLoopback(address) && !address.includes(':'));
  const wanted = better !== undefined && isOwnHost(evidence, better) ? value.replaceAll(host, better) : undefined;
  const fix: Fix | undefined = place === undefined || entry.sha256 === undefined || wanted === undefined ? undefined : { kind: 'edit', file: entry.path, sha256: entry.sha256, edits: [{ offset: place.offset, remove: place.length, insert: `--${flag}=${wanted}` }] };
  return {
    id: 'address',
    severity: bound ? 'error' : 'warning',
    message: `--${flag} of ${component} is ${value}, and this machine does not have ${host}`,
    where: [{ file: entry.path, ...(place === undefined ? {} : { line: place.line, column: place.column, text: `${' '.repeat(place.column - 1)}--${flag}=${value}`, length: place.length }) }],
    notes: [bound ? `${component} ends at its start: it cannot listen there` : 'others are told to come there'],
    help: [],
    component,
    layer: LAYER_OF[component] ?? 'others',
    verdict: `--${flag} has an address that this machine does not have`,
    sure: 'certain',
    now: bound && isDown(evidence, component),
    evidence: saying(evidence, component, /cannot assign requested address/, 1),
    ...(fix === undefined ? {} : { fix }),
  };
}
