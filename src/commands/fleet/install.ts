/**
 * `kcfg fleet install FILE.deb` and `uninstall`: kcfg's package on many nodes, by the role `kcfg.node.kcfg`, which looks at each
 * node before it touches it. No kubelet is touched, so all nodes are gone to at once.
 */
import { basename, dirname } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { isOn } from '../../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../../errors.ts';
import { installEnd } from '../../fleet/install-end.ts';
import { installPlays } from '../../fleet/plays.ts';
import { runPlays } from '../../fleet/run-plays.ts';
import { names } from '../../report/fleet.ts';
import { count } from '../../report/format.ts';
import { openReader } from '../../report/reader.ts';
import { agreed } from './carry-out.ts';
import { nodesOf } from './target.ts';

const HELP = 'kcfg fleet install kcfg_VERSION_ARCHITECTURE.deb -i INVENTORY';

export async function install(context: Context, words: readonly string[]): Promise<ExitStatus> {
  const [file = ''] = words;
  const name = basename(file);
  // the role compares this name with what the package says of itself
  const version = /^kcfg_([^_]+)_[a-z0-9]+\.deb$/.exec(name)?.[1];
  if (version === undefined) throw new KcfgError('usage', file === '' ? 'the package is missing' : `${file} is not named as a package of kcfg is`, { help: [HELP] });
  if ((await context.host.listOwn(dirname(file)))?.includes(name) !== true) throw new KcfgError('usage', `there is no file ${file}`, { help: [HELP] });
  return await go(context, { help: HELP, question: `Install kcfg ${version}?`, vars: { kcfg_package: name }, beside: [file], done: `kcfg ${version} is on` });
}

export async function uninstall(context: Context): Promise<ExitStatus> {
  const purge = isOn(context.request, 'purge');
  const question = purge ? 'Take kcfg away, and its records, without which nothing can go back?' : 'Take kcfg away?';
  return await go(context, { help: 'kcfg fleet uninstall -i INVENTORY', question, vars: { kcfg_state: 'absent', kcfg_purge: purge }, beside: [], done: 'kcfg is gone from' });
}

interface Way {
  help: string;
  question: string;
  vars: Record<string, string | boolean>;
  /** Files that lie beside the play. */
  beside: string[];
  done: string;
}

async function go(context: Context, { help, question, vars, beside, done }: Way): Promise<ExitStatus> {
  const { host, request, out, onInterrupt } = context;
  const target = await nodesOf(host, request, help);
  if (!(await agreed(context, question))) return EXIT.failed;
  const ends = new Map<string, { ok: boolean; changed: boolean; words: string }>();
  const began = new Map<string, { id: number; at: number }>();
  const reader = openReader(out, host.clock);
  const stop = new AbortController();
  const release = onInterrupt(() => stop.abort());
  try {
    await runPlays(host, target, installPlays(vars), (event) => {
      if (event.event === 'no-hosts') return;
      const start = began.get(event.host) ?? { id: began.size + 1, at: host.clock.seconds() };
      if (!began.has(event.host)) began.set(event.host, start);
      if (event.event === 'start') return;
      const end = installEnd(event);
      if (end === undefined || ends.has(event.host)) return;
      ends.set(event.host, end);
      reader.report({ event: 'step', id: start.id, title: event.host, state: end.ok ? 'done' : 'failed', seconds: host.clock.seconds() - start.at, detail: end.words });
    }, { signal: stop.signal, beside });
  } finally {
    reader.close();
    release();
  }
  if (began.size === 0) throw new KcfgError('usage', `there is no node in ${target.inventories.join(', ')}`, { help: [help] });
  const good = [...ends].filter(([, { ok }]) => ok).map(([name]) => name);
  const bad = [...began.keys()].filter((name) => !good.includes(name));
  await out.document({ result: bad.length === 0 ? 'done' : 'stopped', nodes: [...began.keys()].map((name) => ({ name, ...(ends.get(name) ?? { ok: false, changed: false, words: 'not finished' }) })) });
  out.lines('', out.style.strong(bad.length === 0 ? `Done: ${done} ${count(good.length, 'node')}.` : `${done} ${good.length} of ${count(began.size, 'node')}. Left: ${names(bad)}.`));
  return bad.length === 0 ? EXIT.done : EXIT.found;
}
