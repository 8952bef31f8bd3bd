/** BENCHMARKS.md in sections, each written by the benchmark of its name; the others stay as they are. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../../BENCHMARKS.md', import.meta.url));
const HEAD = '# Benchmarks\n\nEach section is written by the command it names, alternatives measured in the same run. Machines differ and are noisy: compare ratios.\n';

/** Replaces the section between its two marks, or adds it at the end. */
export function writeSection(name: string, lines: readonly string[]): void {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : HEAD;
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const section = `${open}\n${lines.join('\n')}\n${close}`;
  const at = text.indexOf(open);
  const next = at < 0 ? `${text.trimEnd()}\n\n${section}\n` : text.slice(0, at) + section + text.slice(text.indexOf(close) + close.length);
  writeFileSync(FILE, next);
  console.log(lines.join('\n'));
}
