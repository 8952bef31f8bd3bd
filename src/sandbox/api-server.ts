/** The answers of a pretend kube-apiserver: health, version, nodes, pods. Health is open to all, objects to its clients. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { type Cluster, mirrorObject, nodeObject } from './cluster.ts';

export interface ApiServerOptions {
  tls: { cert: string; key: string; ca: string };
  cluster: Cluster;
  version: string;
  speed: number;
  /** False: /readyz is 500, as long as etcd does not answer. */
  ready(): boolean;
}

export function createApiServer(options: ApiServerOptions): Server {
  const { tls } = options;
  return createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    response.on('error', () => {});
    answer(options, request, response);
  });
}

const HEALTH = ['/readyz', '/livez', '/healthz'];

function answer({ cluster, version, speed, ready }: ApiServerOptions, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'https://localhost');
  const text = (status: number, body: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
  };
  const json = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const failure = (code: number, reason: string, message: string): void =>
    json(code, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });

  if (HEALTH.includes(url.pathname)) {
    const name = url.pathname.slice(1);
    if (ready()) text(200, url.searchParams.has('verbose') ? `[+]ping ok\n[+]etcd ok\n${name} check passed\n` : 'ok');
    else text(500, `[+]ping ok\n[-]etcd failed: reason withheld\n${name} check failed\n`);
    return;
  }
  if (url.pathname === '/version') {
    const [major, minor] = version.split('.');
    json(200, { major, minor, gitVersion: `v${version}`, platform: 'linux/amd64' });
    return;
  }
  if (!(request.socket as TLSSocket).authorized) {
    failure(403, 'Forbidden', `forbidden: User "system:anonymous" cannot get path "${url.pathname}"`);
    return;
  }
  if (!ready()) {
    failure(500, 'InternalError', 'etcdserver: request timed out');
    return;
  }
  const node = /^\/api\/v1\/nodes\/([^/]+)$/.exec(url.pathname)?.[1];
  if (node !== undefined) {
    const object = nodeObject(cluster, node, speed, version);
    if (object === undefined) failure(404, 'NotFound', `nodes "${node}" not found`);
    else json(200, object);
    return;
  }
  const pods = /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?pods(?:\/([^/]+))?$/.exec(url.pathname);
  if (pods !== null) {
    const [, namespace, name] = pods;
    const on = /spec\.nodeName=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
    const found = [...cluster.mirrors.values()].filter(
      (pod) =>
        (namespace === undefined || pod.namespace === namespace) &&
        (name === undefined || pod.name === name) &&
        (on === undefined || pod.node === on),
    );
    const [first] = found;
    if (name === undefined) json(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: found.map(mirrorObject) });
    else if (first === undefined) failure(404, 'NotFound', `pods "${name}" not found`);
    else json(200, mirrorObject(first));
    return;
  }
  if (url.pathname === '/api/v1/nodes') {
    const items = [...cluster.heartbeats.keys()].map((each) => nodeObject(cluster, each, speed, version));
    json(200, { kind: 'NodeList', apiVersion: 'v1', metadata: {}, items });
    return;
  }
  failure(404, 'NotFound', 'the server could not find the requested resource');
}
