/**
 * Evidence as a file for a ticket, to be read anywhere: `kcfg doctor --bundle FILE`, `kcfg doctor FILE`. No key is in evidence;
 * what may be a secret in texts is masked byte for byte, so that places and fixes still fit.
 */
import { KcfgError } from '../errors.ts';
import { withoutSecretText } from '../kubelet/secret-lines.ts';
import { withoutSecretFlags } from '../kubelet/value-text.ts';
import type { Evidence } from './evidence.ts';

interface Bundle {
  kind: 'kcfg-evidence';
  format: 1;
  evidence: Evidence;
  /** Files that fixes are about. */
  files: Record<string, string>;
}

export function toBundle(evidence: Evidence, files: ReadonlyMap<string, Buffer>): string {
  const texts = Object.fromEntries([...files].map(([path, bytes]) => [path, masked(bytes.toString('utf8'))]));
  const own: Evidence = { ...evidence, texts: Object.fromEntries(Object.entries(evidence.texts).map(([path, text]) => [path, masked(text)])) };
  const bundle: Bundle = { kind: 'kcfg-evidence', format: 1, evidence: own, files: texts };
  return `${JSON.stringify(bundle, (_, value: unknown) => (typeof value === 'string' ? withoutTokens(withoutSecretFlags(value)) : value), 1)}\n`;
}

/** Throws `bad-bundle` for what is none, or one of another format. */
export function fromBundle(file: string, text: string): { evidence: Evidence; files: Map<string, Buffer> } {
  const bad = (message: string): KcfgError => new KcfgError('bad-bundle', `${file} ${message}`, { where: [{ file }], help: ['make one on the node: kcfg doctor --bundle FILE'] });
  let bundle: Partial<Bundle> | null;
  try {
    bundle = JSON.parse(text) as Partial<Bundle> | null;
  } catch {
    throw bad('is no bundle of kcfg doctor');
  }
  if (bundle?.kind !== 'kcfg-evidence' || typeof bundle.evidence !== 'object') throw bad('is no bundle of kcfg doctor');
  if (bundle.format !== 1 || bundle.evidence.format !== 1) throw bad('is a bundle of another version of kcfg');
  return { evidence: bundle.evidence, files: new Map(Object.entries(bundle.files ?? {}).map(([path, content]) => [path, Buffer.from(content)])) };
}

/** Each secret part of a line as that many stars: bytes stay where they are. */
export function masked(text: string): string {
  let from = 0;
  return text.split(/(?<=\n)/).map((whole) => {
    const line = whole.replace(/\r?\n$/, '');
    const shown = withoutSecretText(text, from, line);
    from += whole.length;
    if (shown === undefined) return whole;
    let same = 0;
    while (same < line.length && line[same] === shown[same]) same++;
    return line.slice(0, same) + '*'.repeat(Buffer.byteLength(line.slice(same))) + whole.slice(line.length);
  }).join('');
}

/** Bearer tokens (JWT), bootstrap tokens, and PEM blocks that some log or file may have. Same length again. */
function withoutTokens(text: string): string {
  return text
    .replace(/eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g, (found) => '*'.repeat(found.length))
    .replace(/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, (found) => '*'.repeat(found.length))
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, (found) => '*'.repeat(found.length))
    .replace(/((?:client-key-data|token|password)["']?\s*:\s*["']?)([^\s"',}]{8,})/g, (_, key: string, value: string) => key + '*'.repeat(value.length));
}
