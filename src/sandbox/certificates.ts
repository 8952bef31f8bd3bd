/**
 * X.509 certificates without any program: a short DER writer (ITU-T X.690) over node:crypto.
 *
 * Makes what kubeadm makes for a control plane, with elliptic keys (P-256) because they take a millisecond.
 * Not for anything but pretend nodes: no revocation, no constraints beyond those that TLS libraries check.
 */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Identity {
  /** PEM: the certificate alone. */
  cert: string;
  /** PEM: SEC1 private key, as kubeadm writes elliptic ones. */
  key: string;
}
export interface Issuer extends Identity {
  name: Subject;
  privateKey: KeyObject;
}
export interface Subject {
  commonName: string;
  organization?: string;
}
export interface Validity {
  from: Date;
  until: Date;
}

const tlv = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = Buffer.from(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
};
const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => tlv(0x02, (bytes[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
const bits = (bytes: Buffer, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), bytes);
const octets = (bytes: Buffer): Buffer => tlv(0x04, bytes);
const yes = tlv(0x01, Buffer.from([0xff]));

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const digits = [number & 0x7f];
    for (let n = number >>> 7; n > 0; n >>>= 7) digits.unshift((n & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return tlv(0x06, Buffer.from(bytes));
}

const name = ({ commonName, organization }: Subject): Buffer => {
  const part = (id: string, text: string): Buffer => tlv(0x31, sequence(oid(id), tlv(0x0c, Buffer.from(text))));
  return sequence(...(organization === undefined ? [] : [part('2.5.4.10', organization)]), part('2.5.4.3', commonName));
};
/** UTCTime to the year 2049, GeneralizedTime after it (RFC 5280, 4.1.2.5). */
const time = (date: Date): Buffer => {
  const text = `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
};
const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [yes] : []), octets(value));
const keyId = (publicKey: Buffer): Buffer => createHash('sha1').update(publicKey).digest();
/** An IPv4 address is tag 7, a DNS name tag 2 of GeneralName (RFC 5280, 4.2.1.6). */
const alternative = (host: string): Buffer =>
  /^\d+(\.\d+){3}$/.test(host) ? tlv(0x87, Buffer.from(host.split('.').map(Number))) : tlv(0x82, Buffer.from(host));

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

function certificate(
  subject: Subject,
  keys: { publicKey: KeyObject; privateKey: KeyObject },
  issuer: { name: Subject; privateKey: KeyObject },
  validity: Validity,
  extensions: Buffer[],
): Identity {
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(7)])),
    ECDSA_SHA256,
    name(issuer.name),
    sequence(time(validity.from), time(validity.until)),
    name(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const der = sequence(body, ECDSA_SHA256, bits(sign('sha256', body, issuer.privateKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: keys.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  };
}

const spki = (publicKey: KeyObject): Buffer => publicKey.export({ type: 'spki', format: 'der' });

/** A certificate authority that signs itself. */
export function makeAuthority(subject: Subject, validity: Validity): Issuer {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const identity = certificate(subject, keys, { name: subject, privateKey: keys.privateKey }, validity, [
    // digitalSignature, keyEncipherment, keyCertSign: as kubeadm's authorities have it
    extension('2.5.29.15', bits(Buffer.from([0xa4]), 2), true),
    extension('2.5.29.19', sequence(yes), true),
    extension('2.5.29.14', octets(keyId(spki(keys.publicKey)))),
  ]);
  return { ...identity, name: subject, privateKey: createPrivateKey(identity.key) };
}

/** A certificate for a server, a client, or both, signed by `issuer`; `hosts` are DNS names and IPv4 addresses. */
export function makeIdentity(
  issuer: Issuer,
  subject: Subject,
  uses: readonly ('server' | 'client')[],
  validity: Validity,
  hosts: readonly string[] = [],
): Identity {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const purposes = uses.map((use) => oid(use === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'));
  return certificate(subject, keys, issuer, validity, [
    extension('2.5.29.15', bits(Buffer.from([0xa0]), 5), true),
    extension('2.5.29.37', sequence(...purposes)),
    extension('2.5.29.19', sequence(), true),
    ...(hosts.length === 0 ? [] : [extension('2.5.29.17', sequence(...hosts.map(alternative)))]),
  ]);
}
