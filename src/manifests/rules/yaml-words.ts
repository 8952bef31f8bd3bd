/** What the YAML parser says (eemeli/yaml, compose/), in words of who wrote the file. What is not known here is quoted. */

const WORDS: readonly (readonly [parser: RegExp, words: string])[] = [
  [/^Implicit (map )?keys/, 'a key without its colon'],
  [/^Nested mappings are not allowed/, 'a second key in one line'],
  [/^A block sequence may not be used/, 'a list where a key is due'],
  [/^Tabs are not allowed/, 'a tab in the indentation'],
  [/^Missing closing .quote/, 'a quote that is not closed'],
  [/^Sequence item without/, 'a list item without its dash'],
  [/^All (sequence|collection) items must start/, 'a line that is not indented as those beside it'],
  [/^Comments must be separated/, 'a # without a blank before it'],
  [/^Missing space after :/, 'a colon without a blank behind it'],
  [/^Missing ,/, 'brackets that miss a comma'],
  [/must be sufficiently indented and end with/, 'brackets that are not closed'],
  [/^Invalid escape sequence/, 'a backslash in double quotes that means nothing'],
  [/^Plain value cannot start with reserved character (.)/, 'a value that begins with $1 and has no quotes'],
  [/^Plain value cannot start with (.+)/, 'a value that begins with $1 and has no quotes'],
];

/** `message`: without its place. */
export function yamlWords(message: string): string {
  const known = WORDS.find(([parser]) => parser.test(message));
  if (known === undefined) return /^[A-Z][a-z]/.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message;
  const found = known[0].exec(message);
  return known[1].replace('$1', found?.[1] ?? '');
}
