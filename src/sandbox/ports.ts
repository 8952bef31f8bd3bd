/** Ports for a pretend node: below the range that the kernel gives to clients, and free at the moment. */
import { createServer } from 'node:net';
import type { Ports } from './layout.ts';

/** net.ipv4.ip_local_port_range begins at 32768. */
const FIRST = 20_000;
const LAST = 32_000;

/** A daemon begins at a place of its own: several may look for ports at once, and a stopped server's port looks free. */
let next = FIRST + ((process.pid * 97) % (LAST - FIRST));

export async function allocatePorts(): Promise<Ports> {
  const [healthz, kubelet, api, etcd, etcdMetrics] = [await free(), await free(), await free(), await free(), await free()];
  return { healthz, kubelet, api, etcd, etcdMetrics };
}

async function free(): Promise<number> {
  for (let tries = 0; tries < LAST - FIRST; tries++) {
    const port = next;
    next = next + 1 >= LAST ? FIRST : next + 1;
    if (await canListen(port)) return port;
  }
  throw new Error(`no port between ${FIRST} and ${LAST} is free`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
