/** Files that flags name: each must be seen in the container, and be there on the node. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { distance, nearest } from '../../nearest.ts';
import { type Flag, flagsOf } from './arguments.ts';
import { type Case, type Container, containersOf, finding, programOf } from './case.ts';
import { replaceIn } from './mend.ts';
import { holderOf, type Mount, mountsOf, onHost } from './mounts.ts';
import { isProgram } from '../programs/program.ts';

/** What a program reads at its start. Those of kubeadm's four manifests, and others of the same programs. */
const READ = /(^|-)(file|cafile|certfile|keyfile|certificate|key|kubeconfig|config|authority|client-ca)$/;
/** Written, or no files at all, though named alike. */
const WRITTEN = /^(log-file|write-config-to|etcd-prefix|discovery-.*|tls-sni-cert-key|runtime-config)$/;
/** Kept across restarts: outside of a mount they are lost with the container. */
const KEPT = /^(data-dir|wal-dir)$/;

interface Named {
  flag: Flag;
  container: Container;
  file: string;
  mount?: Mount;
  host?: string;
}

function named(subject: Case, which: (name: string) => boolean): Named[] {
  return containersOf(subject).flatMap((container) => {
    const mounts = mountsOf(subject, container);
    return flagsOf(container)
      .filter((flag) => which(flag.name) && (flag.value?.startsWith('/') === true || (isProgram(programOf(container)) && (flag.value ?? '') !== '' && isRead(flag.name))))
      .map((flag): Named => {
        // the programs of Kubernetes and etcd start in /
        const file = `${flag.value?.startsWith('/') === true ? '' : '/'}${flag.value ?? ''}`.replaceAll(/\/{2,}/g, '/');
        const mount = holderOf(mounts, file);
        const host = mount && onHost(mount, file);
        return { flag, container, file, ...(mount && { mount }), ...(host !== undefined && { host }) };
      });
  });
}
const isRead = (name: string): boolean => READ.test(name) && !WRITTEN.test(name);

/** What the node must be asked: files and, for a near name, their directories. */
export function filesNamed(subject: Case): string[] {
  return named(subject, isRead).flatMap(({ host }) => host ?? []);
}

export function paths(subject: Case): Finding[] {
  return [...named(subject, isRead).flatMap((one) => judge(subject, one)), ...named(subject, (name) => KEPT.test(name)).flatMap((one) => unmounted(subject, one))];
}

function judge(subject: Case, one: Named): Finding[] {
  const { facts } = subject;
  const { flag, container, file, mount, host } = one;
  const kind = otherKind(flag.name, file);
  if (kind !== undefined && isProgram(programOf(container))) return [finding(subject, { id: 'path', path: flag.valuePath ?? flag.path, part: flag.value ?? '', message: `--${flag.name} is ${kind}, and ${file} is none`, notes: [`${programOf(container)} ends at its start`] })];
  if (mount === undefined) return unmounted(subject, one);
  // an emptyDir: what is in it is made by someone else
  if (host === undefined || facts.files?.get(host) !== null) return [];
  const slash = host.lastIndexOf('/');
  const near = nearest(host.slice(slash + 1), facts.names?.get(host.slice(0, slash)) ?? []);
  const there = near === undefined ? undefined : file.slice(0, file.lastIndexOf('/') + 1) + near;
  return [
    finding(subject, {
      id: 'path',
      path: flag.valuePath ?? flag.path,
      part: file,
      message: `there is no file ${host} on this node`,
      notes: [...(host === file ? [] : [`${file} in the container is ${host} on the node, by the mount ${mount.volume}`]), `${programOf(container) || container.name} ends at its start without the file of --${flag.name}`],
      ...(there === undefined ? {} : { help: [`did you mean ${there}?`], edits: replaceIn(subject.yaml, flag.valuePath ?? flag.path, file, there) }),
    }),
  ];
}

/** The beginning of the path that is a slip or two away from a place where something is mounted, and that place. */
function nearMount(mounts: readonly Mount[], file: string): [from: string, to: string] {
  for (const { mountPath } of mounts) {
    const from = file.split('/').slice(0, mountPath.split('/').length).join('/');
    if (from !== '' && distance(from, mountPath) <= 2) return [from, mountPath];
  }
  return ['', ''];
}

/** By the names that files of a PKI have: a key where a certificate is to be, and the other way. */
function otherKind(name: string, file: string): string | undefined {
  const ending = /\.(crt|key|pub|conf)$/.exec(file)?.[1];
  if (ending === undefined || name === 'service-account-key-file') return undefined;
  if (/kubeconfig$/.test(name)) return ending === 'conf' ? undefined : 'a kubeconfig';
  if (/(^|-)(cafile|ca-file|certfile|cert-file|client-certificate|certificate-authority)$/.test(name)) return ending === 'crt' ? undefined : 'a certificate';
  if (/(^|-)(keyfile|key-file|client-key)$/.test(name)) return ending === 'key' ? undefined : 'a private key';
  return undefined;
}

function unmounted(subject: Case, { flag, container, file, mount }: Named): Finding[] {
  if (mount !== undefined) return [];
  const kept = KEPT.test(flag.name);
  const [from, to] = nearMount(mountsOf(subject, container), file);
  return [
    finding(subject, {
      id: 'path-unmounted',
      path: flag.valuePath ?? flag.path,
      part: file,
      message: `${file} is in none of the mounts of ${container.name}`,
      notes: [kept ? 'what is written there is lost with the container' : 'the container sees no file of the node there'],
      help: to === '' ? ['give it a path below one of the volumeMounts, or mount a volume there'] : [`did you mean ${to}${file.slice(from.length)}?`],
      edits: to === '' ? undefined : replaceIn(subject.yaml, flag.valuePath ?? flag.path, from, to),
    }),
  ];
}
