/** The end of a container's log, and the line in it that says why the container ended. */
import type { Host } from '../host/host.ts';

/** The last `bytes` of it as lines. The runtime puts time, stream and a sign before each (kuberuntime/logs/logs.go). */
export async function logTail({ files }: Pick<Host, 'files'>, path: string, bytes: number): Promise<string[]> {
  if (path === '') return [];
  const size = (await files.target(path))?.size ?? 0;
  const text = (await files.readPart(path, Math.max(0, size - bytes), bytes))?.toString('utf8') ?? '';
  return text.split('\n').map((line) => line.replace(/^\d{4}-\S+ std(out|err) [FP] /, '')).filter((line) => line.trim() !== '');
}

/** The line that says why, else the last; '' of an empty log. */
export function tellingLine(lines: readonly string[]): string {
  return lines.findLast((line) => /^(Error|panic|F\d{4}|fatal)|"command failed"|"level":"(fatal|panic|error)"|flag provided but not defined/.test(line)) ?? lines.at(-1) ?? '';
}
