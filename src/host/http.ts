/**
 * One HTTP(S) request on a connection of its own, as a new client would make it. The CA is always pinned; nothing here
 * throws: what did not answer is status 0 and a reason.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { Http, HttpAnswer } from './host.ts';

const DEFAULT_TIMEOUT_MS = 1000;
/** /pods of a full node is some MiB; what is beyond is no answer that kcfg could use. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

export const request: Http = (wanted) =>
  new Promise((resolve) => {
    const began = performance.now();
    const limit = wanted.timeout ?? DEFAULT_TIMEOUT_MS;
    let over = false;
    const end = (answer: Omit<HttpAnswer, 'ms'>): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      resolve({ ...answer, ms: performance.now() - began });
      outgoing?.destroy();
    };
    const fail = (error: string): void => end({ status: 0, body: '', error });
    const timer = setTimeout(() => fail(`no answer within ${limit} ms`), limit);
    let outgoing: http.ClientRequest | undefined;
    const receive = (incoming: http.IncomingMessage): void => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BODY_BYTES) fail('the answer is too large');
        else chunks.push(chunk);
      });
      incoming.on('end', () => end({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
      incoming.on('error', (error) => fail(wordsOf(error)));
    };
    try {
      const url = new URL(wanted.url);
      if (url.protocol === 'https:') {
        if (wanted.ca === undefined || wanted.ca.length === 0) return fail('no CA to trust');
        outgoing = https.request(url, { agent: false, ...tlsOptions(wanted) }, receive);
      } else outgoing = http.request(url, { agent: false }, receive);
      outgoing.on('error', (error) => fail(wordsOf(error)));
      outgoing.end();
    } catch (error) {
      fail(wordsOf(error));
    }
  });

/** A host with several addresses fails with an AggregateError, which has a code and no message. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

function tlsOptions({ ca, cert, key, serverName }: Parameters<Http>[0]): https.RequestOptions {
  return {
    ca,
    cert,
    key,
    rejectUnauthorized: true,
    // An address is no server name on the wire (RFC 6066, section 3), and still the name to be checked.
    ...(typeof serverName === 'string' && isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(serverName === undefined
      ? {}
      : { checkServerIdentity: (_, certificate) => (serverName === false ? undefined : checkServerIdentity(serverName, certificate)) }),
  };
}
