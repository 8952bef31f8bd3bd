/** A value of a setting in a line of text, and the ones that no one is to read there. */

/** Headers of --manifest-url can hold credentials: the kubelet masks them in its own log as well (server.go:253-257@1.37.2). */
const SECRET = 'staticPodURLHeader';
export const HIDDEN = '(hidden)';

/** Text as it is, all else as JSON with blanks, 'none' where there is nothing. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'string') return value === '' ? '""' : value;
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  return inner(value);
}

function inner(value: unknown): string {
  if (typeof value === 'string') return /^[\w./:@%+-]+$/.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, each]) => `${name}: ${inner(each)}`).join(', ')}}`;
}

/** The same without what is secret: for screens and documents. */
export function withoutSecrets(field: string, value: unknown): unknown {
  if (isSecret(field)) return value === undefined ? undefined : HIDDEN;
  return value;
}

export function isSecret(field: string): boolean {
  return field.split(/[.[]/)[0] === SECRET;
}

/** The same as a flag: an environment file has all flags in one line, and a diff shows that line for any of them. */
export const SECRET_FLAG = /--?manifest[-_]url[-_]header[= ]/;

/** Up to the next flag, or to the end of what is quoted. */
export function withoutSecretFlags(text: string): string {
  return text.replaceAll(/(--?manifest[-_]url[-_]header[= ])(?:"[^"\n]*"|'[^'\n]*'|[^"'\n]*?)(?=\s+--|["'\n]|$)/g, `$1${HIDDEN}`);
}
