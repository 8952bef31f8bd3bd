/**
 * `-o yaml`: the same document as `-o json`, as YAML. A file of its own, so that only those who ask for YAML load
 * the library (and bundles load a CommonJS library whole only through a static import).
 */
import { stringify } from 'yaml';

/** The value as a YAML document that ends in a newline. Long strings are not folded. */
export function yamlDocument(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
