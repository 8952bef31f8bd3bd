/**
 * The directory of static pods as a whole: none set, another one than where the manifests are, nothing there. The kubelet is
 * healthy with all of them, and says one line: "Unable to read config path" (kubelet config/file.go:117-161). Containers end
 * at the first housekeeping after its restart.
 */
import { KUBEADM_DIRECTORY } from '../../plan/kubeadm/instance-config.ts';
import { CONTROL_PLANE, isExpected } from '../components.ts';
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { holdsControlPlane, meantDirectory } from '../meant-directory.ts';
import { cause, commands, setting, warning } from './said.ts';

const PART = { component: 'kubelet', layer: 'kubelet' } as const;
export const staticPodPath: Rule = {
  about: 'the kubelet reads its static pods where they are',
  find(evidence) {
    const { directory, kubelet } = evidence;
    const wanted = CONTROL_PLANE.filter((name) => isExpected(evidence, name));
    // without its settings the path is a guess
    if (wanted.length === 0 || kubelet.settings === undefined) return [];
    const now = evidence.node.live && wanted.some((name) => evidence.pods.find((pod) => pod.name === name)?.state !== 'up');
    if (holdsControlPlane(directory)) return relative(evidence);
    const other = meantDirectory(evidence);
    const where = kubelet.settings.staticPodPath?.where;
    const says = { ...PART, now, where: where === undefined ? [{ file: kubelet.configFile }] : [{ ...where, ...(other === undefined ? {} : { label: `the manifests are in ${other.path}` }) }] };
    const mend = other === undefined ? { fix: { kind: 'restore' as const, pod: wanted[0] ?? 'kube-apiserver' } } : setting(evidence, 'staticPodPath', other.path);
    const misspelt = kubelet.findings.find(({ edits }) => edits?.some(({ insert }) => insert === 'staticPodPath') === true);
    const file = misspelt?.where[0]?.file;
    const sum = file === undefined ? undefined : kubelet.files?.[file];
    if (kubelet.staticPodPath === '' && misspelt?.edits !== undefined && file !== undefined && sum !== undefined) return [cause({ ...says, id: 'no-static-pod-path', message: `${misspelt.field ?? 'a field'} is meant to be staticPodPath: as it is, the kubelet has none`, verdict: 'its staticPodPath is misspelt, and ignored', where: misspelt.where, notes: misspelt.notes, fix: { kind: 'edit', file, sha256: sum, edits: misspelt.edits } })];
    if (kubelet.staticPodPath === '') return [cause({ ...says, id: 'no-static-pod-path', message: 'the kubelet has no staticPodPath, and this node has a control plane', verdict: 'it is set up without static pods', notes: ['without it the kubelet starts no static pod, and says nothing'], ...(other === undefined ? commands(`kcfg set staticPodPath ${KUBEADM_DIRECTORY}`) : mend) })];
    // kubeadm's own path: the files were moved away, and not the path
    const gone = directory.kind === undefined && (other === undefined || kubelet.staticPodPath === KUBEADM_DIRECTORY);
    // each manifest has its own way back: missing-manifest.ts
    return [cause({ ...says, id: gone ? 'missing-directory' : 'static-pod-path', ...words(evidence), ...(gone ? {} : mend) })];
  },
};

function words({ directory, kubelet }: Evidence): Pick<Cause, 'message' | 'verdict' | 'notes'> & Partial<Cause> {
  const path = kubelet.staticPodPath;
  const said = `"Unable to read config path" err="path does not exist, ignoring" path="${path}"`;
  if (directory.kind === undefined) return { message: `there is no directory ${path}`, verdict: `it reads its static pods from ${path}, where nothing is`, notes: ['the kubelet is healthy without it, and stops the static pods of before'], kubelet: said };
  if (directory.kind === 'link' && !directory.readable) return { message: `staticPodPath is ${path}, a link to ${directory.link ?? 'nothing'}, which is not there`, verdict: `it reads its static pods through ${path}, a link to nothing`, notes: ['the kubelet is healthy without it, and stops the static pods of before'], kubelet: said };
  if (directory.kind === 'file') return { message: `staticPodPath is ${path}, a file: the kubelet reads one pod from it`, verdict: `it reads its static pods from the file ${path}`, notes: [] };
  return { message: `staticPodPath is ${path}, and no manifest of the control plane is there`, verdict: `it reads its static pods from ${path}, where none of the control plane is`, notes: directory.entries.length === 0 ? ['the directory is empty'] : [`it has ${directory.entries.map(({ name }) => name).slice(0, 5).join(', ')}`] };
}

/** Of a file it is resolved below the file's directory, of a flag below the kubelet's working directory (options.go, kubeletconfig configfiles). */
function relative(evidence: Evidence): Cause[] {
  const named = evidence.kubelet.settings?.staticPodPath;
  if (typeof named?.value !== 'string' || named.value === '' || named.value.startsWith('/')) return [];
  return [warning({ ...PART, id: 'relative-path', message: `staticPodPath is ${named.value}, a path without / in front`, where: named.where === undefined ? [] : [named.where], notes: ['the kubelet reads it below the directory of its configuration file'], ...setting(evidence, 'staticPodPath', evidence.kubelet.staticPodPath) })];
}
