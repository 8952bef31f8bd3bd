/**
 * npm start: the main job of kcfg, shown on a pretend node. Needs Node.js and nothing else.
 *
 * Installs what is missing, builds, stands up a sandbox control plane in a temporary directory, moves its static pods
 * there with the kcfg that was just built, and takes the sandbox away again, also after Ctrl-C. What npm and the build
 * say is kept in a log that is shown only when they fail. Works without a terminal too.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MOVE = ['kcfg', 'set', 'staticPodPath', '/etc/kubernetes/static', '--yes'];
/** A slow network with nothing cached; longer is a hang. */
const INSTALL_MS = 10 * 60_000;
/** The move takes about 4 s, with waits of at most 3 min inside. */
const MOVE_MS = 5 * 60_000;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`error: this is Node.js ${process.versions.node}, and kcfg needs 20.19 or later`);
  process.exit(1);
}
const root = import.meta.dirname;
const main = join(root, 'dist/main.js');
const terminal = process.stdout.isTTY === true;
const unicode = /utf-?8/i.test(process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || '');
const temporary = mkdtempSync(join(tmpdir(), 'kcfg-'));
const log = join(temporary, 'log');
const env = { ...process.env, KCFG_SANDBOX_HOME: join(temporary, 'sandbox') };
let running;
let standing = false;
let interrupted = false;

/** Runs a program to its end. Resolves with its exit status; 1 when it cannot be started or takes too long. */
function run([program, ...args], { shown = false, timeout = INSTALL_MS } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, timeout, stdio: shown ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    running = child;
    if (!shown) {
      const kept = createWriteStream(log, { flags: 'a' });
      child.stdout.pipe(kept, { end: false });
      child.stderr.pipe(kept, { end: false });
      child.once('close', () => kept.end());
    }
    child.once('error', (error) => {
      console.error(`error: ${program}: ${error.message}`);
      resolve(1);
    });
    // What was running at Ctrl-C goes no further: leave() ends the process.
    const before = interrupted;
    child.once('close', (code) => {
      if (interrupted === before) resolve(code ?? 1);
    });
  });
}

const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];

/** What is installed is not what package-lock.json names: nothing is, or the lock has moved on. */
function isStale() {
  const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  try {
    const installed = read('node_modules/.package-lock.json');
    return Object.entries(read('package-lock.json')).some(
      ([path, { version, optional }]) => path !== '' && !optional && installed[path]?.version !== version,
    );
  } catch {
    return true;
  }
}

/** One line for a part of the work: with its time when it is done, and the log when it fails. */
async function part(title, work) {
  const began = performance.now();
  if (terminal) process.stdout.write(`${unicode ? '·' : '-'} ${title}`);
  const code = await work();
  if (terminal) process.stdout.write('\r\x1b[K');
  if (code !== 0) {
    console.log(`${unicode ? '✗' : 'FAIL'} ${title}`);
    console.error(`${readLog()}\nAll of it is in ${log}. Nothing on this machine was changed.`);
    await leave(1);
  }
  const time = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  console.log(`${`${unicode ? '✓ ' : 'ok '} ${title}`.replace('  ', ' ').padEnd(78 - time.length)}${time}`);
}

function readLog() {
  try {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    return (lines.length <= 40 ? lines : [...lines.slice(0, 20), '...', ...lines.slice(-20)]).join('\n');
  } catch {
    return '';
  }
}

/** Takes the sandbox away, files and all, and ends. A log of something that failed stays. */
async function leave(code) {
  if (standing) await run([process.execPath, main, 'sandbox', 'down', '--all'], { timeout: 30_000 });
  standing = false;
  if (code === 0 || code === 130) rmSync(temporary, { recursive: true, force: true });
  else rmSync(env.KCFG_SANDBOX_HOME, { recursive: true, force: true });
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    interrupted = true;
    running?.kill();
    void leave(130);
  });
}

await part(isStale() ? 'Install and build' : 'Build', async () => {
  const installed = isStale() ? await run([...npm, 'ci', '--include=dev', '--no-audit', '--no-fund']) : 0;
  return installed || (await run([process.execPath, join(root, 'build.mjs')]));
});
await part('Pretend control plane cp1', async () => {
  standing = true;
  return await run([process.execPath, main, 'sandbox', 'up', 'cp1'], { timeout: 60_000 });
});
// Without a terminal kcfg leaves the diff out, as scripts want it; here it is half of what is to be seen.
const move = terminal ? MOVE : [...MOVE, '--verbose'];
console.log(`cp1# ${move.join(' ')}`);
const code = await run([process.execPath, main, 'sandbox', 'exec', 'cp1', '--', ...move], { shown: true, timeout: MOVE_MS });
if (code === 0) {
  console.log(`
Nothing on this machine was changed, and the pretend node is gone.
Next
  npx kcfg sandbox up cp1      a pretend node of your own
  npx kcfg sandbox shell cp1   try kcfg in it, as on a node
  npm run package              a package for real nodes: dist/kcfg_*.deb`);
}
await leave(code);
