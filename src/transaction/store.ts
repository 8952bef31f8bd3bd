/**
 * /var/lib/kcfg: one numbered folder for each change, private to root (0700; files 0600).
 *
 *   ID/plan.json      the plan, as shown
 *   ID/journal        write-ahead record (journal.ts)
 *   ID/events         what the change said while it ran, JSON lines (report/event.ts)
 *   ID/outcome.json   how it ended
 *   ID/old/…          every file that the change touches, as it was, under its own path
 *   ID/README, undo.sh   for the day kcfg itself is gone
 *   ID/pruned         when old/ and the like were taken away, as history is kept only so long (retention.ts)
 *   ID/program/       the kcfg that runs this change: an upgrade in the middle does not swap it
 *   pending           number of the change that is not decided yet: written before its first record, removed after its last
 *   notice            number of a change that was cut off, or went back by itself, and that nobody has looked at yet
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Birth, Plan } from '../plan/plan.ts';
import type { Outcome } from '../report/event.ts';

export const STORE = '/var/lib/kcfg';
export const PENDING = `${STORE}/pending`;
export const NOTICE = `${STORE}/notice`;
/** Of a change. Fifteen digits are more than there will ever be, and a number still. */
const ID = /^[1-9]\d{0,14}$/;
const PRIVATE_DIR = { mode: 0o700, uid: 0, gid: 0 };
const PRIVATE_FILE = { mode: 0o600, uid: 0, gid: 0 };

/** Owner of kcfg's files: root, or the user of a pretend node. */
export function ownedBy(host: Host, attributes: typeof PRIVATE_DIR): typeof PRIVATE_DIR {
  return host.user.uid === 0 ? attributes : { ...attributes, uid: host.user.uid, gid: -1 };
}

export interface Meta {
  who: string;
  startedAt: string;
  /** The login that asked for it (host/login.ts). */
  login?: string;
  /** Seconds of trial after the last step: goes back unless it is confirmed from another login. */
  confirmWithin?: number;
}
export interface Folder {
  readonly id: string;
  readonly path: string;
}

/** Throws `no-such-change` for what is no number: it becomes a part of paths. */
export function folderOf(id: string): Folder {
  if (!ID.test(id)) throw new KcfgError('no-such-change', `there is no change ${id}`, { help: ['see them all: kcfg history'] });
  return { id, path: `${STORE}/${id}` };
}

/** Numbers of all changes, oldest first. */
export async function listIds(host: Host): Promise<string[]> {
  const names = (await host.files.list(STORE)) ?? [];
  return names.filter((name) => ID.test(name)).sort((a, b) => Number(a) - Number(b));
}

export async function nextId(host: Host): Promise<string> {
  return String(Number((await listIds(host)).at(-1) ?? 0) + 1);
}

/** The program (1.5 MiB), old files and the journal; an outcome that cannot be written would call for a person. */
const NEEDED_BYTES = 8 * 1024 * 1024;

/** Before anything is asked. Throws `no-space`. */
export async function refuseFullStore(host: Host): Promise<void> {
  if ((await host.files.free(STORE)) >= NEEDED_BYTES) return;
  throw new KcfgError('no-space', `less than 8 MiB is free for ${STORE}`, {
    where: [{ file: STORE }],
    notes: ['each change keeps there what it needs to go back'],
    help: ['make room there first; this shows it:', `  df -h ${STORE}`],
  });
}

/** Makes the folder of a change, puts the plan into it and says that it is pending. Under the lock. Throws `stale-plan` when the number is taken. */
export async function createFolder(host: Host, plan: Plan, meta: Meta): Promise<Folder> {
  await makePrivate(host, STORE);
  await requireOwnStore(host);
  const folder = folderOf(plan.id);
  if ((await host.files.info(folder.path)) !== undefined) {
    throw new KcfgError('stale-plan', `change ${plan.id} was made since this plan`, { help: ['make the plan anew'] });
  }
  await makePrivate(host, folder.path);
  await writePrivate(host, `${folder.path}/meta.json`, JSON.stringify(meta));
  await writePrivate(host, `${folder.path}/plan.json`, JSON.stringify(plan));
  await writePrivate(host, PENDING, `${plan.id}\n`);
  await host.files.remove(NOTICE);
  return folder;
}

/** Who may write there may have kcfg undo what he likes. Being read by others alone is mended. Throws `unsafe-owner`. */
async function requireOwnStore(host: Host): Promise<void> {
  const info = await host.files.info(STORE);
  if (info?.kind !== 'directory' || info.uid !== host.user.uid || (info.mode & 0o022) !== 0) {
    throw new KcfgError('unsafe-owner', `${STORE} is not kcfg's own`, {
      where: [{ file: STORE, ...(info === undefined ? {} : { label: `owner ${info.uid}, mode ${info.mode.toString(8).padStart(4, '0')}` }) }],
      notes: ['whoever may write to it can make kcfg undo what was never done'],
      help: ['look at what is in it, then move it away, or take it over:', `  ls -la ${STORE}`, `  chown ${host.user.uid} ${STORE} && chmod 0700 ${STORE}`],
    });
  }
  if (info.mode !== PRIVATE_DIR.mode) await host.files.setAttributes(STORE, { mode: PRIVATE_DIR.mode });
}

