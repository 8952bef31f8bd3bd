#!/usr/bin/env node
/**
 * The only place where kcfg meets the process: builds the real Host, runs the command line, sets the exit status;
 * nothing else. It loads the parser alone; the machine and the command come by import() when they are needed.
 */
import packageJson from '../package.json' with { type: 'json' };
import { runProgram } from './cli/program.ts';
import { standardStream } from './host/streams.ts';

// What a program that kcfg runs makes is for its owner alone; what kcfg makes for others has its mode set in so many words. The
// pretend node's own files are as on a node.
if (process.argv[2] !== 'sandbox') process.umask(0o077);
const handlers = new Set<() => void>();
const statuses = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const; // 128 + number, as a shell says it
for (const [signal, status] of Object.entries(statuses)) {
  process.on(signal, () => {
    if (handlers.size === 0) process.exit(status);
    for (const handler of [...handlers]) handler();
  });
}
process.exitCode = await runProgram({
  argv: process.argv.slice(2),
  env: process.env,
  // Not process.stdin: opening it costs more than the question whether it is a terminal; so does loading node:tty before it is asked.
  stdin: {
    get isTTY() {
      return process.getBuiltinModule('node:tty').isatty(0);
    },
    asking: () => ({ input: process.stdin, output: process.stdout }),
  },
  stdout: standardStream(1),
  stderr: standardStream(2),
  version: packageJson.version,
  openHost: async (options) => (await import('./host/machine.ts')).openHost(options),
  onInterrupt: (handler) => {
    handlers.add(handler);
    return () => handlers.delete(handler);
  },
});
