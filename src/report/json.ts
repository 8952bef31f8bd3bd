/** Values as JSON for programs. Measured numbers are given to the thousandth: more digits are noise of the clock. */

/** JSON text, in one line unless `indent` is given. */
export function toJson(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (_key, each: unknown) => (typeof each === 'number' ? Math.round(each * 1000) / 1000 : each),
    indent,
  );
}
