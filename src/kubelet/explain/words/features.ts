/** Which gates there are stands in the data of each version (fields/data). */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  featureGates: {
    does: 'Turns features of the kubelet on or off, by name.',
    // component-base/featuregate: unknown and locked names are refused
    needs: 'names that this version knows, and no other value for one that is locked, or the kubelet does not start',
    example: 'featureGates.RotateKubeletServerCertificate=true',
  },
};
