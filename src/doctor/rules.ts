/** Every rule of the doctor. A rule is one file in rules/, one line here, and one case in test/cases. */
import type { Rule } from './cause.ts';
import { certificateEarly } from './rules/certificate-early.ts';
import { certificateExpired } from './rules/certificate-expired.ts';
import { certificateExpires } from './rules/certificate-expires.ts';
import { certificateKey } from './rules/certificate-key.ts';
import { certificateNames } from './rules/certificate-names.ts';
import { certificateSigner } from './rules/certificate-signer.ts';
import { kubeconfig } from './rules/kubeconfig.ts';
import { kubeconfigServer } from './rules/kubeconfig-server.ts';
import { kubeconfigStale } from './rules/kubeconfig-stale.ts';
import { kubeletEmbedded } from './rules/kubelet-embedded.ts';
import { serviceAccountKey } from './rules/service-account-key.ts';
import { etcdData } from './rules/etcd-data.ts';
import { etcdWords } from './rules/etcd-words.ts';
import { ownAddress } from './rules/own-address.ts';
import { kubeletConfig } from './rules/kubelet-config.ts';
import { lastWords } from './rules/last-words.ts';
import { manifestText } from './rules/manifest-text.ts';

export const RULES: readonly Rule[] = [
  kubeletConfig,
  manifestText,
  ownAddress,
  certificateEarly,
  kubeconfig,
  kubeletEmbedded,
  certificateExpired,
  certificateKey,
  certificateSigner,
  certificateNames,
  certificateExpires,
  kubeconfigServer,
  kubeconfigStale,
  serviceAccountKey,
  etcdData,
  etcdWords,
  // what nothing else explains
  lastWords,
];
