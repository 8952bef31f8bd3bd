/** Values by the types that pflag and etcd name: whether the program takes the text, and what was meant. */
import { isAddress } from '../../kubelet/rules/go-address.ts';
import { durationTrouble, parseDuration } from '../../kubelet/rules/go-duration.ts';
import { urlTrouble } from './urls.ts';

/** strconv.ParseBool. */
const BOOL = /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/;
/** strconv.ParseInt with base 0: prefixes, and low lines between digits where there is a prefix or not (Go's literals). */
const INT = /^[+-]?(0[xX](_?[\da-fA-F])+|0[bB](_?[01])+|0[oO]?(_?[0-7])+|0|[1-9](_?\d)*)$/;
const FLOAT = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(inf|infinity|nan)$|^[+-]?0[xX][\da-f.]+p[+-]?\d+$/i;
const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** What it must be, where it is not: 'true or false'. Undefined where it fits, or where the type says nothing. */
export function misfitOf(value: string, type: string, name: string): string | undefined {
  switch (type) {
    case 'bool':
      return BOOL.test(value) ? undefined : 'true or false';
    case 'int':
    case 'int32':
    case 'int64':
      return INT.test(value) && within(value, type === 'int32' ? 31 : 63) ? undefined : 'a whole number';
    case 'Level':
      return /^[+-]?\d+$/.test(value) && within(value, 31) ? undefined : 'a whole number';
    case 'uint':
    case 'uint32':
    case 'uint64':
      return INT.test(value) && !/^[+-]/.test(value) ? undefined : 'a whole number, 0 or more';
    case 'float':
    case 'float32':
    case 'float64':
      return FLOAT.test(value) ? undefined : 'a number';
    case 'duration':
      return parseDuration(value) !== undefined ? undefined : `a duration, such as 30s (${durationTrouble(value)})`;
    case 'ip':
      return value.trim() === '' || (isAddress(value.trim()) && !/(^|\.)0\d/.test(value.trim())) ? undefined : 'an IP address';
    case 'quantity':
      return QUANTITY.test(value.trim()) ? undefined : 'a quantity, such as 100Mi';
    case 'portRange':
      return isPortRange(value.trim()) ? undefined : 'a range of ports, such as 30000-32767';
    case 'int32Slice':
      return value.split(',').every((each) => /^[+-]?\d+$/.test(each)) ? undefined : 'a list of whole numbers';
    case 'stringToString':
      return value === '' || value.split(',').every((pair) => pair.includes('=') || pair.includes('"')) ? undefined : 'a list of NAME=VALUE';
    case 'mapStringBool':
    case 'colonSeparatedMultimapStringString':
      return pairsMisfit(value);
    case 'urls':
      return urlTrouble(value, name);
    default:
      return undefined;
  }
}

/** What a slip in a bool meant. */
export function nearestValue(value: string, type: string): string | undefined {
  if (type === 'bool') {
    const bare = value.trim().toLowerCase().replace(/^["']|["']$/g, '');
    if (/^(y|yes|on|enabled?)$/.test(bare) || slip(bare, 'true')) return 'true';
    if (/^(n|no|off|disabled?)$/.test(bare) || slip(bare, 'false')) return 'false';
  }
  if (type === 'duration' && /^[1-9]\d*$/.test(value)) return `${value}s`;
  return undefined;
}

/** All but one or two of its letters, in their order. */
function slip(text: string, word: string): boolean {
  return text !== '' && word.startsWith(text.charAt(0)) && Math.abs(text.length - word.length) <= 1 && [...word].filter((letter) => text.includes(letter)).length >= word.length - 1;
}

function within(value: string, bits: number): boolean {
  try {
    const number = BigInt(value.replace(/^[+-]/, '').replaceAll('_', '').replace(/^0(?=\d)/, '0o'));
    return number < 2n ** BigInt(bits) || (value.startsWith('-') && number === 2n ** BigInt(bits));
  } catch {
    return true;
  }
}

/** utilnet.ParsePortRange: `a-b`, `a+n`, `a`. */
function isPortRange(value: string): boolean {
  const [, first = '', sign, last = ''] = /^(\d+)(?:([-+])(\d+))?$/.exec(value) ?? [];
  if (first === '') return value === '';
  const [from, to] = [Number(first), sign === undefined ? Number(first) : sign === '-' ? Number(last) : Number(first) + Number(last)];
  return from <= 65535 && (sign === '+' || to <= 65535) && from <= to;
}

/** component-base cli/flag: NAME=true|false, each with 'component:' before it from 1.31 on. */
function pairsMisfit(value: string): string | undefined {
  const wrong = value.split(',').find((pair) => pair !== '' && !BOOL.test(/^[^=]*=(.*)$/s.exec(pair)?.[1]?.trim() ?? ''));
  return wrong === undefined ? undefined : 'a list of NAME=true or NAME=false';
}
