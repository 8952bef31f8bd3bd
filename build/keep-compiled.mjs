/**
 * Writes what V8 compiled of one command, after it ran: `node build/keep-compiled.mjs FILE.cjs FILE.compiled -- ARGUMENTS`.
 * A process of its own, because it is the command that runs, with its arguments, its output and its exit.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

const [, , file, kept, , ...argv] = process.argv;
process.argv.splice(1, Infinity, file, ...argv);
const script = new Script(readFileSync(file, 'latin1'), { filename: file });
await script.runInThisContext()(dirname(file), file, (name) => import(join(dirname(file), name)));
writeFileSync(kept, script.createCachedData());
process.exitCode = 0; // what the command found does not matter here
