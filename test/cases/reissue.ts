/**
 * A certificate signed anew with another end or another address in its names, everything else as it is: bytes of the DER are
 * replaced in place (RFC 5280, 4.1), and the signature made with the authority's key. No program is needed for it.
 */
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';

export interface Changes {
  /** Of the authority: PEM. */
  key: string;
  /** Days from now; negative: it is over, and has begun ten days before. */
  until?: number;
  address?: [from: string, to: string];
}

/** PEM → PEM; of several, the first certificate, what follows stays. */
export function reissued(text: string, { key, until, address }: Changes): string {
  const found = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/.exec(text);
  if (found === null) throw new Error('no certificate in it');
  const der = Buffer.from(new X509Certificate(found[0]).raw);
  const outer = header(der, 0);
  const body = Buffer.from(der.subarray(outer.start, header(der, outer.start).end));
  if (until !== undefined) replaceValidity(body, until);
  if (address !== undefined) replaceAddress(body, address);
  const algorithm = der.subarray(outer.start + body.length, header(der, outer.start + body.length).end);
  const signature = sign('sha256', body, createPrivateKey(key));
  const made = tlv(0x30, Buffer.concat([body, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature]))]));
  const lines = made.toString('base64').match(/.{1,64}/g) ?? [];
  const pem = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  return text.replace(found[0], () => pem);
}

/** Of a kubeconfig, the certificate that is written in it. */
export function reissuedInside(text: string, changes: Changes): string {
  return text.replace(/(client-certificate-data: )(\S+)/, (_, label: string, data: string) => label + Buffer.from(reissued(Buffer.from(data, 'base64').toString(), changes)).toString('base64'));
}

/** Two UTCTime of 13 bytes, one after the other, are the validity: no other field of kubeadm's certificates has such a pair. */
function replaceValidity(body: Buffer, until: number): void {
  for (let at = 0; at < body.length - 30; at++) {
    if (body[at] !== 0x17 || body[at + 1] !== 13 || body[at + 15] !== 0x17 || body[at + 16] !== 13) continue;
    const end = new Date(Date.now() + until * 86_400_000);
    const begin = new Date(Math.min(Date.now(), end.getTime()) - 10 * 86_400_000);
    body.write(utc(begin), at + 2, 'latin1');
    body.write(utc(end), at + 17, 'latin1');
    return;
  }
  throw new Error('no validity in it');
}

function replaceAddress(body: Buffer, [from, to]: [string, string]): void {
  const name = (address: string): Buffer => Buffer.from([0x87, 4, ...address.split('.').map(Number)]);
  const at = body.indexOf(name(from));
  if (at < 0) throw new Error(`no ${from} in it`);
  name(to).copy(body, at);
}

const utc = (date: Date): string => `${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;

function header(der: Buffer, at: number): { start: number; end: number } {
  const first = der[at + 1] ?? 0;
  const more = first & 0x80 ? first & 0x7f : 0;
  const length = more === 0 ? first : der.readUIntBE(at + 2, more);
  return { start: at + 2 + more, end: at + 2 + more + length };
}

function tlv(tag: number, body: Buffer): Buffer {
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}
