/**
 * `kcfg validate --rule stig`: DISA STIG V-242397, "The Kubernetes kubelet staticPodPath must not enable static pods",
 * with the evidence that an auditor asks for: the value, where it comes from, and what runs from it.
 */
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import type { Layer } from '../kubelet/layered.ts';
import { look, needRoot } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import { dateTime } from '../report/format.ts';
import { lead } from '../report/style.ts';
import { wrap } from '../report/width.ts';
import { place } from './get.ts';

const RULE = 'V-242397';

export async function run({ host, out }: Context): Promise<ExitStatus> {
  needRoot(host);
  const { observed, settings } = await look(host);
  const layers = settings.layered.layersOf(['staticPodPath']).filter((layer) => layer.set);
  const { staticPodPath, pods, node, kubelet } = observed;
  const running = staticPodPath.running;
  const pass = staticPodPath.value === '' && (running ?? '') === '';
  const evidence = [
    ...(layers.length === 0 ? ['staticPodPath is set in no file and by no flag'] : layers.map((layer) => layerWords(layer))),
    ...(running === undefined ? [] : [`the running kubelet has ${running === '' ? 'no staticPodPath' : `staticPodPath ${running}`}, by /configz`]),
    ...(kubelet.startedAt === undefined ? [] : [`kubelet ${kubelet.version ?? ''}, started ${dateTime(new Date(kubelet.startedAt))}`]),
    pods.length === 0 ? 'no static pods run here' : `static pods: ${pods.map((pod) => pod.name).join(', ')}`,
  ];
  await out.document({ rule: RULE, result: pass ? 'pass' : 'fail', node: node.name, role: node.role, evidence });
  const { style, columns } = out;
  const sign = pass ? lead(style, style.signs.done, style.good) : lead(style, style.signs.failed, style.bad);
  out.lines(
    `${sign} ${style.strong(`${RULE}: ${node.name} ${pass ? 'passes: its kubelet runs no static pods from files' : 'fails: its kubelet runs static pods from files'}.`)}`,
    ...evidence.flatMap((text) => wrap(text, columns - 4).map((line) => `    ${line}`)),
    ...(pass ? [] : next(observed, style)),
  );
  return pass ? EXIT.done : EXIT.found;
}

function layerWords(layer: Layer): string {
  return `${place(layer)}: staticPodPath ${layer.value === '' || layer.value === undefined ? 'is empty' : String(layer.value)}`;
}

function next({ node, pods }: Observed, style: Context['out']['style']): string[] {
  if (node.role === 'control plane') return ['A control plane of kubeadm lives on static pods, and cannot pass.'];
  return [style.strong('Next'), `  ${style.typed('kcfg unset staticPodPath')}   ${pods.length === 0 ? 'no static pod would stop' : 'refused while a static pod would stop'}`];
}
