/** The API server of a worker that has no control plane in its sandbox: it runs outside of all trees, as long as the node does. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiServerOptions, createApiServer } from './api-server.ts';
import type { Cluster } from './cluster.ts';
import { type Listening, listen } from './listening.ts';
import type { Machine } from './machine.ts';

export interface Outside {
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Does nothing for a node whose API server is in the sandbox. The fault `api-down` of the worker stops it. */
export function createOutside(machine: Machine, cluster: Cluster): Outside {
  const { directory, settings, faults } = machine;
  const file = join(directory, 'outside/tls.json');
  let listening: Promise<Listening> | undefined;
  let wanted = false;
  const follow = async (): Promise<void> => {
    const up = wanted && faults.get('api-down') === undefined;
    if (up && listening === undefined) {
      const tls = JSON.parse(readFileSync(file, 'utf8')) as ApiServerOptions['tls'];
      const { version, speed, ports } = settings;
      listening = listen(createApiServer({ tls, cluster, version, speed, ready: () => true }), ports.api);
      await listening;
    } else if (!up && listening !== undefined) {
      const closing = listening;
      listening = undefined;
      await (await closing).close();
    }
  };
  faults.watch(() => void follow());
  return {
    async open() {
      if (!existsSync(file)) return;
      wanted = true;
      cluster.ready = () => listening !== undefined;
      await follow();
    },
    async close() {
      wanted = false;
      await follow();
    },
  };
}
