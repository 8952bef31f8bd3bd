/** Images: when the disk is cleared of them, how many are pulled at once, and which are trusted (validation.go:85-180,324-345@1.37.2). */
import { type Case, duration, flag, integer, type Rule, text, texts } from './case.ts';
import type { Finding } from './finding.ts';
import { writeDuration } from './go-duration.ts';
import { refuse } from './refuse.ts';

export const images: Rule = (c) => [...order(c), ...ages(c), ...pulls(c), ...allowlist(c)];

function order(c: Case): Finding[] {
  const [low, high] = [integer(c, 'imageGCLowThresholdPercent'), integer(c, 'imageGCHighThresholdPercent')];
  if (low < high) return [];
  return [
    refuse(c, {
      ...{ id: 'image-gc-order', message: 'imageGCLowThresholdPercent is not below the high one' },
      at: ['imageGCLowThresholdPercent', 'imageGCHighThresholdPercent'],
      labels: [`low, less than ${high} needed`, 'high'],
      notes: notWritten(c, low, high),
      kubelet: `invalid configuration: imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) ${high}`,
    }),
  ];
}

function notWritten(c: Case, low: number, high: number): string[] {
  const written = (field: string): boolean => c.layers.some(({ value }) => value[field] !== undefined);
  if (!written('imageGCHighThresholdPercent')) return [`imageGCHighThresholdPercent is ${high} by default`];
  return written('imageGCLowThresholdPercent') ? [] : [`imageGCLowThresholdPercent is ${low} by default`];
}

function ages(c: Case): Finding[] {
  const [least, most] = [duration(c, 'imageMinimumGCAge') ?? 0, duration(c, 'imageMaximumGCAge') ?? 0];
  const findings: Finding[] = [];
  const negative = (field: string, value: number): Finding =>
    refuse(c, {
      ...{ id: 'range', message: `${field} is 0 or more, here it is ${writeDuration(value)}`, at: [field] },
      kubelet: `invalid configuration: ${field} ${writeDuration(value)} must not be negative`,
    });
  if (c.minor >= 36 && least < 0) findings.push(negative('imageMinimumGCAge', least));
  if (c.minor >= 29 && most < 0) findings.push(negative('imageMaximumGCAge', most));
  if (c.minor >= 29 && most > 0 && most <= least) {
    findings.push(
      refuse(c, {
        ...{ id: 'image-gc-age', message: `imageMaximumGCAge is not above imageMinimumGCAge, ${writeDuration(least)}` },
        ...{ at: ['imageMaximumGCAge', 'imageMinimumGCAge'], labels: [`more than ${writeDuration(least)} needed`, 'least'] },
        kubelet: `invalid configuration: imageMaximumGCAge ${writeDuration(most)} must be greater than imageMinimumGCAge ${writeDuration(least)}`,
      }),
    );
  }
  return findings;
}

function pulls(c: Case): Finding[] {
  if (!flag(c, 'serializeImagePulls') || integer(c, 'maxParallelImagePulls') <= 1) return [];
  return [
    refuse(c, {
      ...{ id: 'parallel-pulls', message: 'maxParallelImagePulls is above 1, and serializeImagePulls pulls one at a time' },
      ...{ at: ['serializeImagePulls', 'maxParallelImagePulls'], labels: ['false needed, or take it out', undefined] },
      kubelet: 'invalid configuration: maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls (--serialize-image-pulls) is set to false',
    }),
  ];
}

function allowlist(c: Case): Finding[] {
  const patterns = texts(c, 'preloadedImagesVerificationAllowlist');
  if (patterns.length === 0 || c.minor < 33 || !c.gate('KubeletEnsureSecretPulledImages')) return [];
  if (text(c, 'imagePullCredentialsVerificationPolicy') !== 'NeverVerifyAllowlistedImages') {
    return [
      refuse(c, {
        ...{ id: 'image-allowlist', message: 'preloadedImagesVerificationAllowlist goes with imagePullCredentialsVerificationPolicy NeverVerifyAllowlistedImages' },
        ...{ at: ['preloadedImagesVerificationAllowlist', 'imagePullCredentialsVerificationPolicy'], labels: [undefined, 'NeverVerifyAllowlistedImages needed'] },
        kubelet: 'invalid configuration: can\'t set `preloadedImagesVerificationAllowlist` if `imagePullCredentialsVertificationPolicy` is not "NeverVerifyAllowlistedImages"',
      }),
    ];
  }
  return patterns.flatMap((pattern, i) => {
    const why = patternTrouble(pattern);
    if (why === undefined) return [];
    return [
      refuse(c, {
        ...{ id: 'image-allowlist', message: `the image pattern ${JSON.stringify(pattern)} ${why}`, at: [['preloadedImagesVerificationAllowlist', i]] },
        kubelet: 'invalid configuration: invalid image pattern in `preloadedImagesVerificationAllowlist`',
      }),
    ];
  });
}

/** kubelet/images/pullmanager/image_pull_policies.go getAllowlistImagePattern@1.37.2 */
function patternTrouble(pattern: string): string | undefined {
  if (pattern.trim() !== pattern) return 'begins or ends with a blank';
  const wildcard = pattern.endsWith('/*');
  const bare = wildcard ? pattern.slice(0, -1) : pattern;
  if (bare === '') return 'is empty';
  if (bare.includes('*')) return 'has a * elsewhere than as its last part';
  if (wildcard) return bare.length === 1 ? 'names no registry' : undefined;
  if (/@/.test(bare) || /:[^/]*$/.test(bare)) return 'has a tag or digest';
  return /^[a-z0-9]+([._:/-]+[a-z0-9]+)*$/.test(bare.replace(/^[^/]*[.:][^/]*\//, '')) ? undefined : 'is no image name';
}
