/** The kubelet's configuration, by kcfg's rules and by the node's own kubelet (node/judge-node.ts); with the one edit that mends it, where there is one. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { kubeletDown, kubeletSaid } from './kubelet-down.ts';
import { cause, commands, type Says } from './said.ts';

/** Told by rules that know more: of swap and cgroups, of the runtime's address, of a unit without flags, of flags. */
const TOLD_ELSEWHERE = /unknown (shorthand )?flag|running with swap on/;

export const kubeletConfig: Rule = {
  about: 'the kubelet starts with its configuration',
  find(evidence) {
    const { kubelet, unit } = evidence;
    if (!kubelet.config) return [missing(evidence)];
    // a unit without a command line, a masked one, says nothing of flags
    const findings = unit !== undefined && unit.argv.length === 0 ? kubelet.findings.filter(({ id }) => id !== 'no-kubeconfig') : kubelet.findings;
    const errors = findings.filter(({ severity }) => severity === 'error');
    const causes = findings.map((finding) => causeOf(evidence, finding));
    // what our rules do not see, the kubelet itself says, where there is one; without its flags it judges another configuration
    const words = kubelet.rehearsal?.accepted === false && (unit?.program ?? 'runs') === 'runs' ? kubelet.rehearsal.words : '';
    const bare = unit !== undefined && !unit.argv.some((word) => word.startsWith('--config'));
    if (errors.length === 0 && words !== '' && !bare && !TOLD_ELSEWHERE.test(words)) {
      causes.unshift(causeOf(evidence, { id: 'kubelet-refuses', severity: 'error', message: 'the kubelet does not start with its configuration', where: [{ file: kubelet.configFile }], notes: [], help: [], kubelet: words }));
    }
    return causes;
  },
};

function causeOf(evidence: Evidence, finding: Finding): Cause {
  const { kubelet, unit } = evidence;
  const down = kubeletDown(evidence);
  const file = finding.where[0]?.file;
  const sum = file === undefined ? undefined : kubelet.files?.[file];
  const isHost = finding.id === 'cgroup-v1';
  const runs = !down && unit?.active === 'active' ? ['the kubelet that runs was started before this, and will not start again'] : [];
  return cause({
    ...finding,
    component: 'kubelet',
    layer: 'kubelet',
    verdict: finding.message,
    now: down && finding.severity === 'error',
    notes: [...finding.notes, ...(finding.severity === 'error' ? runs : []), ...(finding.id === 'state-file' ? ['pods keep the CPUs and the memory that they have until they are made anew: to be sure, drain the node first'] : [])],
    evidence: down && finding.severity === 'error' ? said(evidence, finding) : [],
    ...(finding.edits !== undefined && finding.edits.length > 0 && sum !== undefined && file !== undefined ? { fix: { kind: 'edit' as const, file, sha256: sum, edits: finding.edits } } : byHand(evidence, finding, isHost)),
  });
}

function said(evidence: Evidence, { kubelet, notes }: Finding): string[] {
  const words = kubeletSaid(evidence, /"command failed"|^F\d{4} |panic: |Failed to start ContainerManager/);
  return words === undefined || notes.some((note) => note.includes(words)) || (kubelet !== undefined && words.includes(kubelet)) ? [] : [words];
}

/** Where no edit is clear: what a person types. */
function byHand({ kubelet }: Evidence, { id, severity, help, field, where }: Finding, isHost: boolean): Partial<Cause> {
  if (severity !== 'error') return {};
  if (isHost) return commands('kcfg set failCgroupV1 false');
  if (id === 'state-file') {
    const file = where.find((place) => place.file.endsWith('_state'))?.file ?? `${kubelet.rootDirectory}/cpu_manager_state`;
    return commands('systemctl stop kubelet', `mv ${file} /root/`, 'systemctl start kubelet');
  }
  if (help.some((line) => line.startsWith('  '))) return { fix: { kind: 'commands', commands: help.filter((line) => line.startsWith('  ')).map((line) => line.trim()) } };
  const [line] = where.flatMap((place) => (place.file === kubelet.configFile && place.line !== undefined ? [place.line] : []));
  const [backup] = kubelet.backups ?? [];
  // a file that does not parse takes no value of kcfg set
  if ((id === 'invalid-yaml' || id === 'empty-config') && backup !== undefined) return commands(`diff ${backup} ${kubelet.configFile}`, `cp ${backup} ${kubelet.configFile}`, 'systemctl restart kubelet');
  if (field !== undefined && id !== 'invalid-yaml') return commands(`kcfg explain ${field}`, `kcfg set ${field} VALUE`);
  return commands(`vi ${line === undefined ? '' : `+${line} `}${where[0]?.file ?? kubelet.configFile}`, 'systemctl restart kubelet');
}

/** Before kubeadm join it is not there either: then nothing is wrong (kubernetes/kubernetes#65863). kubeadm copies it before it writes it, and ends where there is nothing to copy (1.37.2 postupgrade.go). */
function missing(evidence: Evidence): Cause {
  const { kubelet, kubeconfigs, directory, node } = evidence;
  const joined = directory.entries.length > 0 || kubeconfigs.some(({ file, there }) => there && file === kubelet.kubeconfig) || evidence.pods.length > 0;
  const [backup] = kubelet.backups ?? [];
  const says: Says = { component: 'kubelet', layer: 'kubelet', id: 'no-config', now: kubeletDown(evidence) || !node.live, message: `there is no ${kubelet.configFile}`, verdict: `its configuration ${kubelet.configFile} is missing`, where: [{ file: kubelet.configFile, label: 'nothing there' }], kubelet: `open ${kubelet.configFile}: no such file or directory` };
  if (!joined) return cause({ ...says, notes: ['this machine has not joined a cluster: kubeadm init or kubeadm join writes the file'], help: ['join it:', '  kubeadm join …'] });
  const runtime = evidence.runtime?.endpoint ?? 'unix:///run/containerd/containerd.sock';
  if (backup !== undefined) return cause({ ...says, notes: [`kubeadm kept a copy at its last upgrade: ${backup}`], fix: { kind: 'copy', file: kubelet.configFile, from: backup } });
  return cause({ ...says, notes: evidence.api?.status === 200 ? ["the cluster has a copy, and its API server answers"] : ['no copy of it is on this node; kubeadm writes a new one from its defaults, without what was set by hand'], ...(evidence.api?.status === 200 ? commands(`touch ${kubelet.configFile}`, 'kubeadm upgrade node phase kubelet-config', 'systemctl restart kubelet') : commands('kubeadm config print init-defaults --component-configs KubeletConfiguration > /root/kubeadm.yaml', `sed -i 's#criSocket: .*#criSocket: ${runtime}#' /root/kubeadm.yaml`, 'kubeadm init phase kubelet-start --config /root/kubeadm.yaml')) });
}
