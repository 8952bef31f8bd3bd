/** Every rule of the doctor. A rule is one file in rules/, one line here, and one case in test/cases. */
import type { Rule } from './cause.ts';
import { kubeletConfig } from './rules/kubelet-config.ts';
import { lastWords } from './rules/last-words.ts';
import { manifestText } from './rules/manifest-text.ts';

export const RULES: readonly Rule[] = [
  kubeletConfig,
  manifestText,
  // what nothing else explains
  lastWords,
];
