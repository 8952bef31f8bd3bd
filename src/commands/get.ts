/** `kcfg get [FIELD]`: the value in force, and the layer it comes from. Starts nothing while the kubelet runs. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { parseFlags } from '../kubelet/flags.ts';
import type { Layer, StaticPodPath } from '../node/observed.ts';
import type { Service } from '../node/service.ts';
import { observeSettings } from '../node/settings.ts';

const FIELD = 'staticPodPath';
const UNIT = 'kubelet.service';

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  const field = request.words[0] ?? FIELD;
  if (field !== FIELD) throw unknownField(field);
  const service = await runningService(host);
  const { staticPodPath } = await observeSettings(host, service);
  const { value, origin, layers } = staticPodPath;
  await out.document({ field, value, origin, layers });
  if (!out.terminal || out.quiet) {
    out.lines(value);
    return EXIT.done;
  }
  out.lines(value === '' ? '(none: this kubelet runs no static pods)' : value, ...(await originLines(host, staticPodPath, out.style)));
  return EXIT.done;
}

export function unknownField(field: string): KcfgError {
  const near = field.toLowerCase() === FIELD.toLowerCase();
  return new KcfgError('unknown-field', `kcfg does not know the field ${field}`, {
    help: [near ? `it is spelt ${FIELD}` : `this version of kcfg changes ${FIELD}`],
  });
}

/** By the cgroup and /proc where the kubelet runs, which costs nothing; by systemd where it does not. */
async function runningService(host: Host): Promise<Pick<Service, 'flags' | 'flagSource'>> {
  const nowhere = { flags: new Map<string, string>(), flagSource: () => undefined };
  if (!host.live) return nowhere;
  const pid = (await host.processes.ofService(UNIT))[0];
  const argv = pid === undefined ? undefined : await host.processes.argv(pid);
  const flags = argv === undefined ? undefined : parseFlags(argv.slice(1));
  // Only a flag that wins needs the place where it is written, and only then is the reader of units loaded.
  if (flags !== undefined && !flags.has('pod-manifest-path')) return { ...nowhere, flags };
  return await (await import('../node/service.ts')).observeService(host);
}

async function originLines(host: Host, path: StaticPodPath, style: Context['out']['style']): Promise<string[]> {
  const pid = host.live ? (await host.processes.ofService(UNIT))[0] : undefined;
  const since = pid === undefined ? undefined : await host.processes.startedAt(pid);
  const started = since === undefined ? '' : `, kubelet started at ${clock(since)}`;
  const shadowed = path.layers.filter((layer) => layer !== path.origin && layer.layer !== 'default' && layer.set);
  return [
    style.faint(`  ${place(path.origin)}${started}`),
    ...shadowed.map((layer) => `${style.caution(style.signs.look)} ${place(layer)} has ${layer.value}, without effect: ${layer.layer === 'file' && path.origin.layer === 'flag' ? 'flags win over files' : `${path.origin.layer}s win over it`}`),
  ];
}

export function place(layer: Layer): string {
  const at = layer.file === undefined ? '' : `${layer.file}${layer.line === undefined ? '' : `:${layer.line}`}`;
  if (layer.layer === 'default') return 'by default';
  return layer.layer === 'flag' ? `flag --pod-manifest-path${at === '' ? '' : `, from ${at}`}` : at;
}

function clock(date: Date): string {
  return date.toTimeString().slice(0, 8);
}
