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
import { securePortMoved } from './rules/secure-port.ts';
import { serviceAccountKey } from './rules/service-account-key.ts';
import { etcdData } from './rules/etcd-data.ts';
import { etcdEndpoint } from './rules/etcd-endpoint.ts';
import { etcdWords } from './rules/etcd-words.ts';
import { ownAddress } from './rules/own-address.ts';
import { kubeletConfig } from './rules/kubelet-config.ts';
import { lastWords } from './rules/last-words.ts';
import { manifestText } from './rules/manifest-text.ts';
import { addresses } from './rules/addresses.ts';
import { clock } from './rules/clock.ts';
import { disk } from './rules/disk.ts';
import { kernel } from './rules/kernel.ts';
import { kubeletSettings } from './rules/kubelet-settings.ts';
import { ports } from './rules/ports.ts';
import { resolving } from './rules/resolving.ts';
import { runtimeConfig } from './rules/runtime-config.ts';
import { runtimeParts } from './rules/runtime-parts.ts';
import { runtimeState } from './rules/runtime-state.ts';
import { swap } from './rules/swap.ts';
import { unitFlags } from './rules/unit-flags.ts';
import { unitState } from './rules/unit-state.ts';
import { staticPodPath } from './rules/static-pod-path.ts';
import { missingManifest } from './rules/missing-manifest.ts';
import { strayFiles } from './rules/stray-files.ts';
import { samePort } from './rules/same-port.ts';
import { podShape } from './rules/pod-shape.ts';
import { proxy } from './rules/proxy.ts';
import { images } from './rules/images.ts';
import { wedges } from './rules/wedges.ts';
import { standing } from './rules/standing.ts';

export const RULES: readonly Rule[] = [
  addresses,
  clock,
  disk,
  kernel,
  kubeletSettings,
  ports,
  resolving,
  runtimeConfig,
  runtimeParts,
  runtimeState,
  swap,
  unitFlags,
  unitState,
  staticPodPath,
  missingManifest,
  strayFiles,
  samePort,
  podShape,
  proxy,
  images,
  wedges,
  standing,
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
  securePortMoved,
  kubeconfigServer,
  kubeconfigStale,
  serviceAccountKey,
  etcdData,
  etcdEndpoint,
  etcdWords,
  // what nothing else explains
  lastWords,
];
