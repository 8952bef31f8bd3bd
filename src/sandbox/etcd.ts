/** A pretend etcd member: health over TLS for clients with a certificate, and plain on the metrics URL. Keeps no data. */
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Component, Run } from './component.ts';

const PEER_PORT = 2380;
/** Start to the first answer of a single member, and from SIGTERM to its end: estimates. */
const START_MS = 400;
const STOP_MS = 300;

export function startEtcd(run: Run): Component {
  const { flags, timers, neighbours } = run;
  const port = portOf(flags.get('listen-client-urls')) ?? 2379;
  const metrics = portOf(flags.get('listen-metrics-urls'));
  let ready = false;
  timers.after(100, () => {
    const [cert, key, ca] = [run.file('cert-file'), run.file('key-file'), run.file('trusted-ca-file')];
    if (cert === undefined || key === undefined || ca === undefined) return;
    if (!run.claim(port) || !run.claim(PEER_PORT)) return;
    const health: RequestListener = (request, response) => {
      if (!/^\/(health|readyz|livez)\b/.test(request.url ?? '')) response.writeHead(404).end('404 page not found\n');
      else response.writeHead(ready ? 200 : 503).end(JSON.stringify({ health: String(ready), reason: '' }));
    };
    run.serve(() => createHttpsServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, health), port);
    if (metrics !== undefined) run.serve(() => createHttpServer(health), metrics);
    timers.after(START_MS, () => {
      ready = true;
      neighbours.etcd.set(port, ca);
    });
    run.onGone(() => neighbours.etcd.delete(port));
  });
  return { ready: () => ready, terminate: () => void timers.after(STOP_MS, () => run.exit(0)) };
}

/** The port of the first URL in a list. */
export function portOf(urls: string | undefined): number | undefined {
  try {
    return Number(new URL((urls ?? '').split(',')[0] ?? '').port);
  } catch {
    return undefined;
  }
}
