/** Slips of a hand in a manifest, by chance: letters, lines, indentation, values. One to each text. */
import type { Chance } from '../harness/random.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABC0123456789-_=:/,.;"\' {}[]#*&!|>%@\t';

type Slip = (text: string, chance: Chance) => string;

const SLIPS: Record<string, Slip> = {
  'letter replaced': (text, chance) => at(text, chance, (index) => text.slice(0, index) + chance.pick([...LETTERS]) + text.slice(index + 1)),
  'letter gone': (text, chance) => at(text, chance, (index) => text.slice(0, index) + text.slice(index + 1)),
  'letter more': (text, chance) => at(text, chance, (index) => text.slice(0, index) + chance.pick([...LETTERS]) + text.slice(index)),
  'letters swapped': (text, chance) => at(text, chance, (index) => text.slice(0, index) + (text[index + 1] ?? '') + (text[index] ?? '') + text.slice(index + 2)),
  'line gone': (text, chance) => lines(text, chance, (all, index) => all.toSpliced(index, 1)),
  'line twice': (text, chance) => lines(text, chance, (all, index) => all.toSpliced(index, 0, all[index] ?? '')),
  'lines swapped': (text, chance) => lines(text, chance, (all, index) => all.toSpliced(index, 2, all[index + 1] ?? '', all[index] ?? '')),
  'cut off': (text, chance) => text.slice(0, chance.below(text.length)),
  'indented': (text, chance) => lines(text, chance, (all, index) => all.toSpliced(index, 1, ' '.repeat(1 + chance.below(2)) + (all[index] ?? ''))),
  'dedented': (text, chance) => lines(text, chance, (all, index) => all.toSpliced(index, 1, (all[index] ?? '').replace(chance.below(2) === 0 ? /^ / : /^ {2}/, ''))),
  'dash gone': (text, chance) => flag(text, chance, (line) => line.replace('- --', '  --')),
  'dash of a flag gone': (text, chance) => flag(text, chance, (line) => line.replace('--', '-')),
  'dashes of a flag gone': (text, chance) => flag(text, chance, (line) => line.replace('--', '')),
  'colon for =': (text, chance) => flag(text, chance, (line) => line.replace('=', ': ')),
  'blank for =': (text, chance) => flag(text, chance, (line) => line.replace('=', ' ')),
  'flag cut': (text, chance) => flag(text, chance, (line) => line.replace(/--([^=]*)/, (all) => all.slice(0, -1 - chance.below(3)))),
  'value empty': (text, chance) => flag(text, chance, (line) => line.replace(/=.*/, '=')),
  'value gone': (text, chance) => flag(text, chance, (line) => line.replace(/=.*/, '')),
  'value of another': (text, chance) => {
    const values = [...text.matchAll(/- --[^=\n]*=(.*)/g)].map(([, value = '']) => value);
    return flag(text, chance, (line) => line.replace(/=.*/, `=${values.length > 0 ? chance.pick(values) : ''}`));
  },
  'letter in a value': (text, chance) => flag(text, chance, (line) => {
    const start = line.indexOf('=') + 1;
    const index = start + chance.below(Math.max(1, line.length - start));
    return line.slice(0, index) + chance.pick([...LETTERS]) + line.slice(index + 1);
  }),
  'word for a value': (text, chance) => flag(text, chance, (line) => line.replace(/=.*/, `=${chance.pick(['true', 'yes', 'False', '5', '10s', '1.5', '/etc/kubernetes/pki/ca.crt', 'https://127.0.0.1:2379', '127.0.0.1', 'NodeRestriction', '-1', '0x10', 'nonsense'])}`)),
};
export const KINDS = Object.keys(SLIPS);

/** A text that differs, and how. */
export function mutate(text: string, chance: Chance): { text: string; kind: string } {
  for (;;) {
    const kind = chance.pick(KINDS);
    const changed = SLIPS[kind]?.(text, chance) ?? text;
    if (changed !== text) return { text: changed, kind };
  }
}

/** Places behind a line's indentation count more: most of a manifest's bytes are blanks. */
function at(text: string, chance: Chance, change: (index: number) => string): string {
  let index = chance.below(text.length);
  if (text[index] === ' ' && chance.below(2) === 0) index = chance.below(text.length);
  return change(index);
}

function lines(text: string, chance: Chance, change: (all: string[], index: number) => string[]): string {
  const all = text.split('\n');
  return change(all, chance.below(all.length - 1)).join('\n');
}

function flag(text: string, chance: Chance, change: (line: string) => string): string {
  const all = text.split('\n');
  const flags = [...all.entries()].filter(([, line]) => line.includes('- --'));
  if (flags.length === 0) return text;
  const [index, line] = chance.pick(flags);
  return all.toSpliced(index, 1, change(line)).join('\n');
}
