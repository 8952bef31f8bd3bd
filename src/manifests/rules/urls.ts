/** URLs in flags: those of etcd (client/pkg/types/urls.go, server/embed/config.go checkBindURLs), and --etcd-servers. */
import { isAddress } from '../../kubelet/rules/go-address.ts';

interface Parts {
  scheme: string;
  host: string;
  /** Undefined where there is no colon. */
  port: string | undefined;
  path: string;
}

/** As far as Go's url.Parse; undefined where that refuses the text. */
export function urlParts(text: string): Parts | undefined {
  if (/[\s\p{Cc}]/u.test(text)) return undefined;
  const [, scheme, host = '', port, path = ''] = /^([a-zA-Z][\w+.-]*):\/\/(?:[^/?#@]*@)?(\[[^\]/]*\]|[^:/?#[\]]*)(?::([^/?#]*))?(.*)$/.exec(text) ?? [];
  if (scheme === undefined || (port !== undefined && !/^\d*$/.test(port)) || /[\s<>"^`{|}\\]/.test(host) || /%(?![\da-fA-F]{2})/.test(host)) return undefined;
  return { scheme: scheme.toLowerCase(), host: host.replace(/^\[|\]$/g, ''), port, path };
}

/** Whether Go's url.Parse takes the text (net/url url.go getScheme, parse). */
export function isGoUrl(text: string): boolean {
  if (/\p{Cc}/u.test(text)) return false;
  const rest = /^[a-zA-Z][\w+.-]*:(.*)$/.exec(text)?.[1];
  if (rest === undefined) return text.startsWith('/') || !(text.split('/')[0] ?? '').includes(':');
  return !rest.startsWith('//') || urlParts(text.replace(/^([^:]*:\/\/[^/?#]*).*$/, '$1')) !== undefined;
}

/** What a list of etcd's URLs must be, where it is not. */
export function urlTrouble(value: string, name: string): string | undefined {
  // without one the default counts
  if (name === 'cors' || value === '') return undefined;
  const wanted = 'http:// or https://, address and port';
  for (const text of value.split(',').map((each) => each.trim())) {
    const url = urlParts(text);
    if (url?.scheme === 'unix' || url?.scheme === 'unixs') continue;
    if (url === undefined || !/^https?$/.test(url.scheme) || url.port === undefined || url.path !== '') return wanted;
    if (name.startsWith('listen-') && url.host !== 'localhost' && (!isAddress(url.host) || /(^|\.)0\d/.test(url.host))) return 'URLs with an IP address of this node';
    if (url.host === '' && name.includes('advertise')) return wanted;
  }
  return undefined;
}
