/**
 * A process in a container of a pretend node: what every component has in common. Its own command line decides, as with
 * the real one: an unknown flag, a missing file or a port in use end it with the real one's last words.
 */
import { readFileSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { basename } from 'node:path';
import { startApiServer } from './api-server-process.ts';
import type { Cluster } from './cluster.ts';
import { startController } from './controllers.ts';
import { startEtcd } from './etcd.ts';
import { flagValues, unknownFlag } from './flags.ts';
import { findInside } from './inside.ts';
import { listen } from './listening.ts';
import type { Machine } from './machine.ts';
import type { Process, Program } from './runtime.ts';
import type { Timers } from './timers.ts';

/** What runs on the node, as components meet one another. */
export interface Neighbours {
  cluster: Cluster;
  /** Port of a client URL → the authority (PEM) that this etcd trusts. */
  etcd: Map<number, string>;
  /** Container of an API server → is it ready? */
  apiServers: Map<string, () => boolean>;
}

/** A running component, to itself. All of it ends with the process. */
export interface Run {
  id: string;
  machine: Machine;
  neighbours: Neighbours;
  flags: Map<string, string>;
  timers: Timers;
  exit(code: number, words?: string): void;
  /** Takes a port; false when someone else has it, and the process has ended in the real one's words. */
  claim(port: number): boolean;
  /** Serves until the process ends, or the returned function is called. A server that cannot be made ends it. */
  serve(create: () => HttpServer | HttpsServer, port: number): () => void;
  onGone(call: () => void): void;
  /** Content of the file that a flag names; undefined when there is none, and the process has ended. */
  file(flag: string): string | undefined;
}
/** `gone` is common to all. */
export type Component = Omit<Process, 'gone'>;

const COMPONENTS: Record<string, (run: Run) => Component> = {
  etcd: startEtcd,
  'kube-apiserver': startApiServer,
  // default secure ports of cmd/kube-controller-manager and cmd/kube-scheduler
  'kube-controller-manager': (run) => startController(run, 10257),
  'kube-scheduler': (run) => startController(run, 10259),
};

export function createProgram(machine: Machine, neighbours: Neighbours): Program {
  return (argv, id, timers, exit) => {
    const name = basename(argv[0] ?? '');
    const flags = flagValues(argv.slice(1));
    const cleanUp: (() => void)[] = [];
    let over = false;
    const end = (code: number, words?: string): void => {
      if (!over) exit(code, words);
    };
    const run: Run = {
      id,
      machine,
      neighbours,
      flags,
      timers,
      exit: end,
      claim(port) {
        if (machine.ports.has(port)) {
          const address = `127.0.0.1:${port}`;
          end(1, `Error: failed to listen on ${address}: listen tcp ${address}: bind: address already in use`);
          return false;
        }
        machine.ports.set(port, id);
        return true;
      },
      serve(create, port) {
        const opening = Promise.resolve()
          .then(() => listen(create(), port))
          .catch((error: Error) => end(1, `Error: ${error.message}`));
        const close = (): void => void opening.then((listening) => listening?.close());
        cleanUp.push(close);
        return close;
      },
      onGone: (call) => cleanUp.push(call),
      file(flag) {
        const path = flags.get(flag);
        const real = path === undefined ? undefined : findInside(machine.root, path);
        if (real !== undefined) return readFileSync(real, 'utf8');
        end(1, path === undefined ? `Error: --${flag} is needed` : `Error: open ${path}: no such file or directory`);
        return undefined;
      },
    };
    const unknown = unknownFlag(name, argv.slice(1));
    const component = unknown === undefined ? (COMPONENTS[name] ?? startAnything)(run) : stopAtOnce(run, name, unknown);
    return {
      ...component,
      gone() {
        over = true;
        for (const [port, holder] of machine.ports) if (holder === id) machine.ports.delete(port);
        for (const call of cleanUp) call();
      },
    };
  };
}

function stopAtOnce(run: Run, program: string, flag: string): Component {
  const words = program === 'etcd' ? `flag provided but not defined: -${flag}` : `Error: unknown flag: --${flag}`;
  run.timers.after(100, () => run.exit(program === 'etcd' ? 2 : 1, words));
  return { ready: () => false, terminate: () => run.exit(0) };
}

/** A web server, a side car: up at once, gone at once. */
function startAnything(run: Run): Component {
  let up = false;
  run.timers.after(200, () => {
    up = true;
  });
  return { ready: () => up, terminate: () => void run.timers.after(100, () => run.exit(0)) };
}
