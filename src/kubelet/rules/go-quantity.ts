/**
 * Quantities as the kubelet reads them (apimachinery pkg/api/resource ParseQuantity): `200Mi`, `0.5`, `1e3`.
 * Exact up to 2^53 and close beyond, which is enough to tell negative, zero and the order of two.
 */

const SCALES: Record<string, number> = {
  '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** Undefined where the kubelet refuses the text. */
export function parseQuantity(text: string): number | undefined {
  const [whole, sign = '', digits = '', suffix = ''] = /^([+-]?)(\d*\.?\d*)([eEinumkKMGTP]*[+-]?\d*)$/.exec(text) ?? [];
  // A sign or a stop alone reads as 0, and an empty text as nothing: quantity.go:230-330@1.37.2.
  if (whole === undefined || text === '') return undefined;
  if (digits === '' && suffix !== '' && !/^[+-]?$/.test(text)) return scaleOf(suffix) === undefined ? undefined : 0;
  const scale = scaleOf(suffix);
  if (scale === undefined) return undefined;
  const value = (digits === '' || digits === '.' ? 0 : Number(digits)) * scale;
  return sign === '-' ? -value : value;
}

function scaleOf(suffix: string): number | undefined {
  if (Object.hasOwn(SCALES, suffix)) return SCALES[suffix];
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  return exponent === undefined ? undefined : 10 ** Number(exponent);
}

/** What the kubelet says of a text that is no quantity. */
export function quantityTrouble(text: string): string {
  const suffix = /^[+-]?[\d.]+([eEinumkKMGTP]+[+-]?\d*)$/.exec(text);
  return suffix ? "unable to parse quantity's suffix" : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
}

/** As Go's Quantity.AsInt64 (quantity.go:230-330@1.37.2): undefined where it has a fraction, or digits beyond its fast way. */
export function wholeQuantity(text: string): number | undefined {
  const value = parseQuantity(text);
  const [, digits = '', fraction = '', suffix = ''] = /^[+-]?0*(\d*)\.?(\d*)(\D*.*)$/.exec(text) ?? [];
  if (value === undefined || value === 0) return value;
  const binary = /^([KMGTPE])i$/.exec(suffix)?.[1];
  if (binary !== undefined) {
    const exponent = 10 * ('KMGTPE'.indexOf(binary) + 1);
    const precision = 15 - Math.max(1, digits.length) - Math.floor((exponent * 3) / 10) - 1;
    return fraction === '' && !text.includes('.') && precision >= 0 ? value : undefined;
  }
  const power = Math.round(Math.log10(scaleOf(suffix) ?? 1));
  return digits.length + fraction.length <= 18 && power >= fraction.length && Math.abs(value) < 2 ** 63 ? value : undefined;
}
