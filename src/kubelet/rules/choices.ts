/** Fields that take one of a few words: one table, and what to write instead. */
import { nearest } from '../../nearest.ts';
import { type Case, type Rule, text } from './case.ts';
import type { Finding } from './finding.ts';
import { refuse } from './refuse.ts';

interface Choice {
  field: string;
  words(minor: number): readonly string[];
  /** Only while this gate is on. */
  gate?: string;
  since?: number;
  /** Refused when its part of the kubelet starts, not when the configuration is read. */
  atStart?: true;
  says(value: string): string;
}

const q = JSON.stringify;
/** apis/config/validation/validation.go@1.37.2, by line where it is that file. */
const CHOICES: readonly Choice[] = [
  {
    field: 'topologyManagerPolicy', // :195
    words: () => ['none', 'best-effort', 'restricted', 'single-numa-node'],
    says: (value) => `invalid configuration: topologyManagerPolicy (--topology-manager-policy) ${q(value)} must be one of: ["none" "best-effort" "restricted" "single-numa-node"]`,
  },
  {
    field: 'topologyManagerScope', // :204
    words: () => ['container', 'pod'],
    says: (value) => `invalid configuration: topologyManagerScope (--topology-manager-scope) ${q(value)} must be one of: "container", or "pod"`,
  },
  {
    field: 'memorySwap.swapBehavior', // :237; UnlimitedSwap up to 1.29, NoSwap from 1.30
    ...{ words: (minor) => ['', minor >= 30 ? 'NoSwap' : 'UnlimitedSwap', 'LimitedSwap'], gate: 'NodeSwap' },
    says: (value) => `invalid configuration: memorySwap.swapBehavior ${q(value)} must be one of: "", "LimitedSwap" or "NoSwap"`,
  },
  {
    field: 'hairpinMode', // :315
    words: () => ['none', 'hairpin-veth', 'promiscuous-bridge'],
    says: (value) => `invalid configuration: option ${q(value)} specified for hairpinMode (--hairpin-mode). Valid options are "none", "hairpin-veth" or "promiscuous-bridge"`,
  },
  {
    field: 'imagePullCredentialsVerificationPolicy', // :324
    ...{ words: () => ['NeverVerify', 'NeverVerifyPreloadedImages', 'NeverVerifyAllowlistedImages', 'AlwaysVerify'], gate: 'KubeletEnsureSecretPulledImages' },
    says: (value) => `invalid configuration: option ${q(value)} specified for imagePullCredentialsVerificationPolicy. Valid options are "NeverVerify", "NeverVerifyPreloadedImages", "NeverVerifyAllowlistedImages" or "AlwaysVerify"`,
  },
  {
    field: 'memoryReservationPolicy', // :388
    ...{ words: () => ['None', 'TieredReservation'], since: 36 },
    says: (value) => `invalid configuration: option ${q(value)} specified for memoryReservationPolicy. Valid options are "None" or "TieredReservation"`,
  },
  {
    field: 'tlsMinVersion', // component-base cli/flag/ciphersuites_flag.go TLSVersion
    words: () => ['', 'VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13'],
    says: (value) => `unknown tls version ${q(value)}`,
  },
  {
    field: 'authorization.mode', // cmd/kubelet/app/auth.go BuildAuthz
    ...{ words: () => ['AlwaysAllow', 'Webhook'], atStart: true },
    says: (value) => `unknown authorization mode ${value}`,
  },
  {
    field: 'cpuManagerPolicy', // kubelet/cm/cpumanager/cpu_manager.go NewManager
    ...{ words: () => ['none', 'static'], atStart: true },
    says: (value) => `unknown policy: ${q(value)}`,
  },
  {
    field: 'memoryManagerPolicy', // kubelet/cm/memorymanager/memory_manager.go NewManager
    ...{ words: () => ['None', 'Static'], atStart: true },
    says: (value) => `unknown policy: ${q(value)}`,
  },
  {
    field: 'configMapAndSecretChangeDetectionStrategy', // kubelet/kubelet.go NewMainKubelet
    ...{ words: () => ['Get', 'Cache', 'Watch'], atStart: true },
    says: (value) => `unknown configmap and secret manager mode: ${value}`,
  },
];

export const choices: Rule = (c) =>
  CHOICES.filter(({ gate, since = 0 }) => c.minor >= since && (gate === undefined || c.gate(gate))).flatMap((choice) => other(c, choice));

function other(c: Case, { field, words, atStart, says }: Choice): Finding[] {
  const value = text(c, field);
  const [name = ''] = field.split('.');
  const allowed = words(c.minor);
  if (allowed.includes(value) || !c.fields.top.some((known) => known.name === name)) return [];
  const named = allowed.filter((word) => word !== '');
  const near = named.find((word) => word.toLowerCase() === value.toLowerCase()) ?? nearest(value, named);
  return [
    refuse(c, {
      ...{ id: 'choice', message: `${field} is ${orList(named)}, here it is ${value === '' ? 'empty' : value}`, at: [field] },
      ...{ labels: [near === undefined ? undefined : `did you mean ${near}?`], kubelet: says(value) },
      when: atStart ? 'start' : 'load',
    }),
  ];
}

export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