export async function makePrivate(host: Host, path: string): Promise<void> {
  await host.files.mkdir(path, ownedBy(host, PRIVATE_DIR));
}
export async function writePrivate(host: Host, path: string, content: string): Promise<void> {
  await host.files.write(path, content, ownedBy(host, PRIVATE_FILE));
}

let asBegun: Promise<typeof import('./as-begun.ts')> | undefined;

/**
 * The plan, as it was when its change began: its hash is in the journal's first record. One that was edited since is never
 * carried out, nor undone by. Throws `no-such-change`, `damaged-record`.
 */
export async function readPlan(host: Host, folder: Folder): Promise<Plan> {
  const path = `${folder.path}/plan.json`;
  const plan = await readJson<Plan>(host, path);
  if (plan === undefined) {
    throw new KcfgError('no-such-change', `there is no change ${folder.id}`, { help: ['see them all: kcfg history'] });
  }
  // loaded here: each start of kcfg loads this file, and node:crypto takes 5 ms
  asBegun ??= import('./as-begun.ts');
  const { isAsBegun } = await asBegun;
  if (await isAsBegun(host, folder, plan)) return plan;
  throw damaged(path, 'is not the plan that this change began with', folder);
}

export const readMeta = (host: Host, folder: Folder): Promise<Meta | undefined> => readJson<Meta>(host, `${folder.path}/meta.json`);
export const readOutcome = (host: Host, folder: Folder): Promise<Outcome | undefined> => readJson<Outcome>(host, `${folder.path}/outcome.json`);
export async function writeOutcome(host: Host, folder: Folder, outcome: Outcome): Promise<void> {
  await writePrivate(host, `${folder.path}/outcome.json`, JSON.stringify(outcome));
}

/** Number of the change that is not decided yet. Throws `damaged-record`. */
export async function pendingId(host: Host): Promise<string | undefined> {
  const text = (await host.files.read(PENDING))?.toString('utf8').trim();
  if (text === undefined || text === '') return undefined;
  // it becomes a part of paths
  if (!ID.test(text)) throw damaged(PENDING, 'is not the number of a change');
  return text;
}

/** Someone has looked at that change: it is not told any more. */
export async function clearNotice(host: Host, id: string): Promise<void> {
  if ((await host.files.read(NOTICE))?.toString('utf8').trim() === id) await host.files.remove(NOTICE);
}

/** Where the UIDs of pods come from, by every change that was kept or undone, newest first. */
export async function readBirths(host: Host): Promise<Birth[]> {
  return (await readPlans(host)).reverse().flatMap((plan) => plan.births);
}

/** Paths of directories that made way for a link, by any change. */
export async function readBridges(host: Host): Promise<Set<string>> {
  return new Set((await readPlans(host)).flatMap((plan) => plan.steps.flatMap((step) => (step.kind === 'link-directory' ? [step.path] : []))));
}

/** Of all changes, the oldest first. A new change stands on what they say: with one that is damaged there is none. */
async function readPlans(host: Host): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const id of await listIds(host)) {
    const folder = folderOf(id);
    const plan = await readPlan(host, folder).catch((error: unknown) => {
      // its folder was made, and the machine died before more was written
      if (error instanceof KcfgError && error.code === 'no-such-change') return undefined;
      throw error;
    });
    if (plan === undefined) continue;
    if (!Array.isArray(plan.births) || !Array.isArray(plan.steps)) throw damaged(`${folder.path}/plan.json`, 'is not what kcfg wrote', folder);
    plans.push(plan);
  }
  return plans;
}

async function readJson<T>(host: Host, path: string): Promise<T | undefined> {
  const bytes = await host.files.read(path);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged(path, 'cannot be read');
  }
  if (typeof value !== 'object' || value === null) throw damaged(path, 'is not what kcfg wrote');
  return value as T;
}

function damaged(path: string, what: string, folder?: Folder): KcfgError {
  return new KcfgError('damaged-record', `${path} ${what}`, {
    where: [{ file: path }],
    notes: ['until it is mended, kcfg only reads'],
    help: folder === undefined ? ['look at it, and at the changes:', `  ls -la ${STORE}`, '  kcfg history'] : [`what it did, and how to undo it by hand: ${folder.path}/README`, 'a change that is over can be taken out of history:', `  mv ${folder.path} /root/`],
    outcome: 'A person is needed.',
  });
}
