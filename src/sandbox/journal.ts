/** The journal of a pretend node: entries in memory with cursors, and journalctl's ways to ask for them. */
import { randomBytes } from 'node:crypto';
import type { ProgramAnswer } from './scripts.ts';

export interface Entry {
  /** Milliseconds since the epoch. */
  at: number;
  unit?: string;
  identifier: string;
  pid: number;
  /** syslog priority 0-7. */
  priority: number;
  message: string;
  fields?: Record<string, string>;
}
export interface Journal {
  write(entry: Entry): void;
  /** What `journalctl ARGS` answers. */
  run(args: readonly string[]): ProgramAnswer;
  /** For the node's next boot. */
  boot(bootId: string): void;
}

interface Kept extends Entry {
  cursor: string;
  bootId: string;
}
const MOST_ENTRIES = 20_000;

export function createJournal(hostname: string): Journal {
  const id = randomBytes(16).toString('hex');
  let entries: Kept[] = [];
  let bootId = id;
  let count = 0;
  return {
    write(entry) {
      count += 1;
      const hex = (n: number): string => Math.round(n).toString(16);
      // the shape of sd_journal_get_cursor(3)
      const cursor = `s=${id};i=${hex(count)};b=${bootId};m=${hex(count)};t=${hex(entry.at * 1000)};x=${hex(count * 7919)}`;
      entries.push({ ...entry, cursor, bootId });
      if (entries.length > MOST_ENTRIES) entries = entries.slice(-MOST_ENTRIES / 2);
    },
    boot(next) {
      bootId = next;
    },
    run: (args) => journalctl(entries, bootId, hostname, args),
  };
}

interface Query {
  units: string[];
  identifiers: string[];
  matches: [string, string][];
  after?: string;
  last?: number;
  priority?: number;
  output: string;
  showCursor: boolean;
  thisBoot: boolean;
  reverse: boolean;
  quiet: boolean;
}

/** Throws the words of getopt for an option that is not known. */
function parseQuery(args: readonly string[]): Query {
  const query: Query = {
    units: [],
    identifiers: [],
    matches: [],
    output: 'short',
    showCursor: false,
    thisBoot: false,
    reverse: false,
    quiet: false,
  };
  const todo = args.flatMap((argument) => {
    const long = /^(--[a-z-]+)=(.*)$/s.exec(argument);
    if (long) return [long[1] as string, long[2] as string];
    const short = /^(-[untopS])(.+)$/s.exec(argument);
    return short ? [short[1] as string, short[2] as string] : [argument];
  });
  while (todo.length > 0) {
    const option = todo.shift() as string;
    const value = (): string => todo.shift() ?? '';
    if (option === '-u' || option === '--unit') query.units.push(unitName(value()));
    else if (option === '-t' || option === '--identifier') query.identifiers.push(value());
    else if (option === '-o' || option === '--output') query.output = value();
    else if (option === '-n' || option === '--lines') query.last = Number(value());
    else if (option === '-p' || option === '--priority') query.priority = Number(value());
    else if (option === '--after-cursor') query.after = value();
    // more fields than were asked for do no harm
    else if (option === '--output-fields') value();
    else if (option === '--show-cursor') query.showCursor = true;
    else if (option === '-b' || option === '--boot') query.thisBoot = true;
    else if (option === '-r' || option === '--reverse') query.reverse = true;
    else if (option === '-q' || option === '--quiet') query.quiet = true;
    else if (option === '--no-pager' || option === '-a' || option === '--all' || option === '--no-hostname') continue;
    else if (/^[A-Z_]+=/.test(option)) query.matches.push(option.split(/=(.*)/s).slice(0, 2) as [string, string]);
    else throw new Error(`journalctl: unrecognized option '${option}'`);
  }
  return query;
}

const unitName = (name: string): string => (/\.\w+$/.test(name) ? name : `${name}.service`);

function journalctl(entries: readonly Kept[], bootId: string, hostname: string, args: readonly string[]): ProgramAnswer {
  let query: Query;
  try {
    query = parseQuery(args);
  } catch (error) {
    return { exit: 1, stdout: '', stderr: `${(error as Error).message}\n` };
  }
  let start = 0;
  if (query.after !== undefined) {
    start = entries.findIndex(({ cursor }) => cursor === query.after) + 1;
    if (start === 0) return { exit: 1, stdout: '', stderr: 'Failed to seek to cursor: Invalid argument\n' };
  }
  const fits = (entry: Kept): boolean =>
    (query.units.length === 0 || (entry.unit !== undefined && query.units.includes(entry.unit))) &&
    (query.identifiers.length === 0 || query.identifiers.includes(entry.identifier)) &&
    (query.priority === undefined || entry.priority <= query.priority) &&
    (!query.thisBoot || entry.bootId === bootId) &&
    query.matches.every(([field, value]) => toJson(entry, hostname)[field] === value);
  const all = entries.slice(start).filter(fits);
  const shown = query.last === undefined ? all : query.last === 0 ? [] : all.slice(-query.last);
  if (query.reverse) shown.reverse();
  const lines = shown.map((entry) => format(entry, query.output, hostname));
  const cursor = (all.at(-1) ?? entries.filter(fits).at(-1) ?? entries.at(-1))?.cursor;
  if (lines.length === 0 && !query.quiet && query.last !== 0 && !query.output.startsWith('json')) lines.push('-- No entries --');
  if (query.showCursor && cursor !== undefined) lines.push(`-- cursor: ${cursor}`);
  return { exit: 0, stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' };
}

function format(entry: Kept, output: string, hostname: string): string {
  if (output.startsWith('json')) return JSON.stringify(toJson(entry, hostname));
  if (output === 'cat') return entry.message;
  const at = new Date(entry.at).toISOString();
  return `${at.slice(0, 19)}+0000 ${hostname} ${entry.identifier}[${entry.pid}]: ${entry.message}`;
}

function toJson(entry: Kept, hostname: string): Record<string, string> {
  return {
    ...entry.fields,
    __CURSOR: entry.cursor,
    __REALTIME_TIMESTAMP: String(Math.round(entry.at * 1000)),
    _BOOT_ID: entry.bootId,
    _HOSTNAME: hostname,
    _PID: String(entry.pid),
    PRIORITY: String(entry.priority),
    SYSLOG_IDENTIFIER: entry.identifier,
    MESSAGE: entry.message,
    // systemd's own lines carry the unit they are about as UNIT (systemd.journal-fields(7))
    ...(entry.unit === undefined ? {} : { [entry.pid === 1 ? 'UNIT' : '_SYSTEMD_UNIT']: entry.unit }),
    ...(entry.pid === 1 ? { _SYSTEMD_UNIT: 'init.scope' } : {}),
  };
}
