/**
 * What a pretend kubelet answers: /healthz on its plain port, and /configz, /pods, /metrics on the secure one, where
 * every right is asked of the API server (webhook): without it the answer is 500, and a refusal is remembered for 30 s.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { findInside } from './inside.ts';
import { Refusal, type Settings } from './kubelet-config.ts';
import { type Listening, listen } from './listening.ts';
import type { Machine } from './machine.ts';

/** cacheUnauthorizedTTL, v1beta1/defaults.go; seen on the lab. */
const REFUSAL_MS = 30_000;

export interface KubeletAnswers {
  settings: Settings;
  /** 'up', 'starting' (listens, not ready) or 'down'. */
  apiServer(): 'up' | 'starting' | 'down';
  pods(): object[];
  metrics(): string;
}

/** Serves until the returned function is called. Ports are those of the settings. Throws Refusal for bad certificates. */
export function serveKubelet(machine: Machine, answers: KubeletAnswers): () => void {
  const { settings } = answers;
  const open: Promise<Listening>[] = [];
  const healthzPort = typeof settings.healthzPort === 'number' ? settings.healthzPort : 10248;
  if (healthzPort !== 0) {
    const healthz = createHttpServer((request, response) => {
      if (request.url === '/healthz') response.end('ok');
      else response.writeHead(404).end('404 page not found\n');
    });
    open.push(listen(healthz, healthzPort));
  }
  const file = (path: string): string => readFileSync(findInside(machine.root, path) ?? '/dev/null', 'utf8');
  const tls = {
    cert: file('/var/lib/kubelet/pki/kubelet.crt'),
    key: file('/var/lib/kubelet/pki/kubelet.key'),
    ca: file(clientAuthority(settings)),
  };
  const authorize = createAuthorizer(machine, answers);
  const respond: RequestListener = (request, response) => {
    const denied = authorize(request.socket as TLSSocket);
    if (denied !== undefined)
      response.writeHead(denied).end(denied === 401 ? 'Unauthorized' : denied === 403 ? 'Forbidden' : 'Internal Server Error');
    else answer(answers, request.url ?? '/', response);
  };
  open.push(listen(secureServer(tls, respond), typeof settings.port === 'number' ? settings.port : 10250));
  for (const each of open) {
    each.catch((error: Error) =>
      machine.journal.write({
        at: machine.now(),
        unit: 'kubelet.service',
        identifier: 'kubelet',
        pid: 0,
        priority: 3,
        message: error.message,
      }),
    );
  }
  return () => {
    for (const each of open) each.then((listening) => listening.close()).catch(() => {});
  };
}

function secureServer(tls: { cert: string; key: string; ca: string }, respond: RequestListener): Server {
  try {
    return createHttpsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, respond);
  } catch (error) {
    throw new Refusal(`failed to run Kubelet: ${(error as Error).message}`);
  }
}

function clientAuthority(settings: Settings): string {
  const authentication = settings.authentication as { x509?: { clientCAFile?: string } } | undefined;
  return authentication?.x509?.clientCAFile ?? '/etc/kubernetes/pki/ca.crt';
}

function createAuthorizer(machine: Machine, { apiServer }: KubeletAnswers): (socket: TLSSocket) => 401 | 403 | 500 | undefined {
  let allowedBefore = false;
  const refusedUntil = new Map<string, number>();
  return (socket) => {
    if (!socket.authorized) return 401;
    const { O: organization, CN } = socket.getPeerCertificate().subject;
    const user = String(CN);
    const admin = organization === 'kubeadm:cluster-admins' || organization === 'system:masters';
    const api = apiServer();
    // a kubelet that was told so goes on for cacheAuthorizedTTL, 5 min
    if (admin && allowedBefore) return undefined;
    if (Date.now() < (refusedUntil.get(user) ?? 0)) return 403;
    if (api === 'down') return 500;
    if (admin && api === 'up') {
      allowedBefore = true;
      return undefined;
    }
    refusedUntil.set(user, Date.now() + REFUSAL_MS / machine.timers.speed);
    return 403;
  };
}

function answer({ settings, pods, metrics }: KubeletAnswers, path: string, response: ServerResponse): void {
  const json = (body: object): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (path === '/configz') json({ kubeletconfig: settings });
  else if (path === '/pods' || path === '/pods/') {
    const items = pods();
    json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: items.length === 0 ? null : items });
  } else if (path === '/metrics') response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics());
  else if (path === '/healthz') response.writeHead(200).end('ok');
  else response.writeHead(404).end('404 page not found\n');
}
