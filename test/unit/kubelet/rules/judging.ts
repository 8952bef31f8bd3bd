/** A configuration as the tests of rules write it: the lines that matter, below apiVersion and kind. */
import { loadFields } from '../../../../src/kubelet/fields/load.ts';
import type { Finding } from '../../../../src/kubelet/rules/finding.ts';
import { type Facts, judge } from '../../../../src/kubelet/rules/judge.ts';

export const HEAD = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';

export interface Written {
  /** Without its first two lines. */
  config?: string;
  /** As it is. */
  whole?: string | Uint8Array;
  dropIns?: readonly string[];
  facts?: Facts;
}

export async function judged(version: string, { config, whole, dropIns = [], facts }: Written): Promise<Finding[]> {
  const bytes = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text);
  const content = whole ?? (config === undefined ? undefined : HEAD + config);
  return judge(await loadFields(version), {
    ...(content !== undefined && { config: { file: '/c.yaml', bytes: bytes(content) } }),
    dropIns: dropIns.map((text, i) => ({ file: `/d/${i}.conf`, bytes: bytes(text) })),
    flags: [],
    ...(facts && { facts }),
  });
}

/** The names of what is refused. */
export async function refused(version: string, written: Written): Promise<string[]> {
  return (await judged(version, written)).filter(({ severity }) => severity === 'error').map(({ id }) => id);
}
