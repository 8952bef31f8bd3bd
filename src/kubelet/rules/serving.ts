/** How the kubelet is reached, and whom it lets in (cmd/kubelet/app/server.go InitializeTLS, auth.go, validation.go:404@1.37.2). */
import { nearest } from '../../nearest.ts';
import { type Case, flag, list, type Rule, text, texts } from './case.ts';
import { CIPHER_SUITES, CURVES } from './cipher-suites.ts';
import type { Finding } from './finding.ts';
import { resolved } from './listening.ts';
import { refuse } from './refuse.ts';

export const serving: Rule = (c) => [...tls(c), ...access(c), ...runtime(c), ...hidden(c), ...once(c)];

function tls(c: Case): Finding[] {
  const suites = texts(c, 'tlsCipherSuites').flatMap((name, i) => {
    if (CIPHER_SUITES.includes(name)) return [];
    const near = nearest(name, CIPHER_SUITES);
    const message = `tlsCipherSuites has ${name === '' ? 'an empty name' : name}, which this kubelet does not know`;
    return [refuse(c, { id: 'tls', message, at: [['tlsCipherSuites', i]], labels: [near && `did you mean ${near}?`], kubelet: `Cipher suite ${name} not supported or doesn't exist` })];
  });
  if (suites.length === 0) suites.push(...withoutHttp2(c));
  if (c.minor < 36) return suites;
  const curves = list(c, 'tlsCurvePreferences').flatMap((id, i, all) => {
    if (typeof id !== 'number' || (CURVES.includes(id) && all.indexOf(id) === i)) return [];
    const [message, kubelet] = CURVES.includes(id)
      ? [`the curve ${id} stands twice in tlsCurvePreferences`, `duplicate curve preference ${id}`]
      : [`tlsCurvePreferences has ${id}, and knows ${CURVES.join(', ')}`, `curve preference ${id} is ${id <= 0 || id > 65535 ? 'out of range (must be 1-65535)' : 'not supported by the current Go version'}`];
    return [refuse(c, { id: 'tls', message, at: [['tlsCurvePreferences', i]], kubelet })];
  });
  return [...suites, ...curves];
}

/** golang.org/x/net/http2 ConfigureServer: with TLS below 1.3 one of these two has to be among the suites that are named. */
function withoutHttp2(c: Case): Finding[] {
  const needed = ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'];
  const named = texts(c, 'tlsCipherSuites');
  if (named.length === 0 || !flag(c, 'enableServer') || text(c, 'tlsMinVersion') === 'VersionTLS13' || named.some((name) => needed.includes(name))) return [];
  const kubelet = `http2: TLSConfig.CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher (need at least one of ${needed.join(' or ')})`;
  return [refuse(c, { id: 'tls', message: `tlsCipherSuites has neither ${needed.join(' nor ')}, and HTTP/2 needs one of them`, at: ['tlsCipherSuites'], help: ['add one of the two, or set:', '  tlsMinVersion: VersionTLS13'], kubelet, when: 'start' })];
}

function access(c: Case): Finding[] {
  const file = text(c, 'authentication.x509.clientCAFile');
  const path = resolved(c, 'authentication.x509.clientCAFile', file);
  const missing = file !== '' && c.facts.exists?.(path) === false;
  const findings = missing ? [refuse(c, { id: 'no-such-file', message: `there is no ${path}`, at: ['authentication.x509.clientCAFile'], kubelet: `open ${path}: no such file or directory`, when: 'start' })] : [];
  if (!c.facts.standalone) return findings;
  const webhook = (at: string, what: string): Finding =>
    refuse(c, { id: 'no-kubeconfig', message: `${at} asks the API server, and this kubelet has no kubeconfig`, at: [at], kubelet: `no client provided, cannot use webhook ${what}`, when: 'start' });
  if (flag(c, 'authentication.webhook.enabled')) findings.push(webhook('authentication.webhook.enabled', 'authentication'));
  if (text(c, 'authorization.mode') === 'Webhook') findings.push(webhook('authorization.mode', 'authorization'));
  return findings;
}

function runtime(c: Case): Finding[] {
  if (text(c, 'containerRuntimeEndpoint') !== '') return [];
  const kubelet = 'invalid configuration: the containerRuntimeEndpoint was not specified or empty';
  return [refuse(c, { id: 'no-runtime', message: 'containerRuntimeEndpoint is empty', at: ['containerRuntimeEndpoint'], kubelet })];
}

/** component-base metrics ValidateShowHiddenMetricsVersion: the minor before this one, and no other. */
function hidden(c: Case): Finding[] {
  const value = text(c, 'showHiddenMetricsForVersion');
  const only = `1.${c.minor - 1}`;
  if (value === '' || value === only) return [];
  const kubelet =
    c.minor >= 36
      ? `showHiddenMetricsForVersion: Invalid value: ${JSON.stringify(value)}: must be omitted or have the value '${only}'; only the previous minor version is allowed`
      : `--show-hidden-metrics-for-version must be omitted or have the value '${only}'. Only the previous minor version is allowed`;
  return [refuse(c, { id: 'choice', message: `showHiddenMetricsForVersion is "${only}" or nothing, here it is ${value}`, at: ['showHiddenMetricsForVersion'], kubelet })];
}

function once(c: Case): Finding[] {
  if (!flag(c, 'runOnce')) return [];
  if (c.minor >= 32) {
    const kubelet = 'invalid configuration: runOnce (--runOnce) true, Runonce mode has been deprecated and should not be set';
    return [refuse(c, { id: 'removed', message: 'runOnce is gone since 1.32', at: ['runOnce'], labels: ['take it out'], kubelet })];
  }
  return [refuse(c, { id: 'run-once', message: 'with runOnce the kubelet starts its static pods, and ends', at: ['runOnce'], when: 'start' })];
}
