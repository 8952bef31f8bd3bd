/** Builds the Host: of the running machine, of a tree (`--root DIR`), or of a sandbox node. The one place that reads `process`. */
import { createReadStream, readFileSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { KcfgError } from '../errors.ts';
import { openAudit } from './audit.ts';
import { systemClock } from './clock.ts';
import { LARGEST, realDisk } from './disk.ts';
import { openFiles } from './files.ts';
import type { Cri, Host } from './host.ts';
import { ioError, isMissing } from './io-errors.ts';
import { journalctl } from './journal.ts';
import { makeLocator } from './locate.ts';
import { flock } from './lock.ts';
import { loginOf } from './login.ts';
import { loginName } from './login-name.ts';
import { procfs } from './processes.ts';
import type { Surroundings } from './run.ts';
import { systemctl } from './systemd.ts';

export interface HostOptions {
  /** `--root DIR`: a tree, not the running machine. */
  root?: string;
  /** Directory of a sandbox node, with `root/` and `bin/` in it. */
  sandbox?: string;
}

export async function openHost(options: HostOptions): Promise<Host> {
  // `--root` is asked for; the sandbox is only where one is.
  const sandbox = options.root === undefined ? options.sandbox : undefined;
  const root = await realRoot(sandbox === undefined ? (options.root ?? '/') : join(sandbox, 'root'));
  const live = options.root === undefined;
  const locator = makeLocator(root);
  const surroundings = (): Surroundings => (sandbox === undefined ? {} : { firstInPath: join(sandbox, 'bin'), env: sandboxEnvironment(sandbox) });
  const run: Host['run'] = async (argv, runOptions) => {
    const { runProgram } = await import('./run.ts');
    const [program, ...rest] = argv;
    // A program named by its path on the node lies below the sandbox's root; kcfg itself does not.
    const inside = sandbox !== undefined && isAbsolute(program) && program !== process.execPath;
    return await runProgram([inside ? (await locator.target(program)).machine : program, ...rest], runOptions, surroundings());
  };
  const runHere: Host['run'] = async (argv, runOptions) => (await import('./run.ts')).runProgram(argv, runOptions);
  const disk = realDisk(runHere);
  const files = openFiles(locator, disk);
  const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const runtimes = new Map<string, Promise<Cri>>();
  return {
    root,
    live,
    sandbox: sandbox !== undefined,
    files,
    processes: procfs(files),
    systemd: systemctl(run),
    journal: journalctl(run),
    clock: systemClock(),
    lock: flock(files, locator, me),
    cri: (endpoint) => lazyCri(endpoint, runtimes, async (path) => (await locator.target(path)).machine),
    http: async (request) => (await import('./http.ts')).request(request),
    audit: openAudit(run, sandbox !== undefined),
    run,
    self: [process.execPath, ...process.execArgv, resolve(process.argv[1] ?? '')],
    user: currentUser(me.uid),
    hostname: nodeHostname(root),
    readReport: async (path) => (await own(path, readBounded))?.toString('utf8'),
    readOwn: (path) => own(path, readBounded),
    listOwn: async (path) => (await own(path, (directory) => readdir(directory)))?.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    edit: async (path) => (await import('./editor.ts')).openEditor((await locator.target(path)).machine, process.env),
    playbook: async (request) => (await import('./ansible.ts')).runPlaybook(resolve(process.argv[1] ?? ''), request),
    async writeReport(path, text, mode = 0o600) {
      const here = openFiles(makeLocator('/'), disk);
      await here.write(resolve(path), text, { mode });
    },
  };
}

function sandboxEnvironment(sandbox: string): Record<string, string> {
  return { KCFG_SANDBOX: sandbox, HOME: account(process.getuid?.() ?? 0).home };
}

/** A file of the user's own may be a pipe (`<(…)`, /dev/stdin; `-` is what came in): it has no size, and a device has no end. */
async function readBounded(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  // by number: /dev/stdin cannot be opened where it is a socket
  const stream = path === '-' ? createReadStream('', { fd: 0, autoClose: false }) : createReadStream(path);
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST) throw Object.assign(new Error('EFBIG: file too large, read'), { code: 'EFBIG', syscall: 'read' });
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Of the user's own files. Undefined when it is missing. */
async function own<T>(path: string, read: (path: string) => Promise<T>): Promise<T | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError('read', path, error);
  }
}

/** The root of a tree must be free of links itself: everything below is resolved against it. */
async function realRoot(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    if (!isMissing(error)) throw ioError('look at', path, error);
  }
  throw new KcfgError('io', `there is no directory ${path}`, { where: [{ file: path }] });
}

/** protobuf is loaded with the first call, not with the Host. */
function lazyCri(endpoint: string, open: Map<string, Promise<Cri>>, machinePath: (path: string) => Promise<string>): Cri {
  const load = (): Promise<Cri> => {
    const known = open.get(endpoint);
    if (known !== undefined) return known;
    const path = endpoint.replace(/^unix:\/\//, '');
    if (!path.startsWith('/')) {
      throw new KcfgError('runtime-down', `the runtime's endpoint is no unix socket: ${endpoint}`, { help: ['containerRuntimeEndpoint is written unix:///run/containerd/containerd.sock'] });
    }
    const opening = Promise.all([import('./cri.ts'), machinePath(path)]).then(([{ openCri }, socket]) => openCri(endpoint, socket));
    open.set(endpoint, opening);
    return opening;
  };
  return {
    endpoint,
    version: async () => (await load()).version(),
    sandboxes: async () => (await load()).sandboxes(),
    containers: async () => (await load()).containers(),
    status: async (id) => (await load()).status(id),
    config: async (id) => (await load()).config(id),
    images: async () => (await load()).images(),
    stop: async (id, seconds) => (await load()).stop(id, seconds),
  };
}

/** A container may run under a number that has no name. Looked up when asked for: libc loads three libraries for it. */
function account(uid: number): { name: string; home: string } {
  try {
    const { username, homedir } = userInfo();
    return { name: username, home: homedir };
  } catch {
    return { name: String(uid), home: '/' };
  }
}

/** Who runs kcfg, and who is behind sudo. */
function currentUser(uid: number): Host['user'] {
  return {
    uid,
    get name() {
      return account(uid).name;
    },
    get login() {
      return loginName(process.env, () => account(uid).name);
    },
    get session() {
      return loginOf();
    },
  };
}

/** A tree has a host name of its own; the kernel's is the machine's. */
function nodeHostname(root: string): string {
  if (root === '/') return hostname();
  try {
    return readFileSync(join(root, 'etc/hostname'), 'utf8').trim() || hostname();
  } catch {
    return hostname();
  }
}
