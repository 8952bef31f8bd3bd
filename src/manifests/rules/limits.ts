/** Values that a program reads well and refuses all the same: ports, networks, times (each program's Validate). */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { isAddress } from '../../kubelet/rules/go-address.ts';
import { parseDuration } from '../../kubelet/rules/go-duration.ts';
import { type Flag, flagsOf } from './arguments.ts';
import { type Case, type Container, containersOf, finding, programOf } from './case.ts';
import { misfitOf } from './flag-types.ts';
import { isGoUrl } from './urls.ts';
import { isProgram } from '../programs/program.ts';

export function limits(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const program = programOf(container);
    if (!isProgram(program)) return [];
    const last = new Map(flagsOf(container).map((flag) => [flag.name, flag]));
    const found: Finding[] = [];
    const say = (flag: Flag | undefined, message: string | undefined): void => {
      if (flag !== undefined && message !== undefined) found.push(finding(subject, { id: 'flag-limit', path: flag.valuePath ?? flag.path, ...(flag.value !== undefined && flag.value !== '' && { part: flag.value }), message, notes: [`${program} ends at its start`] }));
    };
    const port = last.get('secure-port');
    if (port !== undefined) say(port, securePort(port, program));
    say(last.get('service-cluster-ip-range'), networks(last.get('service-cluster-ip-range'), program));
    const hands = last.get('allocate-node-cidrs');
    if (hands !== undefined && !/^(0|f|false)$/i.test(hands.value ?? '')) say(last.get('cluster-cidr'), networks(last.get('cluster-cidr'), program));
    if (program !== 'etcd') lease(last, program, say);
    if (program === 'kube-apiserver') apiserver(container, last, say);
    if (program === 'etcd') etcdTimes(last, say);
    return found;
  });
}

type Say = (flag: Flag | undefined, message: string | undefined) => void;

/** apiserver server/options/serving.go Validate. Without one the others serve nothing. */
function securePort({ value = '' }: Flag, program: string): string | undefined {
  if (misfitOf(value, 'int', '') !== undefined) return undefined;
  const number = Number(value);
  const least = program === 'kube-apiserver' ? 1 : 0;
  return number >= least && number <= 65535 ? undefined : `--secure-port is ${least} to 65535, not ${value}`;
}

/** kube-apiserver app/options/completion.go, validation.go: two at most, of both families, and the smallest of 2 addresses. */
function networks(flag: Flag | undefined, program: string): string | undefined {
  const { name = '', value = '' } = flag ?? {};
  if (flag?.value === undefined || value === '') return undefined;
  const all = value.split(',');
  if (all.length > 2) return `--${name} takes two networks at most`;
  const wrong = all.find((each) => prefixOf(each) === undefined);
  // the controller manager asks only when it hands out networks
  if (wrong !== undefined) return program === 'kube-apiserver' || name === 'cluster-cidr' ? `--${name} is a network, such as 10.96.0.0/12, not ${wrong === '' ? 'empty' : wrong}` : undefined;
  if (program !== 'kube-apiserver') return undefined;
  const [first, second] = all;
  if (second !== undefined && first?.includes(':') === second.includes(':')) return `--${name} takes one network of IPv4 and one of IPv6`;
  const tiny = all.find((each) => (each.includes(':') ? 128 : 32) - (prefixOf(each) ?? 0) < 3);
  return tiny === undefined ? undefined : `${tiny} is too small for services: it needs 8 addresses`;
}

/** net.ParseCIDR, and leading zeros let pass. */
function prefixOf(text: string): number | undefined {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  return isAddress(address) && Number(prefix) <= (address.includes(':') ? 128 : 32) ? Number(prefix) : undefined;
}

/** component-base config/validation/validation.go; client-go leaderelection.go. */
function lease(last: ReadonlyMap<string, Flag>, program: string, say: Say): void {
  if (program === 'kube-apiserver' || last.get('leader-elect')?.value === 'false') return;
  const [duration, renew, retry] = (['leader-elect-lease-duration', 'leader-elect-renew-deadline', 'leader-elect-retry-period'] as const).map((name) => last.get(name));
  const [long, middle, short] = [seconds(duration, '15s'), seconds(renew, '10s'), seconds(retry, '2s')];
  if (long === undefined || middle === undefined || short === undefined) return;
  if (long <= middle) say(duration ?? renew, `--leader-elect-lease-duration must be longer than --leader-elect-renew-deadline`);
  else if (middle <= short * 1.2) say(renew ?? retry, `--leader-elect-renew-deadline must be longer than 1.2 times --leader-elect-retry-period`);
}

function seconds(flag: Flag | undefined, standard: string): number | undefined {
  return parseDuration(flag?.value ?? standard);
}

/** apiserver server/options/server_run_options.go Validate. */
const NOT_NEGATIVE = ['livez-grace-period', 'max-requests-inflight', 'max-mutating-requests-inflight', 'request-timeout', 'min-request-timeout', 'shutdown-delay-duration'];

function apiserver(container: Container, last: ReadonlyMap<string, Flag>, say: Say): void {
  for (const name of NOT_NEGATIVE) if (/^-\d/.test(last.get(name)?.value ?? '')) say(last.get(name), `--${name} cannot be negative`);
  const range = last.get('service-cluster-ip-range');
  const address = last.get('advertise-address')?.value ?? '';
  const first = range?.value?.split(',')[0] ?? '';
  if (isAddress(address) && prefixOf(first) !== undefined && first.includes(':') !== address.includes(':')) say(range, `--service-cluster-ip-range and --advertise-address are of two families`);
  const modes = last.get('authorization-mode');
  const all = modes?.value?.split(',') ?? [];
  if (new Set(all).size < all.length) say(modes, '--authorization-mode has a mode twice');
  if (all.includes('ABAC') && !last.has('authorization-policy-file')) say(modes, 'mode ABAC needs --authorization-policy-file');
  if (all.includes('Webhook') && !last.has('authorization-webhook-config-file')) say(modes, 'mode Webhook needs --authorization-webhook-config-file');
  const [on, off] = [last.get('enable-admission-plugins'), last.get('disable-admission-plugins')];
  const both = on?.value?.split(',').find((name) => name !== '' && off?.value?.split(',').includes(name));
  if (both !== undefined) say(off, `${both} is enabled and disabled`);
  for (const flag of flagsOf(container)) if (flag.name === 'service-account-key-file' && flag.value === '') say(flag, '--service-account-key-file is empty');
  const issuers = flagsOf(container).filter(({ name }) => name === 'service-account-issuer');
  for (const issuer of issuers) {
    if (issuer.value === '') say(issuer, '--service-account-issuer is empty');
    // kube-apiserver options/authentication.go: one with a colon is a URL
    else if (issuer.value?.includes(':') && !isGoUrl(issuer.value)) say(issuer, `--service-account-issuer has a colon, and is no URL: ${issuer.value}`);
  }
}

/** etcd server/embed/config.go Validate. */
function etcdTimes(last: ReadonlyMap<string, Flag>, say: Say): void {
  const [tick, election] = [Number(last.get('heartbeat-interval')?.value ?? 100), Number(last.get('election-timeout')?.value ?? 1000)];
  if (tick === 0) say(last.get('heartbeat-interval'), '--heartbeat-interval must be above 0');
  else if (election > 50_000) say(last.get('election-timeout'), '--election-timeout is 50000 at most');
  else if (5 * tick > election) say(last.get('election-timeout') ?? last.get('heartbeat-interval'), '--election-timeout must be 5 times --heartbeat-interval at least');
}
