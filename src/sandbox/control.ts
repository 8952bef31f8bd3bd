/**
 * The daemon's control socket: one JSON document each way, then the connection closes. Spoken by the programs of the
 * nodes, by `kcfg sandbox`, and by tests.
 */
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { KcfgError } from '../errors.ts';
import type { FaultName } from './faults.ts';
import type { NodeSettings } from './layout.ts';
import type { Container, Sandbox } from './runtime.ts';
import type { ProgramAnswer, ProgramRequest } from './scripts.ts';

export interface UpRequest {
  op: 'up';
  name: string;
  worker?: boolean;
  speed?: number;
  version?: string;
  /** Node path → content, or null to take a file away, before the first boot. */
  files?: Record<string, string | null>;
}
export type ControlRequest =
  | ProgramRequest
  | UpRequest
  | { op: 'down'; name?: string }
  | { op: 'list' }
  | { op: 'reboot'; name: string }
  | { op: 'fault'; name: string; fault: FaultName; argument: unknown }
  | { op: 'state'; name: string };

export interface NodeState {
  settings: NodeSettings;
  containers: Container[];
  sandboxes: Sandbox[];
  mirrors: { name: string; hash: string }[];
}
/** What each request is answered with. */
export interface ControlAnswers {
  program: ProgramAnswer;
  up: { settings: NodeSettings; seconds: number; existed: boolean };
  down: { names: string[] };
  list: { nodes: NodeSettings[] };
  reboot: object;
  fault: object;
  state: NodeState;
}
export type Handle = (request: ControlRequest) => Promise<object>;

/** Resolves when it listens; undefined when another daemon answers on the socket already. */
export async function serveControl(socket: string, handle: Handle): Promise<Server | undefined> {
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    let text = '';
    connection.on('error', () => {});
    connection.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    connection.on('end', async () => {
      try {
        connection.end(JSON.stringify(await handle(JSON.parse(text) as ControlRequest)));
      } catch (error) {
        const { code, help, notes } =
          error instanceof KcfgError ? error : { code: undefined, help: [], notes: [String((error as Error).stack)] };
        connection.end(JSON.stringify({ error: { code: code ?? 'sandbox', message: (error as Error).message, help, notes } }));
      }
    });
  });
  for (const attempt of [1, 2]) {
    try {
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
      chmodSync(socket, 0o600);
      return server;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === 2) throw error;
      if (await answers(socket)) return undefined;
      rmSync(socket, { force: true }); // left behind by a daemon that was killed
    }
  }
  return server;
}

/** Is anyone behind the socket? */
export function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket, () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}

/** Asks the daemon. Throws `sandbox` when none answers, and what the daemon throws. */
export async function ask<R extends ControlRequest>(socket: string, request: R): Promise<ControlAnswers[R['op']]> {
  const text = await new Promise<string>((resolve, reject) => {
    let received = '';
    const connection = connect(socket, () => connection.end(JSON.stringify(request)));
    connection.once('error', reject);
    connection.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
    });
    connection.once('end', () => resolve(received));
  }).catch((cause: unknown) => {
    throw new KcfgError('sandbox', 'no sandbox is up', { help: ['kcfg sandbox up cp1'], cause });
  });
  const answer = JSON.parse(text) as { error?: { code: 'usage' | 'sandbox'; message: string; help: string[]; notes: string[] } };
  if (answer.error !== undefined) {
    const { code, message, help, notes } = answer.error;
    throw new KcfgError(code, message, { help, notes });
  }
  return answer as ControlAnswers[R['op']];
}
