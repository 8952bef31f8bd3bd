/** A process that takes the lock of the tree in argv[2], says so, and then does nothing until it is killed. */
import { realDisk } from '../../../src/host/disk.ts';
import { openFiles } from '../../../src/host/files.ts';
import { makeLocator } from '../../../src/host/locate.ts';
import { flock } from '../../../src/host/lock.ts';
import { runProgram } from '../../../src/host/run.ts';

const locator = makeLocator(process.argv[2] ?? '');
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
await flock(openFiles(locator, realDisk(runProgram)), locator, own).take('set staticPodPath');
process.stdout.write('taken\n');
setTimeout(() => {}, 30_000);
