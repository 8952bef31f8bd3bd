/**
 * The only door to the machine: what kcfg may ask of a node, as interfaces.
 *
 * main.ts builds one Host and hands it down as the first argument; nothing else touches `process`, the clock,
 * the console or a file. All paths are the node's own absolute paths; a Host made for a tree (`--root DIR`, the
 * sandbox) maps them below its root, and links in them resolve inside that root.
 */
import type { Mount } from './mounts.ts';
import type { PlaybookEnd, PlaybookRequest } from './playbook.ts';
import type { Cri } from './pod-runtime.ts';

export type { Mount } from './mounts.ts';
export type { Container, ContainerConfig, ContainerState, ContainerStatus, Cri, PodSandbox } from './pod-runtime.ts';

export interface Host {
  /** '/' on a running machine; the directory of the tree with `--root`, or of a sandbox node. */
  readonly root: string;
  /** False with `--root`: there is no systemd, no kubelet, no runtime to ask. */
  readonly live: boolean;
  /** True on a pretend node: said on screen, so that no one takes it for a machine. */
  readonly sandbox: boolean;
  readonly files: Files;
  readonly processes: Processes;
  readonly systemd: Systemd;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly lock: Lock;
  /** CRI v1 at an endpoint such as `unix:///run/containerd/containerd.sock`. Opens nothing until first used. */
  cri(endpoint: string): Cri;
  /** HTTP(S) to the kubelet or an API server of this node. */
  http: Http;
  /** One entry in journald, best effort: an audit entry never fails a change. Keys are upper-case `KCFG_*`. */
  audit(message: string, fields: Record<string, string>): Promise<void>;
  /** Runs a binary with an argument array, no shell. Never rejects for an exit status. */
  run(argv: readonly [string, ...string[]], options?: RunOptions): Promise<RunResult>;
  /** The program itself as an argument array that starts kcfg again (`[node, /path/main.js]`), for units. */
  readonly self: readonly string[];
  /** Who runs kcfg: the login name behind sudo where there is one, else the user. */
  readonly user: { uid: number; name: string; login: string; /** Differs for every login (login.ts). */ readonly session: string };
  readonly hostname: string;
  /** A file of the user's own, by a path relative to where kcfg was started, never below the root of a tree. */
  readReport(path: string): Promise<string | undefined>;
  /** The same as bytes (`-`: standard input), and the names in a directory of the user's own, byte-sorted. */
  readOwn(path: string): Promise<Buffer | undefined>;
  listOwn(path: string): Promise<string[] | undefined>;
  /** Opens a file of the node in the user's editor ($VISUAL, $EDITOR, else vi), on this terminal, and waits. Undefined: ended by a signal. */
  edit(path: string): Promise<number | undefined>;
  /** Writes one, replaced atomically; 0600 unless others are to read it. */
  writeReport(path: string, text: string, mode?: number): Promise<void>;
  /** `ansible-playbook` of the user's, with kcfg's collection. Never rejects for how it ended. */
  playbook(request: PlaybookRequest): Promise<PlaybookEnd>;
}

export interface RunOptions {
  /** Milliseconds; default 30 s. */
  timeout?: number;
  input?: string;
  env?: Record<string, string>;
  cwd?: string;
}
export interface RunResult {
  /** Undefined when the binary is missing or the command was killed. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  /** The binary does not exist. */
  missing: boolean;
}

export type FileKind = 'file' | 'directory' | 'link' | 'other';
/** What `lstat(2)` says, and the target of a link. Times in nanoseconds since the epoch, as decimal text. */
export interface FileInfo {
  path: string;
  kind: FileKind;
  size: number;
  /** Permission bits, e.g. 0o600. */
  mode: number;
  uid: number;
  gid: number;
  mtimeNs: string;
  /** When anything of it changed last; nobody can set it. */
  ctimeNs: string;
  /** Device and inode as decimal text: two paths are one file when both agree. */
  dev: string;
  ino: string;
  nlink: number;
  target?: string;
}
export interface Attributes {
  mode: number;
  uid: number;
  /** A negative one means: as it is. */
  gid: number;
  mtimeNs?: string;
}
/**
 * Lossless files. Every change is durable when its promise resolves: written to a hidden temporary name in the same
 * directory, fsynced, renamed, and the directory fsynced. Errors are `KcfgError` with code `io`, `no-space` or
 * `read-only`, naming the path. Nothing follows a link in the last component unless it says so.
 */
