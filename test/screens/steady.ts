/**
 * What differs between two runs of one screen, replaced, so that the files in docs/screens change only when kcfg does.
 * `#` stands for digits; everything else on a screen is as it was.
 *
 *   UIDs             numbered in the order in which they are seen, without the quotes that some need
 *   durations        '3.3 s' → '#.# s'; the times behind steps, which come and go below 0.1 s, are left out
 *   'active for …'   → 'active for #', what is left until a deadline → 'in #'; who logs in
 *   probes           '64 of 64' → '## of ##', only where both numbers are one
 *   ages of pins     'pinned, 3 s' → 'pinned, #', with the columns behind it; the minute of an edit, the day of a mark
 *   dates and times  → '####-##-## ##:##', '##:##:##'
 *   milliseconds, ports of 127.0.0.1 that the sandbox chose (five digits), and of the pretend kubelet, process numbers
 *   certificates     the day on which one ends, and days until then
 *   containers       how often one has ended; the line of this machine, '✓ host'
 *   kubelet's lines  the time and thread in front of klog's lines
 */

/** The lines of one screen. */
export function steady(lines: readonly string[]): string[] {
  const uids = new Map<string, string>();
  const uid = (found: string): string => {
    const known = uids.get(found) ?? String(uids.size + 1).padStart(32, '0');
    uids.set(found, known);
    return known;
  };
  return lines.map((line) =>
    line
      .replace(/^((?:✓|✗|ok|FAIL) .*?) +\d+\.\d s$/, '$1')
      .replaceAll(/"?\b([0-9a-f]{32})\b"?/g, (_, found: string) => uid(found))
      .replaceAll(/\b([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+/g, '$1#### ##:##:##.###### #')
      .replaceAll(/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?Z?)?/g, '####-##-## ##:##')
      .replaceAll(/\b\d\d:\d\d:\d\d\b/g, '##:##:##')
      .replaceAll(/\bpinned, \d+ (?:s|min) +(! |)(?=as running|edited)/g, (_, sign: string) => `pinned, #  ${sign === '' ? '  ' : sign}`)
      .replace(/\bPIN +MANIFEST/, 'PIN          MANIFEST')
      .replace(/\bedited \d\d:\d\d/, 'edited ##:##')
      .replace(/(# Pinned by kcfg, .*, )\d{4}-\d\d-\d\d:/, '$1####-##-##:')
      .replaceAll(/\bactive for [^,]+/g, 'active for #')
      .replaceAll(/, in \d+ (s|min)( \d+ s)?/g, ', in #')
      .replaceAll(/\bssh \w+@/g, 'ssh root@')
      .replaceAll(/\b(\d+) of \1 probes/g, '## of ## probes')
      .replaceAll(/\b\d+\.\d s\b/g, '#.# s')
      .replaceAll(/"(seconds|longestGapSeconds|awaySeconds)":( ?)[\d.]+/g, '"$1":$2#')
      .replaceAll(/"(sent|answered|ready)":( ?)\d+/g, '"$1":$2##')
      .replaceAll(/\b\d+ ms\b/g, '# ms')
      .replaceAll(/(127\.0\.0\.1:)\d{5}\b/g, '$1####')
      .replaceAll(/(expired on |until |first to expire: \S+, )\d{4}-\d\d-\d\d(, in \d+ days)?/g, (_, words: string, left?: string) => `${words}####-##-##${left === undefined ? '' : ', in ### days'}`)
      .replaceAll(/\bhas ended \d+ times?/g, 'has ended # times')
      .replace(/^(✓ host +).*/, '$1…')
      .replace(/^(healthzPort|port) .*/, (row) => row.replaceAll(/\b\d{5}\b/g, '#####')),
  );
}
