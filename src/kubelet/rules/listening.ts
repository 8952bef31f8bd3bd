/** Where the kubelet listens, and with which certificate: what ends it once its servers start (kubelet/server/server.go ListenAndServeKubeletServer). */
import { posix } from 'node:path';
import { valueAt } from '../field-path.ts';
import { type Case, duration, flag, integer, type Rule, text } from './case.ts';
import type { Finding } from './finding.ts';
import { isAddress } from './go-address.ts';
import { MILLISECOND, writeDuration } from './go-duration.ts';
import { refuse } from './refuse.ts';

export const listening: Rule = (c) => [...addresses(c), ...ports(c), ...certificates(c), ...openFiles(c), ...patience(c)];

function addresses(c: Case): Finding[] {
  const address = text(c, 'address');
  const listens = flag(c, 'enableServer') || integer(c, 'readOnlyPort') > 0;
  if (!listens) return [];
  if (isAddress(address)) return foreign(c, address);
  const message = `address is an IP address, here it is ${address === '' ? 'empty' : address}`;
  return [refuse(c, { id: 'address', message, at: ['address'], kubelet: 'listen tcp: lookup <nil>: no such host', when: 'start' })];
}

/** Any of the node's own, or all of them. */
function foreign(c: Case, address: string): Finding[] {
  const { addresses: own } = c.facts;
  // IPv6 has many spellings of one address
  if (!own || address.includes(':') || own.includes(address) || /^(0+\.0+\.0+\.0+|::|127\..*)$/.test(address)) return [];
  const kubelet = 'bind: cannot assign requested address';
  return [refuse(c, { id: 'address', message: `this node does not have the address ${address}`, at: ['address'], kubelet, when: 'start' })];
}

function ports(c: Case): Finding[] {
  const [port, readOnly] = [integer(c, 'port'), integer(c, 'readOnlyPort')];
  if (!flag(c, 'enableServer') || readOnly !== port || port === 0) return [];
  const kubelet = 'bind: address already in use';
  return [refuse(c, { id: 'same-port', message: `readOnlyPort and port are both ${port}`, at: ['readOnlyPort', 'port'], kubelet, when: 'start' })];
}

/** kubelet/kubelet.go NewMainKubelet; up to 1.35 the server itself opens what is named, though it be one of the two. */
function certificates(c: Case): Finding[] {
  const named = ['tlsCertFile', 'tlsPrivateKeyFile'].map((field) => ({ field, path: text(c, field) }));
  const present = named.filter(({ path }) => path !== '');
  if (present.length === 0) return [];
  const serves = flag(c, 'enableServer');
  if (present.length === 1) {
    if (c.minor >= 36 || !serves) return [];
    const other = named.find(({ path }) => path === '')?.field ?? '';
    return [refuse(c, { id: 'certificate', message: `${present[0]?.field} goes with ${other}, which is empty`, at: [present[0]?.field ?? '', other], kubelet: 'no such file or directory', when: 'start' })];
  }
  if (!serves && c.minor <= 30) return [];
  return present
    .filter(({ field, path }) => c.facts.exists?.(resolved(c, field, path)) === false)
    .slice(0, flag(c, 'serverTLSBootstrap') && c.minor >= 36 ? 0 : 2)
    .map(({ field, path }) => {
      const kubelet = `open ${resolved(c, field, path)}: no such file or directory`;
      return refuse(c, { id: 'no-such-file', message: `there is no ${resolved(c, field, path)}`, at: [field], kubelet, when: 'start' });
    });
}

/** Relative paths of the file itself are read below its directory (kubeletconfig/configfiles/configfiles.go:81-83). */
export function resolved(c: Case, field: string, path: string): string {
  const layer = c.layers.findLast(({ value }) => valueAt(value, field.split('.')) !== undefined);
  return posix.isAbsolute(path) ? path : posix.join(layer?.kind === 'file' ? posix.dirname(layer.yaml.source.file) : '/', path);
}

/** 40 are enough to start, 20 are not (1.37.2, measured): it runs out of them before its first pod. */
const FEWEST = 32;

function openFiles(c: Case): Finding[] {
  const limit = integer(c, 'maxOpenFiles');
  if (limit < 0 || limit >= FEWEST) return [];
  return [refuse(c, { id: 'open-files', message: `with maxOpenFiles ${limit} the kubelet cannot open its own files`, at: ['maxOpenFiles'], kubelet: 'too many open files', when: 'start' })];
}

/** A runtime on the same machine answers in about 1 ms. */
const HASTY = 10 * MILLISECOND;

/** cri-client remote_runtime.go validateServiceConnection: its first question has this long. */
function patience(c: Case): Finding[] {
  const timeout = duration(c, 'runtimeRequestTimeout');
  if (timeout === undefined || timeout >= HASTY) return [];
  const message = `runtimeRequestTimeout is ${writeDuration(timeout)}, and no runtime answers in that time`;
  return [refuse(c, { id: 'range', message, at: ['runtimeRequestTimeout'], kubelet: 'context deadline exceeded', when: 'start' })];
}
