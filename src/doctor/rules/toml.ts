/** As much of TOML as containerd's config.toml needs: tables, keys with one-line values, and lines that are neither (toml.io v1.0). Pure. */
export interface TomlLine {
  /** From 1. */
  line: number;
  /** 'plugins.io.containerd.grpc.v1.cri', quotes gone. */
  table: string;
  key: string;
  value: string;
}
export interface Toml {
  lines: TomlLine[];
  tables: { line: number; name: string }[];
  /** The first line that is no TOML. */
  broken?: { line: number; text: string };
}

export function readToml(text: string): Toml {
  const found: Toml = { lines: [], tables: [] };
  let table = '';
  let open = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = withoutComment(raw).trim();
    if (open > 0) {
      open += depth(line);
      continue;
    }
    if (line === '') continue;
    const header = /^\[\[?(.+?)\]\]?$/.exec(line)?.[1];
    const [, key, value] = /^((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=\s*(\S.*)$/.exec(line) ?? [];
    if (header !== undefined && !line.includes('=')) {
      table = header.replaceAll(/["']/g, '').trim();
      found.tables.push({ line: index + 1, name: table });
    } else if (key !== undefined && value !== undefined && isValue(value)) {
      found.lines.push({ line: index + 1, table, key: key.replaceAll(/["']/g, ''), value });
      open = depth(value);
    } else found.broken ??= { line: index + 1, text: raw };
  }
  return found;
}

function isValue(value: string): boolean {
  if (/^(""".*|'''.*)$/.test(value)) return true;
  if (/^["']/.test(value)) return value.length > 1 && value.endsWith(value.charAt(0));
  return /^([[{].*|true|false|[+-]?[\d_.:eETZx-]+|inf|nan)$/.test(value);
}

/** Of brackets outside quotes. */
function depth(text: string): number {
  const bare = text.replace(/"[^"]*"|'[^']*'/g, '');
  return (bare.match(/[[{]/g) ?? []).length - (bare.match(/[\]}]/g) ?? []).length;
}

function withoutComment(line: string): string {
  const parts = /^((?:[^#"']|"[^"]*"|'[^']*')*)#/.exec(line);
  return parts?.[1] ?? line;
}
