/** Files that someone put where drop-ins are, and that no kubelet reads (cmd/kubelet/app/server.go:350-364@1.37.2). */
import type { Finding } from './finding.ts';

export function unread(files: readonly { file: string; why: string }[]): Finding[] {
  return files.map(({ file, why }) => ({
    ...{ id: 'unread-drop-in', severity: 'warning', message: `${file} is never read: ${why}` },
    ...{ where: [{ file }], notes: ['of a drop-in directory the kubelet reads the files that end in .conf, also in directories below it; it follows no link to a directory'], help: [] },
  }));
}
