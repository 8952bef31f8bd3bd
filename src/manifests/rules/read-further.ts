/**
 * A text that no change of one line makes sound: it has more than one fault. The change after which the least is wrong, or
 * after which it is read further down, shows what else there is; whether it is what was meant is not known. Pure.
 */
import { parseYaml, type Yaml } from '../../kubelet/yaml.ts';
import { positionOf, readSource } from '../../kubelet/source.ts';
import { changedTexts } from './mend-yaml.ts';

/** A wrong guess of what was meant leaves more than these. */
const MOST_FAULTS = 2;
/** Of texts that are read further, so many are tried: each costs as much as the first. */
const MOST_TRIED = 3;
/** The parser tells some slips in the line behind. */
const LATE = 1;

/** `faults`: how many a text has that is read. */
export function readFurther(yaml: Pick<Yaml, 'source' | 'problem'>, faults: (yaml: Yaml) => number, deeper = true): Buffer | undefined {
  const line = problemLine(yaml);
  // an open quote is told there, wherever it stands
  const atEnd = line >= yaml.source.text.trimEnd().split('\n').length;
  let best: { text: Buffer; faults: number } | undefined;
  const further: { text: Buffer; yaml: Yaml }[] = [];
  for (const text of changedTexts(yaml, 'as it is')) {
    const source = readSource(yaml.source.file, text);
    if (source === undefined) continue;
    const after = parseYaml(source);
    if (after.problem !== undefined || after.root === undefined) {
      if (deeper && further.length < MOST_TRIED && (problemLine(after) > line + LATE || (atEnd && after.problem?.message !== yaml.problem?.message))) further.push({ text, yaml: after });
      continue;
    }
    const left = faults(after);
    if (left <= MOST_FAULTS && (best === undefined || left < best.faults)) best = { text, faults: left };
    if (left === 0) break;
  }
  return best?.text ?? further.find((each) => readFurther(each.yaml, faults, false) !== undefined)?.text;
}

function problemLine({ source, problem }: Pick<Yaml, 'source' | 'problem'>): number {
  return problem?.start === undefined ? 0 : positionOf(source, Math.min(problem.start, source.text.length)).line;
}
