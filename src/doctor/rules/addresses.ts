/**
 * Addresses that this machine no longer has: after DHCP, a clone or a restored snapshot. --node-ip leaves the node without an
 * address (kubelet nodestatus/setters.go), `address` keeps the kubelet from listening, a probe's host ends a healthy container.
 */
import { createHash } from 'node:crypto';
import type { Cause, Rule } from '../cause.ts';
import { layerOf } from '../components.ts';
import type { Evidence } from '../evidence.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import { editFlag } from '../../kubelet/environment-edit.ts';
import { type FlagPlace, findFlag, isUnitText } from '../../kubelet/unit.ts';
import { kubeletDown, kubeletSaid } from './kubelet-down.ts';
import { cause, commands, setting } from './said.ts';

const ANY = new Set(['0.0.0.0', '::', '', '127.0.0.1', '::1', 'localhost']);

export const addresses: Rule = {
  about: 'addresses in flags and settings are on an interface',
  find: (evidence) => (evidence.node.live && evidence.host.addresses.length > 0 && !evidence.node.sandbox ? [...nodeIp(evidence), ...kubeletAddress(evidence), ...probes(evidence)] : []),
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
  return [cause({ id: 'node-ip', component: 'kubelet', layer: 'host', now: true, message: `--node-ip is ${foreign}, which no interface of this machine has`, verdict: `--node-ip is ${foreign}, an address that this machine does not have`, where: place === undefined ? [] : [{ file: place.file, line: place.line }], notes: [`this machine has ${own(evidence)}`, 'the kubelet runs on, cannot say its address, and its node is not Ready'], kubelet: `failed to validate nodeIP: node IP: "${foreign}" not found in the host's network interfaces`, evidence: said === undefined ? [] : [said], ...mendFlag(evidence, place, value.replace(foreign, firstOwn(evidence))) })];
}

/** In an environment file kcfg writes it; in a unit a person does, and tells systemd. */
function mendFlag({ unit }: Evidence, place: FlagPlace | undefined, value: string): Pick<Cause, 'fix' | 'help'> {
  if (place === undefined) return commands('systemctl cat kubelet');
  const typed = [`sed -i 's/--node-ip=[^ "]*/--node-ip=${value}/' ${place.file}`];
  const text = unit?.sources.find(({ file }) => file === place.file)?.text ?? '';
  if (isUnitText({ file: place.file, text })) return commands(...typed, 'systemctl daemon-reload', 'systemctl restart kubelet');
  const bytes = Buffer.from(text);
  try {
    return { fix: { kind: 'edit', file: place.file, sha256: createHash('sha256').update(bytes).digest('hex'), edits: editFlag(place.file, bytes, place.line, 'node-ip', value) }, help: [] };
  } catch {
    return commands(...typed, 'systemctl restart kubelet');
  }
}

function kubeletAddress(evidence: Evidence): Cause[] {
  const named = evidence.kubelet.settings?.address;
  const value = typeof named?.value === 'string' ? named.value : '';
  if (!isForeign(evidence, value)) return [];
  return [cause({ id: 'kubelet-address', component: 'kubelet', layer: 'host', now: kubeletDown(evidence), message: `the kubelet is to listen on ${value}, which no interface of this machine has`, where: named?.where === undefined ? [] : [named.where], notes: [`this machine has ${own(evidence)}`], kubelet: `listen tcp ${value}:10250: bind: cannot assign requested address`, ...setting(evidence, 'address', '0.0.0.0') })];
}

/** The kubelet asks that address from this machine: a healthy container never answers there, and is ended again and again. */
function probes(evidence: Evidence): Cause[] {
  return evidence.directory.entries.flatMap((entry): Cause[] => {
    const away = (entry.probeHosts ?? []).filter(({ host }) => isForeign(evidence, host));
    const [first] = away;
    if (first === undefined || entry.pod === undefined || entry.skipped !== undefined) return [];
    const { name } = entry.pod;
    const to = firstOwn(evidence);
    const said = kubeletSaid(evidence, new RegExp(`Probe failed.*${first.host.replaceAll('.', '\\.')}`));
    return [cause({ id: 'probe-host', component: name, layer: layerOf(name), now: evidence.pods.find((pod) => pod.name === name)?.state !== 'up', message: `${away.length === 1 ? 'a probe asks' : 'probes ask'} ${first.host}, which no interface of this machine has`, verdict: `its probes ask ${first.host}, an address that this machine does not have`, where: away.map(({ where }) => where), notes: [`this machine has ${own(evidence)}`, 'the container is well, and the kubelet ends it each time the probe has failed often enough'], evidence: said === undefined ? [] : [said], ...(entry.sha256 === undefined ? {} : { fix: { kind: 'edit', file: entry.path, sha256: entry.sha256, edits: away.map(({ offset, length }) => ({ offset, remove: length, insert: to })) } }) })];
  });
}

function own({ host }: Evidence): string {
  return host.addresses.filter((each) => !each.startsWith('127.') && each !== '::1' && !each.startsWith('fe80')).join(', ') || 'none but the loopback';
}

function firstOwn({ host, api }: Evidence): string {
  const advertised = /\/\/([\d.]+):/.exec(api?.url ?? '')?.[1];
  return advertised !== undefined && host.addresses.includes(advertised) ? advertised : (host.addresses.find((each) => /^\d/.test(each) && !each.startsWith('127.')) ?? 'ADDRESS');
}

