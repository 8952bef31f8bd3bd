/**
 * How a string is written as a YAML value, so that every reader gives the same string back: the kubelet's (YAML 1.1,
 * goyaml) and those of YAML 1.2. Plain where that is certain, quoted otherwise.
 */
import { isMap, isScalar, parseDocument } from 'yaml';

export type Quote = 'plain' | 'single' | 'double';

/**
 * The value in the wished style, or in double quotes where that style cannot hold it.
 * `flow`: inside `{}` or `[]`, where more characters have a meaning.
 */
export function writeScalar(value: string, wish: Quote, flow: boolean): string {
  if (wish === 'plain' && isPlain(value, flow)) return value;
  if (wish === 'single' && isPrintable(value)) return `'${value.replaceAll("'", "''")}'`;
  return doubleQuoted(value);
}

/** JSON's quoting, which is YAML's too, with what YAML 1.1 takes for line ends or not printable escaped as well. */
export function doubleQuoted(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isPrintable(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to keep out
  return !/\p{Surrogate}/u.test(value) && !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(value);
}

/** What goyaml makes a number once it has dropped every `_` (resolve.go), and no other reader does: 0_x3, 87e_68. */
const numberLike = /^[-+]?(0[xXoObB]?[0-9a-fA-F]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)$/;
/** Characters that begin something else than a plain scalar in one of the readers (YAML 1.1, 5.3). */
const indicator = /^[-?:,[\]{}#&*!|>'"%@`=<]/;

function isPlain(value: string, flow: boolean): boolean {
  if (!isPrintable(value) || indicator.test(value) || numberLike.test(value.replaceAll('_', ''))) return false;
  // goyaml ends a plain scalar at `:` and `?` inside a flow collection (scannerc.go yaml_parser_scan_plain_scalar)
  if (flow && /[,[\]{}:?]/.test(value)) return false;
  return (['1.1', '1.2'] as const).every((version) => {
    const read = parseDocument(flow ? `{k: ${value}}` : `k: ${value}`, { version, uniqueKeys: false });
    const node = isMap(read.contents) ? read.contents.items[0]?.value : undefined;
    return read.errors.length === 0 && !read.comment && isScalar(node) && node.value === value && !node.comment;
  });
}
