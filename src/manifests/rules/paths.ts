/** Files that flags name: each must be seen in the container, and be there on the node. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { distance, nearest } from '../../nearest.ts';
import { type Flag, flagsOf } from './arguments.ts';
import POD from '../schema/pod.json' with { type: 'json' };
import { type Case, type Container, containersOf, finding, isMap, itemsAt, programOf, textAt, valueAt } from './case.ts';
import { addMount, replaceIn, replaceValue } from './mend.ts';
import { holderOf, type Mount, mountsOf, onHost, volumePath } from './mounts.ts';
import { proxyAuthority } from './shut-out.ts';
import { isProgram } from '../programs/program.ts';

/** What a program reads at its start. Those of kubeadm's four manifests, and others of the same programs. */
const READ = /(^|-)(file|cafile|certfile|keyfile|certificate|key|kubeconfig|config|authority|client-ca)$/;
/** Written, or no files at all, though named alike. */
const WRITTEN = /^(log-file|write-config-to|etcd-prefix|discovery-.*|tls-sni-cert-key|runtime-config)$/;
/** Kept across restarts: outside of a mount they are lost with the container. */
const KEPT = /^(data-dir|wal-dir)$/;

/**
 * Read where both are there, and with one alone neither is: kube-aggregator apiserver.go, client-go transport HasCertAuth,
 * kube-controller-manager app/certificates.go:55.
 */
const PAIRS = [['proxy-client-cert-file', 'proxy-client-key-file'], ['cluster-signing-cert-file', 'cluster-signing-key-file']];

/** Nobody reads the file: what belongs to it is not there. */
function isUnread({ facts }: Case, { flag, container, host }: Named): boolean {
  // read with the first call of a kubelet (client-go transport.go, ReloadTLSFiles); one that is not there ends the program, also without the other (loadTLSFiles)
  if (/^kubelet-client-(certificate|key)$/.test(flag.name)) return host !== undefined && facts.files?.get(host) === 'file';
  const other = PAIRS.find((pair) => pair.includes(flag.name))?.find((name) => name !== flag.name);
  return other !== undefined && isProgram(programOf(container)) && flagsOf(container).every(({ name, value }) => name !== other || (value ?? '') === '');
}

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

/** What may be meant where a volume leads elsewhere, or a flag has another one's file. */
export function filesMeant(subject: Case): string[] {
  const same = named(subject, isRead).flatMap(({ file, host }) => (host === undefined || host === file ? [] : [file]));
  return [...same, ...containersOf(subject).flatMap((container) => proxyAuthority(subject, container)?.host ?? [])];
}

export function paths(subject: Case): Finding[] {
  const all = named(subject, isRead);
  const astray = volumesAstray(subject, all);
  return [...astray.map(({ finding: told }) => told), ...all.filter(({ mount }) => !astray.some(({ volume }) => volume === mount?.volume)).flatMap((one) => judge(subject, one)), ...named(subject, (name) => KEPT.test(name)).flatMap((one) => unmounted(subject, one))];
}

function judge(subject: Case, one: Named): Finding[] {
  const { facts } = subject;
  const { flag, container, file, mount, host } = one;
  const kind = otherKind(flag.name, file);
  if (kind !== undefined && isProgram(programOf(container))) return [finding(subject, { id: 'path', runs: isUnread(subject, one), path: flag.valuePath ?? flag.path, part: flag.value ?? '', message: `--${flag.name} is ${kind}, and ${file} is none`, notes: [`${programOf(container)} ends at its start`] })];
  if (mount === undefined) return unmounted(subject, one);
  if (host === undefined && isHollow(subject, mount)) return [finding(subject, { id: 'path', runs: isUnread(subject, one), path: flag.valuePath ?? flag.path, part: file, message: `${file} is in the volume ${mount.volume}, in which is nothing`, notes: ['a volume of no kind is an empty directory', `${programOf(container) || container.name} ends at its start without the file of --${flag.name}`] })];
  // an emptyDir: what is in it is made by someone else
  if (host === undefined || facts.files?.get(host) !== null) return [];
  const slash = host.lastIndexOf('/');
  const near = nearest(host.slice(slash + 1), facts.names?.get(host.slice(0, slash)) ?? []);
  const there = near === undefined ? undefined : file.slice(0, file.lastIndexOf('/') + 1) + near;
  return [
    finding(subject, {
      id: 'path',
      runs: isUnread(subject, one),
      path: flag.valuePath ?? flag.path,
      part: file,
      message: `there is no file ${host} on this node`,
      notes: [...(host === file ? [] : [`${file} in the container is ${host} on the node, by the mount ${mount.volume}`]), `${programOf(container) || container.name} ends at its start without the file of --${flag.name}`],
      ...(there === undefined ? {} : { help: [`did you mean ${there}?`], edits: replaceIn(subject.yaml, flag.valuePath ?? flag.path, file, there) }),
    }),
  ];
}

