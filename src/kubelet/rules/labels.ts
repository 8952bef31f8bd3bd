/** Names as Kubernetes takes them for labels and taints (apimachinery util/validation IsQualifiedName, IsValidLabelValue). */

const PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const DOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Why it is none; undefined where it is one. */
export function labelKeyTrouble(key: string): string | undefined {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (parts.length > 2) return 'has more than one /';
  if (name === '') return 'is empty';
  if (name.length > 63) return 'is longer than 63 characters';
  if (!PART.test(name)) return `has letters, digits, -, _ and . alone, here it is ${key}`;
  if (prefix !== undefined && (prefix.length > 253 || !DOMAIN.test(prefix))) return `has a domain before its /, here it is ${key}`;
  return undefined;
}

export function labelValueTrouble(value: string): string | undefined {
  if (value === '') return undefined;
  if (value.length > 63) return 'is longer than 63 characters';
  return PART.test(value) ? undefined : `has letters, digits, -, _ and . alone, here it is ${value}`;
}
