/** `kcfg` alone: the state of this node in five lines, and the likeliest next commands. Reads only. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { etcdHealthy, openApiServer } from '../node/api-server.ts';
import { etcdMetrics } from '../node/etcd.ts';
import { needRoot, observe } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import { nextOfPins } from '../report/pins.ts';
import { table } from '../report/width.ts';
import type { Pending } from '../transaction/pending.ts';
import { readPins, type Pins } from '../transaction/pin-records.ts';
import { DOCTOR, isBroken, kubeletLines, lastWords, nextOfPending, pendingWords, readStanding, statusDocument, verdict } from './status.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, out } = context;
  needRoot(host);
  let observed: Observed;
  try {
    observed = await observe(host);
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    const { code, message, where, notes, help } = error;
    if (code !== 'no-kubelet' || where.length > 0) throw new KcfgError(code, message, { where, notes, help: [...help, 'why, and what mends it: kcfg doctor'], cause: error });
    throw new KcfgError('no-kubelet', error.message, { where: error.where, notes: error.notes, help: ['try kcfg on a pretend node: kcfg sandbox up cp1', 'every command: kcfg --help'] });
  }
  const { pending, last } = await readStanding(host);
  const pins = await readPins(host, observed);
  await out.document(statusDocument(observed, pending, last, pins));
  const { style } = out;
  const { pods, staticPodPath } = observed;
  const running = pods.filter((pod) => pod.state === 'running').length;
  const pinned = pods.filter((pod) => pod.pin === 'kcfg').length;
  out.lines(
    style.strong(verdict(observed, pending, pins)),
    kubeletLines(host, observed)[0] ?? '',
    `  static pods    ${pods.length === 0 ? 'none' : `${running} of ${pods.length} running`}${staticPodPath.value === '' ? '' : `, from ${staticPodPath.value}`}`,
    ...(await apiLine(context, observed)),
    `  kcfg           ${pendingWords(pending, style)}, ${pinned === 0 ? 'nothing pinned' : style.caution(`${pinned} pinned`)}${lastWords(last).replace(',', ';')}`,
    '',
    style.strong('Next'),
    ...table(next(observed, pending, pins).map(([command, what]) => [style.typed(command), what])).map((line) => `  ${line}`),
  );
  return EXIT.done;
}

async function apiLine({ host }: Context, observed: Observed): Promise<string[]> {
  if (observed.api === undefined || !host.live) return [];
  const answer = await (await openApiServer(host, observed.api)).get('/readyz', 2000);
  const said = answer.status === 200 ? `ready, answered in ${Math.round(answer.ms)} ms` : answer.status > 0 ? `not ready (${answer.status})` : 'does not answer';
  const url = etcdMetrics(observed);
  const etcd = url === undefined ? undefined : await etcdHealthy(host, url);
  return [`  API server     ${said}${url === undefined ? '' : `; etcd: ${etcd === true ? 'healthy, with quorum' : 'not healthy'}`}`];
}

function next(observed: Observed, pending: Pending | undefined, pins: Pins): [string, string][] {
  if (pending !== undefined) return nextOfPending(pending);
  if (isBroken(observed)) return [DOCTOR];
  return [
    ['kcfg set staticPodPath', 'move the static pods, with a plan first'],
    nextOfPins(observed, pins)[0] ?? ['kcfg get --all', 'every setting, and where it comes from'],
    ['kcfg doctor', 'look deeper: certificates, drift, stray files'],
  ];
}
