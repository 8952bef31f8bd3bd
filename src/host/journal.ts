/** journald, read by `journalctl -o json`: one object a line, whose fields are text, or arrays of bytes where they are not. */
import type { Host, Journal, JournalEntry } from './host.ts';

type Field = string | number[] | null | (string | number[])[];

export function journalctl(run: Host['run']): Journal {
  return {
    async cursor(unit) {
      const filter = unit === undefined ? [] : ['-u', unit];
      const { stdout } = await run(['journalctl', '--no-pager', '-q', '-n', '1', '-o', 'json', '--show-cursor', ...filter]);
      return /^-- cursor: (.*)$/m.exec(stdout)?.[1] ?? parseEntries(stdout).at(-1)?.fields.__CURSOR;
    },
    async entries({ unit, identifier, after, last, fields }) {
      const { stdout } = await run([
        // --all: without it a field above 4096 bytes is null, and the kubelet's last words are often longer
        'journalctl', '--no-pager', '-q', '--all', '-o', 'json',
        ...(unit === undefined ? [] : ['-u', unit]),
        ...(identifier === undefined ? [] : ['-t', identifier]),
        ...(after === undefined ? [] : ['--after-cursor', after]),
        ...(fields === undefined ? [] : [`--output-fields=${fields.join(',')}`]),
        ...(last === undefined ? [] : ['-n', String(last)]),
      ]);
      return parseEntries(stdout);
    },
  };
}

/** Lines that are no object are left out: the last one may be cut off. */
export function parseEntries(text: string): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const line of text.split('\n')) {
    const raw = parseLine(line);
    if (raw === undefined) continue;
    const fields = Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, asText(value)]));
    entries.push({
      at: Number(fields.__REALTIME_TIMESTAMP ?? 0) / 1_000_000,
      message: fields.MESSAGE ?? '',
      identifier: fields.SYSLOG_IDENTIFIER ?? '',
      priority: Number(fields.PRIORITY ?? 6),
      fields,
    });
  }
  return entries;
}

function parseLine(line: string): Record<string, Field> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, Field>;
  } catch {
    return undefined;
  }
}

/** A field that is not UTF-8 comes as an array of bytes; one that is there several times as an array of values. */
function asText(value: Field): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  const [first] = value;
  if (typeof first === 'number') return Buffer.from(value as number[]).toString('utf8');
  return first === undefined ? '' : asText(first);
}
