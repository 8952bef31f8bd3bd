/**
 * Loaded before kcfg itself (`node --import`), in every process of it on a pretend node: counts the calls by which that
 * process changes the machine, and kills it with SIGKILL at the one that kill.json names. Patches Node.js, not kcfg.
 *
 * Reads are not counted: dying at a read leaves the same machine as dying at the write before it. Compiled by
 * hooked-node.ts, and only Node.js is imported: the program it is loaded into is a bundle.
 */
import childProcess from 'node:child_process';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** What kill.json holds: a list of these. */
export interface Kill {
  /** Verb behind `kcfg internal`; 'command': a kcfg that a person typed. */
  verb: string;
  /** The call with this number, counted from 1 in the process. */
  call?: number;
  /** Or the record with this number in a journal. */
  record?: number;
  /** `torn`: half of the record is written. */
  when: 'before' | 'after' | 'torn';
  /** Not killed: from there on this program is not installed. */
  missing?: string;
}

const directory = process.env.KCFG_SANDBOX;
const [, , first, second = ''] = process.argv;
const verb = first === 'internal' ? second : 'command';
const { appendFileSync, existsSync, readFileSync } = fs;
const { O_ACCMODE, O_CREAT } = { O_ACCMODE: 3, O_CREAT: fs.constants.O_CREAT };

if (directory !== undefined && existsSync(`${directory}/kill.json`)) {
  const kills = JSON.parse(readFileSync(`${directory}/kill.json`, 'utf8')) as Kill[];
  const firedFile = `${directory}/kill.fired`;
  const fired = existsSync(firedFile) ? readFileSync(firedFile, 'utf8').split('\n') : [];
  const mine = kills.findIndex((kill, index) => kill.verb === verb && !fired.includes(String(index)));
  watch(directory, kills[mine], (what) => {
    appendFileSync(firedFile, `${mine}\n${verb} ${what}\n`);
    process.kill(process.pid, 'SIGKILL');
  });
}

function watch(place: string, kill: Kill | undefined, end: (what: string) => void): void {
  let calls = 0;
  /** The record was written; its fsync is what is waited for. */
  let written = false;
  /** Node.js makes one call out of others: those are not counted by themselves. */
  let inside = false;

  const note = (...args: Parameters<typeof appendFileSync>): void => {
    inside = true;
    appendFileSync(...args);
    inside = false;
  };
  let uninstalled = false;
  const die = (what: string): void => {
    if (kill?.missing !== undefined) {
      uninstalled = true;
      return;
    }
    inside = true;
    end(what);
  };
  type Deed = (...args: unknown[]) => unknown;
  const wrapped = (name: string, deed: Deed): Deed =>
    function (this: unknown, ...args: unknown[]): unknown {
      if (inside) return deed.apply(this, args);
      const line = args.find((arg): arg is string => typeof arg === 'string' && /^[0-9a-f]{16} \{/.test(arg));
      const record = line === undefined ? undefined : Number(/"n":(\d+),/.exec(line)?.[1]);
      const call = ++calls;
      const what = `${call} ${name} ${args.filter((arg) => typeof arg === 'string' || Array.isArray(arg)).join(' ').slice(0, 200).replace(/\s+/g, ' ')}`;
      if (kill === undefined) note(`${place}/kill.calls`, `${verb} ${what}${record === undefined ? '' : ` record ${record}`}\n`);
      const here = kill?.call === call || (record !== undefined && kill?.record === record);
      if (here && kill?.when === 'before') die(what);
      if (uninstalled && name === 'spawn' && args[0] === kill?.missing) args[0] = '/nonexistent/program';
      if (here && kill?.when === 'torn' && line !== undefined) {
        const half = deed.apply(this, args.map((arg) => (arg === line ? line.slice(0, line.length / 2) : arg)));
        if (!(half instanceof Promise)) die(what);
        return Promise.resolve(half).then(() => die(what));
      }
      const after = (): void => {
        if (here && kill?.when === 'after') {
          if (kill.record === undefined) die(what);
          else written = true;
        } else if (written && /sync/i.test(name)) die(what);
      };
      inside = true;
      let result: unknown;
      try {
        result = deed.apply(this, args);
      } finally {
        inside = false;
      }
      if (!(result instanceof Promise)) {
        after();
        return result;
      }
      return result.then((value: unknown) => {
        after();
        return value;
      });
    };
  const patch = (object: object, prefix: string, names: readonly string[]): void => {
    const methods = object as Record<string, Deed | undefined>;
    for (const name of names) {
      const deed = methods[name];
      if (typeof deed === 'function') methods[name] = wrapped(`${prefix}${name}`, deed);
    }
  };

  const WRITERS = ['rename', 'rm', 'rmdir', 'unlink', 'mkdir', 'mkdtemp', 'symlink', 'link', 'chmod', 'lchown', 'chown', 'utimes', 'lutimes', 'truncate', 'writeFile', 'appendFile', 'copyFile', 'cp'];
  const HANDLE = ['write', 'writev', 'writeFile', 'appendFile', 'truncate', 'chmod', 'chown', 'utimes', 'sync', 'datasync'];
  const SYNC = [...WRITERS.map((name) => `${name}Sync`), 'writeSync', 'writevSync', 'ftruncateSync', 'fchmodSync', 'fchownSync', 'futimesSync', 'fsyncSync', 'fdatasyncSync'];
  patch(promises, '', WRITERS);
  patch(fs, '', SYNC);
  patch(childProcess, '', ['spawn']);

  // what opens for writing makes a file, or empties it; its handle's methods are those of every handle
  const writes = (flags: unknown): boolean => (typeof flags === 'number' ? (flags & O_ACCMODE) !== 0 || (flags & O_CREAT) !== 0 : typeof flags === 'string' && !/^rs?$/.test(flags));
  const { open } = promises;
  const countedOpen = wrapped('open', open as Deed) as typeof open;
  let handles = false;
  promises.open = async (...args) => {
    const handle = await (writes(args[1]) ? countedOpen(...args) : open(...args));
    if (!handles) patch(Object.getPrototypeOf(handle) as object, 'handle.', HANDLE);
    handles = true;
    return handle;
  };
  const { openSync } = fs;
  const countedOpenSync = wrapped('openSync', openSync as Deed) as typeof openSync;
  fs.openSync = (...args) => (writes(args[1]) ? countedOpenSync(...args) : openSync(...args));

  if (verb === 'command') {
    syncBuiltinESMExports();
    return;
  }
  const http2 = process.getBuiltinModule('node:http2');
  // of what the runtime is asked only stopping changes anything
  const { connect } = http2;
  http2.connect = ((...args: Parameters<typeof connect>) => {
    const session = connect(...args);
    const request = session.request.bind(session);
    const stop = wrapped('cri.request', request as Deed) as typeof request;
    session.request = (headers, options) => (/\/Stop/.test(String(headers?.[':path'])) ? stop(headers, options) : request(headers, options));
    return session;
  }) as typeof connect;
  syncBuiltinESMExports();
}
