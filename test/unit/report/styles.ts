/** The three styles that golden texts are checked in, and colours written as tags so that a test can be read. */
import { makeStyle } from '../../../src/report/style.ts';

export const PLAIN = makeStyle({ colour: false, unicode: true });
export const ASCII = makeStyle({ colour: false, unicode: false });
export const COLOUR = makeStyle({ colour: true, unicode: true });

const TAGS: Record<string, string> = {
  1: '<b>',
  2: '<dim>',
  22: '</>',
  31: '<red>',
  32: '<green>',
  33: '<yellow>',
  36: '<cyan>',
  39: '</>',
};

/** Escapes for colour as tags; an escape that kcfg must not use stays as it is. */
export function tagged(text: string): string {
  return text.replaceAll(/\x1b\[(\d+)m/g, (escape, code: string) => TAGS[code] ?? escape);
}
