/** Flags without which a program ends, and flags that need one another. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { flagsOf } from './arguments.ts';
import { type Case, containersOf, finding, programOf } from './case.ts';

interface Need {
  program: string;
  /** One of these must be there. */
  any: readonly string[];
  /** Only where one of these is. */
  when?: readonly string[];
  why: string;
  /** It starts without, and does less. */
  runs?: true;
}

const NEEDS: readonly Need[] = [
  { program: 'kube-apiserver', any: ['etcd-servers'], why: 'it has no place to keep anything' },
  // since 1.20; pkg/kubeapiserver/options/authentication.go
  { program: 'kube-apiserver', any: ['service-account-issuer'], why: 'service-account-issuer is a required flag' },
  { program: 'kube-apiserver', any: ['service-account-signing-key-file', 'service-account-signing-endpoint'], why: '--service-account-signing-key-file and --service-account-issuer are required flags' },
  { program: 'kube-apiserver', any: ['service-account-key-file', 'service-account-signing-endpoint', 'tls-private-key-file'], why: 'it needs a key to prove tokens with' },
  { program: 'kube-apiserver', any: ['oidc-client-id'], when: ['oidc-issuer-url', 'oidc-username-claim', 'oidc-groups-claim', 'oidc-ca-file'], why: 'oidc-issuer-url and oidc-client-id must be specified together' },
  { program: 'kube-apiserver', any: ['oidc-issuer-url'], when: ['oidc-client-id', 'oidc-username-claim', 'oidc-groups-claim', 'oidc-ca-file'], why: 'oidc-issuer-url and oidc-client-id must be specified together' },
  { program: 'kube-apiserver', any: ['tls-private-key-file'], when: ['tls-cert-file'], why: 'a certificate is of no use without its key' },
  { program: 'kube-apiserver', any: ['tls-cert-file'], when: ['tls-private-key-file'], why: 'a key is of no use without its certificate' },
  { program: 'kube-apiserver', any: ['etcd-keyfile'], when: ['etcd-certfile'], why: 'KeyFile and CertFile must both be present' },
  { program: 'kube-apiserver', any: ['etcd-certfile'], when: ['etcd-keyfile'], why: 'KeyFile and CertFile must both be present' },
  { program: 'kube-apiserver', any: ['encryption-provider-config'], when: ['encryption-provider-config-automatic-reload'], why: '--encryption-provider-config-automatic-reload must be set with --encryption-provider-config' },
  { program: 'kube-controller-manager', any: ['kubeconfig', 'master'], why: 'it knows no API server' },
  // cmd/kube-controller-manager/app/certificates.go:56
  { program: 'kube-controller-manager', any: ['cluster-signing-key-file', 'cluster-signing-kube-apiserver-client-key-file'], when: ['cluster-signing-cert-file'], runs: true, why: 'Skipping CSR signer controller because no csr cert/key was specified' },
  { program: 'kube-controller-manager', any: ['cluster-signing-cert-file', 'cluster-signing-kube-apiserver-client-cert-file'], when: ['cluster-signing-key-file'], runs: true, why: 'Skipping CSR signer controller because no csr cert/key was specified' },
  { program: 'kube-controller-manager', any: ['cluster-cidr'], when: ['allocate-node-cidrs'], why: 'it hands out no networks without one that they are of' },
  { program: 'kube-scheduler', any: ['kubeconfig', 'config', 'master'], why: 'it knows no API server' },
  { program: 'etcd', any: ['advertise-client-urls'], when: ['listen-client-urls'], why: '--advertise-client-urls is required when --listen-client-urls is set explicitly' },
  { program: 'etcd', any: ['key-file'], when: ['cert-file'], why: 'KeyFile and CertFile must both be present' },
  { program: 'etcd', any: ['cert-file'], when: ['key-file'], why: 'KeyFile and CertFile must both be present' },
  { program: 'etcd', any: ['peer-key-file'], when: ['peer-cert-file'], why: 'KeyFile and CertFile must both be present' },
  { program: 'etcd', any: ['peer-cert-file'], when: ['peer-key-file'], why: 'KeyFile and CertFile must both be present' },
];

export function requiredFlags(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const program = programOf(container);
    const all = flagsOf(container);
    const names = new Set(all.filter(({ value }) => value !== '').map(({ name }) => name));
    // a file of its own says it all
    if (program === 'etcd' && names.has('config-file')) return [];
    return NEEDS.filter((need) => need.program === program).flatMap(({ any, when, why, runs }) => {
      const asks = when === undefined ? undefined : all.find(({ name, value }) => when.includes(name) && value !== '');
      if (any.some((name) => names.has(name)) || (when !== undefined && asks === undefined) || asks?.value === 'false') return [];
      const empty = all.find(({ name }) => any.includes(name));
      const path = asks?.path ?? empty?.path ?? container.argv[0]?.path ?? container.path;
      return [finding(subject, { id: 'required-flag', path, message: asks === undefined ? `${program} has no --${any[0]}` : `--${asks.name} needs --${any[0]}`, notes: [runs === true ? `it starts, and signs nothing: ${why}` : `it ends at its start: ${why}`], runs: runs === true })];
    });
  });
}