export interface Files {
  /** Follows links (inside the root). Undefined when there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Of a large file some bytes, fewer at its end. Follows links (inside the root). Undefined when there is no such file. */
  readPart(path: string, offset: number, length: number): Promise<Buffer | undefined>;
  /** lstat. Undefined when nothing is there (ENOENT, ENOTDIR). */
  info(path: string): Promise<FileInfo | undefined>;
  /** stat: follows links. Undefined when nothing is there or a link dangles; kind is never 'link'. */
  target(path: string): Promise<FileInfo | undefined>;
  /** Names in a directory, byte-sorted. Undefined when it is missing. */
  list(path: string): Promise<string[] | undefined>;
  /** The path with every link resolved (inside the root). Throws `link-loop`; undefined when missing. */
  resolve(path: string): Promise<string | undefined>;
  /** The mount that holds the path, or its nearest existing parent. */
  mount(path: string): Promise<Mount>;
  /** Bytes an ordinary write may still take there. */
  free(path: string): Promise<number>;
  /**
   * Replaces or creates a file. When it replaces, owner, mode and xattrs (SELinux label, ACL) are the old file's;
   * `attributes` override. A new file gets `attributes` (needed), as root-owned 0600 by default; with `like` it has all else,
   * ACL and label, of that file.
   */
  write(path: string, content: Uint8Array | string, attributes?: Partial<Attributes>, like?: string): Promise<void>;
  /** A copy with owner, mode, times and xattrs (`cp --preserve=all`), via a hidden name and rename. Not through links. */
  copy(from: string, to: string): Promise<void>;
  /** Appends and fsyncs: for journals. Creates with 0600. */
  append(path: string, content: string): Promise<void>;
  /** One level; fails when the parent is missing. No error when the directory exists already. */
  mkdir(path: string, attributes: Attributes): Promise<void>;
  /** Atomic within one filesystem; fsyncs both directories. Falls through EXDEV as an `io` error. */
  rename(from: string, to: string): Promise<void>;
  /** Puts a link in place, replacing a link or file of that name atomically. */
  link(path: string, target: string): Promise<void>;
  /** A second name for the same file, on the same filesystem: it takes no room, and a rename brings back the very file. Fails where `name` is taken. */
  secondName(path: string, name: string): Promise<void>;
  /** Removes a file, link or empty directory. No error when it is gone already. */
  remove(path: string): Promise<void>;
  /** Sets owner, mode and mtime of a file or directory that exists. */
  setAttributes(path: string, attributes: Partial<Attributes>): Promise<void>;
  /** Calls back (at most every 50 ms) when the file grows, until the signal aborts. For watching a change. */
  follow(path: string, onText: (text: string) => void, signal: AbortSignal): Promise<void>;
}

export interface Processes {
  /** argv from /proc/PID/cmdline; undefined when the process is gone. */
  argv(pid: number): Promise<string[] | undefined>;
  /** Inodes (decimal text, as FileInfo.ino) that the process watches with inotify, from /proc/PID/fdinfo. */
  watchedInodes(pid: number): Promise<Set<string>>;
  /** Main processes of a service from its cgroup (v1 or v2), without asking systemd. First is the oldest. */
  ofService(unit: string): Promise<number[]>;
  /** When the process started, to about a second; undefined when it is gone. */
  startedAt(pid: number): Promise<Date | undefined>;
  /** Of this boot; empty where there is none. */
  bootId(): Promise<string>;
}

export interface Systemd {
  /** `systemctl show -p …`. Unknown units answer too: look at LoadState. Throws `host-command`. */
  show(unit: string, properties: readonly string[]): Promise<Record<string, string>>;
  /** Blocks on the job. `timeout` in ms, default 200 s. Throws `host-command` with systemd's own words. */
  job(verb: 'start' | 'stop' | 'restart' | 'reset-failed', unit: string, options?: { timeout?: number }): Promise<void>;
  /** A transient service (`systemd-run`), returns when it was started; with `afterSeconds`, when the timer that starts it runs. */
  runService(unit: string, argv: readonly string[], properties: readonly string[], afterSeconds?: number): Promise<void>;
}

/** Lines of journald, oldest first. */
export interface JournalEntry {
  /** Seconds since the epoch. */
  at: number;
  message: string;
  identifier: string;
  /** syslog priority 0-7 */
  priority: number;
  fields: Record<string, string>;
}
export interface Journal {
  /** A cursor for "from now on"; undefined where there is no journal. */
  cursor(unit?: string): Promise<string | undefined>;
  entries(options: { unit?: string; identifier?: string; after?: string; last?: number; /** Only these, which is a third of the work; time and cursor are always there. */ fields?: readonly string[] }): Promise<JournalEntry[]>;
}

export interface Clock {
  now(): Date;
  /** Monotonic seconds. */
  seconds(): number;
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Lock {
  /** Takes the one lock of this node within half a second, or throws `locked` with the holder's words. The kernel frees it when we die. */
  take(holder: string): Promise<() => Promise<void>>;
  /** True when someone holds it now. Takes nothing. */
  held(): Promise<boolean>;
}

export interface HttpRequest {
  url: string;
  /** PEM text. Without `ca`, https is refused. */
  ca?: string[];
  cert?: string;
  key?: string;
  /** The name the certificate must carry; `false` when only the CA counts (the kubelet's own self-signed one). */
  serverName?: string | false;
  /** ms, default 1000. */
  timeout?: number;
}
export interface HttpAnswer {
  /** 0 when nothing answered in time; `error` says why. */
  status: number;
  body: string;
  error?: string;
  /** Milliseconds to the end of the body. */
  ms: number;
}
export type Http = (request: HttpRequest) => Promise<HttpAnswer>;
