/**
 * Addresses that this machine no longer has: after DHCP, a clone or a restored snapshot. --node-ip leaves the node without an
 * address (kubelet nodestatus/setters.go), `address` keeps the kubelet from listening, a probe's host ends a healthy container.
 */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import { findFlag } from '../../kubelet/unit.ts';
import { kubeletDown, kubeletSaid } from './kubelet-down.ts';
import { cause, commands, setting } from './said.ts';

const ANY = new Set(['0.0.0.0', '::', '', '127.0.0.1', '::1', 'localhost']);

export const addresses: Rule = {
  about: 'addresses in flags and settings are on an interface',
  find: (evidence) => (evidence.node.live && evidence.host.addresses.length > 0 && !evidence.node.sandbox ? [...nodeIp(evidence), ...kubeletAddress(evidence)] : []),
};

function isForeign({ host }: Evidence, address: string): boolean {
  return !ANY.has(address) && !address.startsWith('127.') && isAddress(address) && !host.addresses.includes(address);
}

function isAddress(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^[0-9a-f:]+:[0-9a-f:]*$/i.test(text);
}

function nodeIp(evidence: Evidence): Cause[] {
  const { unit } = evidence;
  const value = parseFlags(unit?.argv.slice(1) ?? []).get('node-ip') ?? '';
  const [foreign] = value.split(',').filter((each) => isForeign(evidence, each));
  if (foreign === undefined) return [];
  const place = findFlag(unit?.sources ?? [], 'node-ip');
  const said = kubeletSaid(evidence, /failed to validate nodeIP/);
  return [cause({ id: 'node-ip', component: 'kubelet', layer: 'host', now: true, message: `--node-ip is ${foreign}, which no interface of this machine has`, verdict: `--node-ip is ${foreign}, an address that this machine does not have`, where: place === undefined ? [] : [{ file: place.file, line: place.line }], notes: [`this machine has ${own(evidence)}`, 'the kubelet runs on, cannot say its address, and its node is not Ready'], kubelet: `failed to validate nodeIP: node IP: "${foreign}" not found in the host's network interfaces`, evidence: said === undefined ? [] : [said], ...commands(place === undefined ? 'kcfg edit' : `sed -i 's/--node-ip=[^ "]*/--node-ip=${firstOwn(evidence)}/' ${place.file}`, 'systemctl restart kubelet') })];
}

function kubeletAddress(evidence: Evidence): Cause[] {
  const named = evidence.kubelet.settings?.address;
  const value = typeof named?.value === 'string' ? named.value : '';
  if (!isForeign(evidence, value)) return [];
  return [cause({ id: 'kubelet-address', component: 'kubelet', layer: 'host', now: kubeletDown(evidence), message: `the kubelet is to listen on ${value}, which no interface of this machine has`, where: named?.where === undefined ? [] : [named.where], notes: [`this machine has ${own(evidence)}`], kubelet: `listen tcp ${value}:10250: bind: cannot assign requested address`, ...setting(evidence, 'address', '0.0.0.0') })];
}

function own({ host }: Evidence): string {
  return host.addresses.filter((each) => !each.startsWith('127.') && each !== '::1' && !each.startsWith('fe80')).join(', ') || 'none but the loopback';
}

function firstOwn({ host, api }: Evidence): string {
  const advertised = /\/\/([\d.]+):/.exec(api?.url ?? '')?.[1];
  return advertised !== undefined && host.addresses.includes(advertised) ? advertised : (host.addresses.find((each) => /^\d/.test(each) && !each.startsWith('127.')) ?? 'ADDRESS');
}