/** A volume without a kind, or with one that the kubelet does not know and drops (validation: an emptyDir by default). */
function isHollow(subject: Case, { volume }: Mount): boolean {
  const path = volumePath(subject, volume);
  const value = path === undefined ? undefined : valueAt(subject.yaml.value, path);
  return isMap(value) && Object.keys(value).every((key) => key === 'name' || !Object.hasOwn(POD.Volume, key)) && itemsAt(subject, ['spec', 'initContainers']).length === 0;
}

/** All that is asked for below one mount is not on the node where its volume leads, and is where the container has it. */
function volumesAstray(subject: Case, all: readonly Named[]): { volume: string; finding: Finding }[] {
  const { files } = subject.facts;
  return [...new Set(all.flatMap(({ mount }) => mount?.volume ?? []))].flatMap((volume) => {
    const own = all.filter(({ mount }) => mount?.volume === volume);
    const [first] = own;
    const path = volumePath(subject, volume);
    if (first?.mount?.host === undefined || path === undefined || first.mount.host === first.mount.mountPath || textAt(subject, [...path, 'hostPath', 'path'])?.replace(/(.)\/+$/, '$1') !== first.mount.host) return [];
    if (!own.every(({ file, host }) => host !== undefined && files?.get(host) === null && files.get(file) === 'file')) return [];
    const { mountPath, host } = first.mount;
    const place = [...path, 'hostPath', 'path'];
    return [{ volume, finding: finding(subject, { id: 'host-path', path: place, message: `the volume ${volume} leads to ${host}, which has none of the files that ${programOf(first.container) || first.container.name} asks for`, notes: [`${mountPath} on the node has all of them`], help: [`did you mean ${mountPath}?`], edits: replaceValue(subject.yaml, place, mountPath) }) }];
  });
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

function unmounted(subject: Case, one: Named): Finding[] {
  const { flag, container, file, mount } = one;
  if (mount !== undefined) return [];
  const kept = KEPT.test(flag.name);
  const [from, to] = nearMount(mountsOf(subject, container), file);
  const volume = to === '' ? unmountedVolume(subject, file) : undefined;
  const meant = to === '' && volume === undefined ? otherKubeconfig(subject, container, flag) : undefined;
  const help = volume !== undefined ? [`mount the volume ${volume}, which leads there`] : meant !== undefined ? [`did you mean ${meant}?`] : to === '' ? ['give it a path below one of the volumeMounts, or mount a volume there'] : [`did you mean ${to}${file.slice(from.length)}?`];
  const place = flag.valuePath ?? flag.path;
  return [
    finding(subject, {
      id: 'path-unmounted',
      runs: isUnread(subject, one),
      path: flag.valuePath ?? flag.path,
      part: file,
      message: `${file} is in none of the mounts of ${container.name}`,
      notes: [kept ? 'what is written there is lost with the container' : 'the container sees no file of the node there'],
      help,
      edits: volume !== undefined ? addMount(subject.yaml, container.path, file, volume) : meant !== undefined ? replaceIn(subject.yaml, place, file, meant) : to === '' ? undefined : replaceIn(subject.yaml, place, from, to),
    }),
  ];
}

/** A volume of exactly that file, which no container mounts. */
function unmountedVolume(subject: Case, file: string): string | undefined {
  const mounted = new Set(containersOf(subject).flatMap((container) => mountsOf(subject, container).map(({ volume }) => volume)));
  const path = itemsAt(subject, ['spec', 'volumes']).find((each) => textAt(subject, [...each, 'hostPath', 'path']) === file);
  const name = path === undefined ? undefined : textAt(subject, [...path, 'name']);
  return name === undefined || mounted.has(name) ? undefined : name;
}

/** The programs of kubeadm's manifests have one kubeconfig, under several flags. */
function otherKubeconfig(subject: Case, container: Container, flag: Flag): string | undefined {
  if (!flag.name.endsWith('kubeconfig')) return undefined;
  const mounts = mountsOf(subject, container);
  const others = new Set(flagsOf(container).flatMap(({ name, value }) => (name !== flag.name && name.endsWith('kubeconfig') && value !== undefined && holderOf(mounts, value) !== undefined ? [value] : [])));
  return others.size === 1 ? [...others][0] : undefined;
}
