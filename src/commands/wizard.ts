/** The question that `kcfg set staticPodPath` asks: which directory, with the present one shown and sensible suggestions. */
import type { Context } from '../cli/context.ts';
import { KcfgError } from '../errors.ts';
import { observeDestination } from '../node/destination.ts';
import type { Observed } from '../node/observed.ts';
import type { Target } from '../node/target.ts';
import { findRefusal } from '../plan/refusals.ts';
import { refusePath } from '../plan/refuse-path.ts';

const SUGGESTIONS = ['/etc/kubernetes/static', '/etc/kubelet.d', '/etc/kubernetes/manifests'];

/** Undefined never: it asks until there is an answer that the node can take, or Ctrl-C. */
export async function askPath(context: Context, observed: Observed, target: Target): Promise<string> {
  const { askDirectory } = await import('../cli/ask.ts');
  const present = observed.staticPodPath.value;
  const problemOf = async (path: string): Promise<string | undefined> => {
    const typed = refusePath(path);
    if (typed !== undefined) return sentence(typed);
    if (path.replace(/(.)\/$/, '$1') === present) return `${path} is the present one`;
    const destination = await observeDestination(context.host, path.replace(/(.)\/$/, '$1'), present, observed.kubelet.configFile);
    const refusal = findRefusal({ ...target, value: path }, observed, destination, context.host.live);
    return refusal === undefined ? undefined : sentence(refusal);
  };
  const suggestions: { path: string; note: string }[] = [];
  for (const path of SUGGESTIONS) {
    if (path === present || (await problemOf(path)) !== undefined) continue;
    suggestions.push({ path, note: await noteOn(context, path, observed) });
  }
  return await askDirectory(context.out, { present, suggestions, check: problemOf });
}

function sentence(error: KcfgError): string {
  const [first = '', second = ''] = error.help;
  // What ends with a colon has its command on the next line.
  const help = first.endsWith(':') ? `${first} ${second.trim()}` : first;
  const [what, ...more] = [error.message, ...error.notes.slice(0, 1), help].filter((text) => text !== '');
  return [what, ...more.map((text) => text.charAt(0).toUpperCase() + text.slice(1))].join('. ');
}

async function noteOn({ host }: Context, path: string, observed: Observed): Promise<string> {
  const { info, mount } = await observeDestination(host, path, observed.staticPodPath.value, observed.kubelet.configFile);
  const present = observed.staticPodPath.value === '' ? undefined : await host.files.mount(observed.staticPodPath.value);
  const place = present === undefined ? '' : mount.dev === present.dev ? ', same filesystem' : `, on ${mount.point}`;
  if (info?.kind === 'link') return `the link to the present one${place}`;
  const mode = observed.directory.info?.kind === 'directory' ? `, mode ${observed.directory.info.mode.toString(8).padStart(4, '0')} as the present one` : '';
  return info === undefined ? `new${place}${mode}` : `there already, empty${place}`;
}
