/**
 * The certificates and kubeconfigs of a node: kubeadm's names, subjects and lifetimes (1 year; authorities 10 years),
 * made as if `kubeadm init` had run 41 days ago.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { type Identity, type Issuer, makeAuthority, makeIdentity, type Validity } from './certificates.ts';
import { kubeconfig } from './kubeadm-files.ts';
import type { NodeSettings } from './layout.ts';

const DAY_MS = 86_400_000;
/** How long a node that was just made has been in use, by its records. */
export const AGE_DAYS = 41;
const CLUSTER_ADMINS = 'kubeadm:cluster-admins';

/** Node path → content. */
export type Files = Record<string, string>;

const validity = (now: Date, days: number): Validity => ({
  from: new Date(now.getTime() - AGE_DAYS * DAY_MS),
  until: new Date(now.getTime() + (days - AGE_DAYS) * DAY_MS),
});

export function makeClusterAuthority(now: Date): Issuer {
  return makeAuthority({ commonName: 'kubernetes' }, validity(now, 3650));
}

/** An authority from ca.crt and ca.key of another node. */
export function loadAuthority({ cert, key }: Identity): Issuer {
  return { cert, key, name: { commonName: 'kubernetes' }, privateKey: createPrivateKey(key) };
}

/** What every node has: the authority, the kubelet's rotating client certificate, its own serving certificate. */
export function kubeletFiles(settings: NodeSettings, ca: Issuer, now: Date): Files {
  const year = validity(now, 365);
  const { name } = settings;
  const client = makeIdentity(ca, { commonName: `system:node:${name}`, organization: 'system:nodes' }, ['client'], year);
  const serving = makeAuthority({ commonName: `${name}-ca@${Math.floor(year.from.getTime() / 1000)}` }, year);
  const server = makeIdentity(serving, { commonName: `${name}@${Math.floor(year.from.getTime() / 1000)}` }, ['server'], year, [
    name,
  ]);
  const pem = '/var/lib/kubelet/pki/kubelet-client-current.pem';
  return {
    '/etc/kubernetes/pki/ca.crt': ca.cert,
    '/etc/kubernetes/kubelet.conf': kubeconfig(settings.server, ca.cert, `system:node:${name}`, pem),
    [pem]: client.cert + client.key,
    '/var/lib/kubelet/pki/kubelet.crt': server.cert + serving.cert,
    '/var/lib/kubelet/pki/kubelet.key': server.key,
  };
}

/** What a control plane has besides. */
export function controlPlaneFiles(settings: NodeSettings, ca: Issuer, now: Date): Files {
  const year = validity(now, 365);
  const { name, server } = settings;
  const local = [name, 'localhost', '127.0.0.1'];
  const files: Files = {};
  const pki = '/etc/kubernetes/pki';
  const put = (path: string, identity: Identity): void => {
    files[`${pki}/${path}.crt`] = identity.cert;
    files[`${pki}/${path}.key`] = identity.key;
  };
  const etcdCa = makeAuthority({ commonName: 'etcd-ca' }, validity(now, 3650));
  const proxyCa = makeAuthority({ commonName: 'front-proxy-ca' }, validity(now, 3650));
  put('ca', ca);
  put('etcd/ca', etcdCa);
  put('front-proxy-ca', proxyCa);
  put('apiserver', apiServerIdentity(settings, ca, now));
  put(
    'apiserver-kubelet-client',
    makeIdentity(ca, { commonName: 'kube-apiserver-kubelet-client', organization: CLUSTER_ADMINS }, ['client'], year),
  );
  put('front-proxy-client', makeIdentity(proxyCa, { commonName: 'front-proxy-client' }, ['client'], year));
  put('etcd/server', makeIdentity(etcdCa, { commonName: name }, ['server', 'client'], year, local));
  put('etcd/peer', makeIdentity(etcdCa, { commonName: name }, ['server', 'client'], year, local));
  put('etcd/healthcheck-client', makeIdentity(etcdCa, { commonName: 'kube-etcd-healthcheck-client' }, ['client'], year));
  put('apiserver-etcd-client', makeIdentity(etcdCa, { commonName: 'kube-apiserver-etcd-client' }, ['client'], year));
  const sa = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  files[`${pki}/sa.key`] = sa.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  files[`${pki}/sa.pub`] = sa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const users: [string, string, string | undefined][] = [
    ['admin', 'kubernetes-admin', CLUSTER_ADMINS],
    ['super-admin', 'kubernetes-super-admin', 'system:masters'],
    ['controller-manager', 'system:kube-controller-manager', undefined],
    ['scheduler', 'system:kube-scheduler', undefined],
  ];
  for (const [file, commonName, organization] of users) {
    const subject = organization === undefined ? { commonName } : { commonName, organization };
    files[`/etc/kubernetes/${file}.conf`] = kubeconfig(server, ca.cert, commonName, makeIdentity(ca, subject, ['client'], year));
  }
  return files;
}

/** The serving certificate of an API server at this node's address. */
export function apiServerIdentity({ name }: NodeSettings, ca: Issuer, now: Date): Identity {
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
  const hosts = [name, 'localhost', ...names, '10.96.0.1', '127.0.0.1'];
  return makeIdentity(ca, { commonName: 'kube-apiserver' }, ['server'], validity(now, 365), hosts);
}
