/** A list of CPUs as the kernel writes it, `0,4-7` (k8s.io/utils/cpuset Parse). */

/** Undefined where it is none. More than a kernel can have are cut off. */
export function cpuSet(text: string): readonly number[] | undefined {
  if (text === '') return [];
  const cpus = new Set<number>();
  for (const part of text.split(',')) {
    const [, first, last = first] = /^([+-]?\d+)(?:-([+-]?\d+))?$/.exec(part) ?? [];
    if (first === undefined || last === undefined) return undefined;
    const [from, to] = [Number(first), Number(last)];
    // a minus in front is taken for the dash of a range without a beginning
    if (first.startsWith('-') || from > to) return undefined;
    for (let cpu = from; cpu <= to && cpu < from + 65536; cpu++) cpus.add(cpu);
  }
  return [...cpus];
}
