/**
 * PEM text as facts: whose certificate, until when, for which key. The key itself is read to learn its public half, and goes
 * no further. What a TLS library of Go takes is taken: any text around the blocks, several blocks in one file.
 */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate, Key } from '../pki/evidence.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** A certificate in evidence with what it was read from: a signature can be tried with it. */
export interface Read {
  facts: Certificate;
  x509?: X509Certificate;
}
export type Place = Pick<Certificate, 'file' | 'role'> & Partial<Pick<Certificate, 'part' | 'link' | 'changedAt'>>;

const NOTHING = { subject: '', issuer: '', notBefore: '', notAfter: '', ca: false, names: [], publicKey: '', fingerprint: '', signedBy: [] };

export function brokenCertificate(place: Place, broken: string): Read {
  return { facts: { ...place, broken, ...NOTHING, names: [], signedBy: [] } };
}

/** The certificates of a text, at least one: one that is broken, where there is none. */
export function readCertificates(place: Place, text: string): Read[] {
  const blocks = [...text.matchAll(BLOCK)].filter(([, kind]) => kind === 'CERTIFICATE').map(([block]) => block);
  if (blocks.length === 0) return [brokenCertificate(place, whyNone(text, 'certificate'))];
  return blocks.map((block) => {
    try {
      const x509 = new X509Certificate(block);
      return { x509, facts: { ...place, ...factsOf(x509) } };
    } catch {
      return brokenCertificate(place, 'its certificate cannot be decoded');
    }
  });
}

function factsOf(x509: X509Certificate): Omit<Certificate, keyof Place> {
  return {
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    notBefore: new Date(x509.validFrom).toISOString(),
    notAfter: new Date(x509.validTo).toISOString(),
    ca: x509.ca,
    names: namesIn(x509.subjectAltName ?? ''),
    publicKey: hashOf(x509.publicKey),
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    signedBy: [],
  };
}

/** 'O=system:nodes\nCN=system:node:cp1' in one line; a certificate without a subject has none. */
function oneLine(name: string | undefined): string {
  return (name ?? '').trim().split('\n').join(', ');
}

/** 'DNS:cp1, IP Address:10.0.0.11' as names and addresses. */
function namesIn(text: string): string[] {
  return text.split(', ').flatMap((part) => /^(?:DNS|IP Address):"?([^"]*)"?$/.exec(part)?.[1] ?? []);
}

function hashOf(key: KeyObject): string {
  return createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex');
}

/** The key of a text, private or public. */
export function readKey(file: string, text: string): Key {
  const block = [...text.matchAll(BLOCK)].find(([, kind]) => kind?.endsWith('PRIVATE KEY') === true || kind?.endsWith('PUBLIC KEY') === true);
  if (block === undefined) return { file, broken: whyNone(text, 'key') };
  try {
    // createPublicKey of a private key gives its public half
    const key = block[1]?.endsWith('PUBLIC KEY') === true ? createPublicKey(block[0]) : createPublicKey(createPrivateKey(block[0]));
    return { file, publicKey: hashOf(key) };
  } catch {
    return { file, broken: block[1]?.startsWith('ENCRYPTED') === true ? 'the key has a passphrase' : 'the key cannot be decoded' };
  }
}

function whyNone(text: string, what: string): string {
  if (text.trim() === '') return 'the file is empty';
  return text.includes('-----BEGIN ') ? `it has no PEM block of a ${what}` : 'it is not PEM';
}

/** Who signed what: tried wherever an issuer's name fits, among all that were read. */
export function findSigners(all: readonly Read[]): void {
  const authorities = all.filter(({ x509, facts }) => x509 !== undefined && facts.ca);
  for (const { facts, x509 } of all) {
    if (x509 === undefined) continue;
    const signers = authorities.filter((authority) => authority.facts.subject === facts.issuer && signed(authority.x509, x509));
    facts.signedBy = [...new Set(signers.map((authority) => authority.facts.fingerprint))];
  }
}

function signed(authority: X509Certificate | undefined, x509: X509Certificate): boolean {
  try {
    return authority !== undefined && x509.verify(authority.publicKey);
  } catch {
    return false;
  }
}
