/** docs/versions.md: a line for each version of the kubelet, as its last run measured it; the lines of other versions stay. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Adopted } from '../adopt.ts';

const FILE = fileURLToPath(new URL('../../../docs/versions.md', import.meta.url));
const COMMAND = 'node --import tsx --test test/lab/long/versions.test.ts';
const HEAD = `# Kubelets on which the move was seen

\`kcfg set staticPodPath /etc/kubernetes/static --yes\` on a real control plane of the lab, the only one of its cluster: etcd, API server, controller-manager and scheduler. One poller outside kcfg asks the API server every 50 ms. Then \`kubeadm upgrade node\`, which writes config.yaml anew, and a restart of the kubelet: the path has to stay, and no container may restart.

Written by \`${COMMAND}\`, with the versions in \`KCFG_LAB_VERSIONS\`.

| kubelet | probes | failed | containers the same | path kept for kubeadm by | date |
|---|---|---|---|---|---|
`;

export function writeVersion(version: string, { sent, failed, containers, same, persistence }: Adopted): void {
  const rows = new Map(existsSync(FILE) ? readFileSync(FILE, 'utf8').split('\n').filter((line) => /^\| \d/.test(line)).map((line) => [line.split(' ')[1] ?? '', line]) : []);
  const name = version.replace(/^v/, '');
  rows.set(name, `| ${name} | ${sent} | ${failed} | ${same} of ${containers} | ${persistence} | ${new Date().toISOString().slice(0, 10)} |`);
  const sorted = [...rows].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([, row]) => row);
  writeFileSync(FILE, `${HEAD}${sorted.join('\n')}\n`);
}
