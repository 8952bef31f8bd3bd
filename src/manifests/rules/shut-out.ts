/** Flags that a program takes, and that shut the kubelet's own probes out, or let too much in. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { placeOf } from '../../kubelet/rules/place.ts';
import { flagsOf } from './arguments.ts';
import { type Case, type Container, containersOf, finding, programOf, valueAt } from './case.ts';
import { removeItem, replaceIn } from './mend.ts';
import { holderOf, mountsOf, onHost } from './mounts.ts';

const FIRST_MINOR = 36;

export function shutOut(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container): Finding[] => {
    if (programOf(container) !== 'kube-apiserver') return [];
    const last = new Map(flagsOf(container, (name) => name === 'anonymous-auth').map((flag) => [flag.name, flag]));
    const found: Finding[] = [];
    const anonymous = last.get('anonymous-auth');
    const probe = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((each) => [...container.path, each, 'httpGet']).find((path) => valueAt(subject.yaml.value, path) !== undefined);
    if (anonymous !== undefined && /^(0|f|false)$/i.test(anonymous.value ?? '') && probe !== undefined) {
      const path = probe.slice(0, -1);
      found.push(finding(subject, { id: 'probe-shut-out', path: anonymous.path, message: `--anonymous-auth=false turns the kubelet's probes away: 401 to ${String(path.at(-1))}`, also: [placeOf(subject.yaml, path, undefined, 'key')], notes: ['the kubelet ends the container again and again'], help: ['take the line out; from 1.31 on --authentication-config can let in the paths of probes alone'], edits: removeItem(subject.yaml, anonymous.path) }));
    }
    const [front, clients] = [last.get('requestheader-client-ca-file'), last.get('client-ca-file')];
    if (front?.value !== undefined && front.value !== '' && front.value === clients?.value && (last.get('requestheader-allowed-names')?.value ?? '') === '') {
      // pkg/kubeapiserver/options/authentication.go@1.36.3; 1.34.4 has it not
      const minor = Number(/^1\.(\d+)/.exec(subject.facts.programs?.get(container.name)?.version ?? '')?.[1] ?? 0);
      const authority = proxyAuthority(subject, container);
      const isThere = authority?.host !== undefined && subject.facts.files?.get(authority.host) === 'file';
      found.push(finding(subject, { id: 'front-proxy-ca', severity: minor >= FIRST_MINOR ? 'error' : 'warning', path: front.valuePath ?? front.path, message: `--requestheader-client-ca-file is ${front.value}, which is --client-ca-file, too`, also: [placeOf(subject.yaml, clients.path)], notes: ['without --requestheader-allowed-names every client could say that it is any user: kube-apiserver from 1.36 on ends at its start'], help: ['kubeadm has /etc/kubernetes/pki/front-proxy-ca.crt there'], edits: isThere ? replaceIn(subject.yaml, front.valuePath ?? front.path, front.value, authority.file, front.valuePath === undefined ? `${front.written}=` : '') : undefined }));
    }
    return found;
  });
}

/** kubeadm keeps the authority that signs the client of extension servers beside that client (kubeadm pkiutil, constants.go). */
export function proxyAuthority(subject: Case, container: Container): { file: string; host?: string } | undefined {
  const client = flagsOf(container).find(({ name }) => name === 'proxy-client-cert-file')?.value;
  if (client?.endsWith('/front-proxy-client.crt') !== true) return undefined;
  const file = client.replace(/client\.crt$/, 'ca.crt');
  const mount = holderOf(mountsOf(subject, container), file);
  const host = mount && onHost(mount, file);
  return { file, ...(host === undefined ? {} : { host }) };
}
