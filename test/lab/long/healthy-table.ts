/** docs/healthy.md: what `kcfg doctor` says of nodes that nothing is wrong with, a line for each kind of node; lines of other kinds stay. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FILE = fileURLToPath(new URL('../../../docs/healthy.md', import.meta.url));
const COMMAND = 'node --import tsx --test test/lab/long/healthy.test.ts';
const HEAD = `# What the doctor says of healthy nodes

\`kcfg doctor\` on real control planes of the lab that nothing is wrong with: as kubeadm made them, after \`kcfg set staticPodPath /etc/kubernetes/static --yes\`, and after \`kcfg unpin --yes\`; alone, and as one of three. An error here is a false alarm, and fails the test; each warning is written down, for a person to judge.

Written by \`${COMMAND}\`, with the versions in \`KCFG_LAB_VERSIONS\`.

| kubelet | control planes | state | looked at | errors | warnings | date |
|---|---|---|---|---|---|---|
`;

export interface Looked {
  version: string;
  nodes: number;
  state: string;
  errors: number;
  /** As they were told, each once. */
  warnings: readonly string[];
}

export function writeLooked({ version, nodes, state, errors, warnings }: Looked): void {
  const lines = existsSync(FILE) ? readFileSync(FILE, 'utf8').split('\n').filter((line) => /^\| \d/.test(line)) : [];
  const key = (line: string): string => line.split(' | ').slice(0, 3).join(' | ');
  const row = `| ${version.replace(/^v/, '')} | ${nodes} | ${state} | ${nodes} | ${errors} | ${warnings.join('; ') || 'none'} | ${new Date().toISOString().slice(0, 10)} |`;
  const at = lines.findIndex((line) => key(line) === key(row));
  if (at < 0) lines.push(row);
  else lines[at] = row;
  writeFileSync(FILE, `${HEAD}${lines.join('\n')}\n`);
}
