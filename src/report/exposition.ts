/**
 * Prometheus' text format, version 0.0.4, as node_exporter's textfile collector reads it: each family once, with HELP and TYPE,
 * no times of its own (the collector takes none), each series once (prometheus/common expfmt/text_parse.go refuses a second).
 */

export interface Sample {
  value: number;
  labels?: Readonly<Record<string, string>>;
}
/** What is measured, under one name. All of kcfg's are gauges: a run knows nothing of the run before. */
export interface Family {
  name: string;
  help: string;
  samples: readonly Sample[];
}

/** Families in their order, series sorted by their labels: two runs over one state give the same bytes. One without series is left out. */
export function exposition(families: readonly Family[]): string {
  const told = families.filter(({ samples }) => samples.length > 0);
  return told.flatMap(({ name, help, samples }) => [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} gauge`, ...seriesOf(name, samples)]).map((line) => `${line}\n`).join('');
}

/** Where a node gives one series twice, such as two files for one pod, the first counts. */
function seriesOf(name: string, samples: readonly Sample[]): string[] {
  const series = new Map<string, number>();
  for (const { labels, value } of samples) {
    const key = labelsOf(labels ?? {});
    if (!series.has(key)) series.set(key, value);
  }
  return [...series].sort(([a], [b]) => (a < b ? -1 : 1)).map(([labels, value]) => `${name}${labels} ${value}`);
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeValue(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
