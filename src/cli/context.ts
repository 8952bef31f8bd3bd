/** What every command gets: the node, what was typed, and where its words go. Commands never touch `process`. */
import type { ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Output } from './output.ts';
import type { Request } from './request.ts';

export interface Context {
  host: Host;
  request: Request;
  out: Output;
  /** Version of kcfg, e.g. '0.1.0'. */
  version: string;
  /**
   * While a handler is held, Ctrl-C (SIGINT), SIGTERM and SIGHUP call it and do nothing else; the returned function
   * lets go. With none held they end kcfg at once with 130, 143 or 129.
   */
  onInterrupt(handler: () => void): () => void;
}

/** The shape of every file in src/commands/. */
export interface CommandModule {
  run(context: Context): Promise<ExitStatus>;
}
