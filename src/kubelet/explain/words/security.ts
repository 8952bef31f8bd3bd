/** Lines: cmd/kubelet/app of 1.37.2 where nothing else is said. */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  authentication: { does: "Whom the kubelet's server believes to be who they say: by client certificate, by token, or anybody." },
  'authentication.anonymous.enabled': {
    does: 'Decides what happens to a request without credentials.',
    values: [
      ['true', 'it goes on as system:anonymous, and authorization decides'],
      ['false', 'it is refused'],
    ],
    needs: 'true: an authorization.mode other than AlwaysAllow, or anybody runs commands in pods',
    example: 'authentication.anonymous.enabled=false',
  },
  'authentication.webhook.enabled': {
    does: 'Lets the API server judge tokens, so that service accounts can read metrics.',
    // auth.go: BuildAuthn
    needs: 'true: a kubelet with a kubeconfig, or it does not start',
    example: 'authentication.webhook.enabled=true',
  },
  'authentication.webhook.cacheTTL': { does: 'How long the judgement on a token is kept.', example: 'authentication.webhook.cacheTTL=2m' },
  'authentication.x509.clientCAFile': {
    does: 'The certificate authorities whose clients are let in; the API server comes with a certificate of such a one.',
    needs: "the authority of the API server's kubelet client certificate, or kubectl logs and exec stop working",
    example: 'authentication.x509.clientCAFile=/etc/kubernetes/pki/ca.crt',
  },
  authorization: { does: "What those may do whom the kubelet's server knows." },
  'authorization.mode': {
    does: "Who decides what a client of the kubelet's server may do.",
    values: [
      ['Webhook', 'the API server, by its roles'],
      ['AlwaysAllow', 'nobody: whoever is let in may do everything, exec too'],
    ],
    // auth.go: BuildAuthz
    needs: 'Webhook: a kubelet with a kubeconfig, or it does not start',
    example: 'authorization.mode=Webhook',
  },
  'authorization.webhook.cacheAuthorizedTTL': { does: 'How long a permission is kept.', example: 'authorization.webhook.cacheAuthorizedTTL=5m' },
  'authorization.webhook.cacheUnauthorizedTTL': { does: 'How long a refusal is kept.', example: 'authorization.webhook.cacheUnauthorizedTTL=30s' },
  readOnlyPort: {
    does: 'A port at which pods and metrics are read without credentials. 0 closes it; 10255 is the usual number.',
    example: 'readOnlyPort=0',
  },
  rotateCertificates: {
    does: "Lets the kubelet ask for a new client certificate before its own ends. Without it, it is locked out of the API server one day.",
    needs: 'a control plane that signs such requests, as that of kubeadm does',
    example: 'rotateCertificates=true',
  },
  serverTLSBootstrap: {
    does: "Lets the kubelet ask the cluster for the certificate of its server, rather than signing one itself.",
    needs: 'somebody who approves the requests: Kubernetes itself approves none of these (kubectl certificate approve)',
    example: 'serverTLSBootstrap=true',
  },
  tlsCertFile: {
    // server.go: InitializeTLS
    does: "The certificate of the kubelet's server. Without one, and without serverTLSBootstrap, it signs one itself.",
    needs: 'tlsPrivateKeyFile with the key to it',
  },
  tlsPrivateKeyFile: { does: "The key to the certificate of the kubelet's server.", needs: 'tlsCertFile with the certificate to it' },
  tlsMinVersion: {
    does: "The oldest version of TLS that the kubelet's server speaks.",
    values: [
      ['VersionTLS12', 'TLS 1.2'],
      ['VersionTLS13', 'TLS 1.3; tlsCipherSuites then has no effect'],
    ],
    needs: 'clients that speak it, the API server among them',
    example: 'tlsMinVersion=VersionTLS12',
  },
  tlsCipherSuites: {
    does: "The cipher suites of the kubelet's server, for TLS 1.2. Those of TLS 1.3 cannot be chosen.",
    needs: 'one that the API server has too',
    example: "tlsCipherSuites='[TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]'",
  },
  seccompDefault: {
    // kuberuntime/helpers.go: getSeccompProfile
    does: 'Decides which system calls a container may make when its pod says nothing about it.',
    values: [
      ['true', "those of the runtime's own profile"],
      ['false', 'all'],
    ],
    since: 'stable since 1.27',
    example: 'seccompDefault=true',
  },
  protectKernelDefaults: {
    // pkg/kubelet/cm/container_manager_linux.go:477-486
    does: 'Decides what happens where the kernel is not set as the kubelet wants it: vm.overcommit_memory=1, vm.panic_on_oom=0, kernel.panic=10, kernel.panic_on_oops=1 and two sizes of kernel.keys.',
    values: [
      ['true', 'it does not start'],
      ['false', 'it sets the kernel so'],
    ],
    example: 'protectKernelDefaults=true',
  },
  allowedUnsafeSysctls: {
    does: 'Sysctls that pods may set besides the safe ones. A name, or the beginning of names with a * behind.',
    needs: 'names with a namespace of their own: kernel.shm*, kernel.msg*, kernel.sem, fs.mqueue.*, net.*',
    example: "allowedUnsafeSysctls='[net.core.somaxconn]'",
  },
};
