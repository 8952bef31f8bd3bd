/** The kubelet's own log and its traces (component-base logs/api/v1/options.go Validate, tracing/api/v1/config.go@0.37.2). */
import { valueAt } from '../field-path.ts';
import { type Case, duration, flag, integer, list, type Rule, text } from './case.ts';
import type { Finding } from './finding.ts';
import { parseQuantity } from './go-quantity.ts';
import { isMap } from '../merge.ts';
import { refuse } from './refuse.ts';

const MOST = 2147483647;

export const logging: Rule = (c) => [...log(c), ...modules(c), ...options(c), ...traces(c), ...queries(c)];

function log(c: Case): Finding[] {
  const findings: Finding[] = [];
  const format = text(c, 'logging.format');
  if (format !== 'text' && format !== 'json') {
    findings.push(refuse(c, { id: 'choice', message: `logging.format is text or json, here it is ${format === '' ? 'empty' : format}`, at: ['logging.format'], kubelet: `logging.format: Invalid value: ${JSON.stringify(format)}: Unsupported log format` }));
  }
  const flush = duration(c, 'logging.flushFrequency');
  if (flush !== undefined && flush <= 0) {
    findings.push(refuse(c, { id: 'range', message: 'logging.flushFrequency is above 0', at: ['logging.flushFrequency'], kubelet: 'Must be greater than zero' }));
  }
  if (integer(c, 'logging.verbosity') > MOST) {
    findings.push(refuse(c, { id: 'range', message: `logging.verbosity is at most ${MOST}`, at: ['logging.verbosity'], kubelet: `Must be <= ${MOST}` }));
  }
  return findings;
}

function modules(c: Case): Finding[] {
  const items = list(c, 'logging.vmodule');
  const findings: Finding[] = [];
  if (items.length > 0 && text(c, 'logging.format') !== 'text') {
    findings.push(refuse(c, { id: 'log-modules', message: 'logging.vmodule is for logging.format text alone', at: ['logging.vmodule', 'logging.format'], kubelet: 'logging.vmodule: Forbidden: Only supported for text log format' }));
  }
  items.forEach((item, i) => {
    const pattern = isMap(item) && typeof item['filePattern'] === 'string' ? item['filePattern'] : '';
    const level = isMap(item) && typeof item['verbosity'] === 'number' ? item['verbosity'] : 0;
    const at = [['logging', 'vmodule', i]];
    if (pattern === '') findings.push(refuse(c, { id: 'log-modules', message: 'an item of logging.vmodule has no filePattern', at, kubelet: 'File pattern must not be empty' }));
    if (/[=,]/.test(pattern)) findings.push(refuse(c, { id: 'log-modules', message: `the filePattern ${pattern} has an equal sign or a comma`, at, kubelet: 'File pattern must not contain equal sign or comma' }));
    if (level > MOST) findings.push(refuse(c, { id: 'range', message: `verbosity of ${pattern} is at most ${MOST}`, at, kubelet: `Must be <= ${MOST}` }));
  });
  return findings;
}

function options(c: Case): Finding[] {
  if (c.gate('LoggingAlphaOptions')) return [];
  return ['text', 'json'].flatMap((format) => {
    const at = `logging.options.${format}`;
    const split = flag(c, `${at}.splitStream`) ? [`${at}.splitStream`] : [];
    const size = valueAt(c.value, [...at.split('.'), 'infoBufferSize']);
    const buffer = size !== undefined && Math.ceil(parseQuantity(String(size)) ?? 0) !== 0 ? [`${at}.infoBufferSize`] : [];
    return [...split, ...buffer].map((field) =>
      refuse(c, { id: 'needs-gate', message: `${field} needs the feature gate LoggingAlphaOptions, which is off`, at: [field], kubelet: 'Forbidden: Feature LoggingAlphaOptions is disabled' }),
    );
  });
}

function traces(c: Case): Finding[] {
  const findings: Finding[] = [];
  if (typeof c.value['tracing'] !== 'object' || (c.minor <= 33 && !c.gate('KubeletTracing'))) return [];
  const rate = integer(c, 'tracing.samplingRatePerMillion');
  if (rate < 0 || rate > 1000000) {
    findings.push(refuse(c, { id: 'range', message: `tracing.samplingRatePerMillion is from 0 to 1000000, here it is ${rate}`, at: ['tracing.samplingRatePerMillion'], kubelet: rate < 0 ? 'sampling rate must be positive' : 'sampling rate per million must be less than or equal to one million' }));
  }
  const endpoint = valueAt(c.value, ['tracing', 'endpoint']);
  if (typeof endpoint !== 'string') return findings;
  if (endpoint === '' && c.minor <= 30) {
    // its gRPC resolves nothing; later ones take it for the default
    const kubelet = 'could not configure tracer provider: failed to build resolver: passthrough: received empty target in Build()';
    findings.push(refuse(c, { id: 'tracing-endpoint', message: 'tracing.endpoint is empty', at: ['tracing.endpoint'], kubelet }));
  }
  const scheme = endpoint.includes('//') ? /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(endpoint)?.[1]?.toLowerCase() : 'dns';
  if (!['dns', 'unix', 'unix-abstract'].includes(scheme ?? '')) {
    const message = `tracing.endpoint is HOST:PORT, or begins with dns://, unix:// or unix-abstract://, here it is ${endpoint}`;
    findings.push(refuse(c, { id: 'tracing-endpoint', message, at: ['tracing.endpoint'], kubelet: `unsupported scheme: ${scheme ?? ''}.  Options are none, dns, unix, or unix-abstract.` }));
  } else if (!validUrl(endpoint.includes('//') ? endpoint : `dns://${endpoint}`)) {
    findings.push(refuse(c, { id: 'tracing-endpoint', message: `tracing.endpoint is no address: ${endpoint}`, at: ['tracing.endpoint'] }));
  }
  return findings;
}

/** Roughly Go's url.Parse: no control characters and blanks in the host, a port of digits. */
function validUrl(text: string): boolean {
  const authority = /^[^/]*\/\/([^/?#]*)/.exec(text)?.[1] ?? '';
  if (/[\0-\x1f\x7f]/.test(text) || /[ <>"%]/.test(authority)) return false;
  const host = authority.replace(/^.*@/, '');
  return host.startsWith('[') ? /^\[[^\]]*\](:\d*)?$/.test(host) : /^[^:]*(:\d*)?$/.test(host);
}

/** validation.go:398-404@1.37.2 */
function queries(c: Case): Finding[] {
  if (!flag(c, 'enableSystemLogQuery') || flag(c, 'enableSystemLogHandler')) return [];
  const kubelet = 'invalid configuration: enableSystemLogHandler is required for enableSystemLogQuery';
  return [refuse(c, { id: 'log-query', message: 'enableSystemLogQuery needs enableSystemLogHandler, which is off', at: ['enableSystemLogQuery', 'enableSystemLogHandler'], kubelet })];
}
