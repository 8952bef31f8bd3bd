/** `kcfg fleet report -i INVENTORY`: the state of all nodes, on screen, as JSON, or with --out as one HTML page. Changes nothing. */
import type { Context } from '../../cli/context.ts';
import { valueOf } from '../../cli/request.ts';
import { EXIT, type ExitStatus } from '../../errors.ts';
import { askPlays } from '../../fleet/plays.ts';
import { nodeReport, tally } from '../../fleet/report.ts';
import { ask } from '../../fleet/run-plays.ts';
import { standingTable } from '../../report/fleet.ts';
import { fleetPage } from '../../report/fleet-page.ts';
import { count } from '../../report/format.ts';
import { table } from '../../report/width.ts';
import { nodesOf } from './target.ts';

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  const target = await nodesOf(host, request, 'kcfg fleet report -i INVENTORY --out FILE.html');
  const answers = await ask(host, target, askPlays({ looks: ['doctor', 'stig'] }));
  const report = { at: host.clock.now().toISOString(), nodes: [...answers].map(([name, answer]) => nodeReport(name, answer)) };
  const { nodes } = report;
  const bad = nodes.filter(({ ok }) => !ok);
  await out.document(report);
  const file = valueOf(request, 'out');
  if (file !== undefined) await host.writeReport(file, fleetPage(report));
  out.lines(out.style.strong(`${count(nodes.length, 'node')}: ${bad.length === 0 ? 'nothing is wrong' : `${bad.length} broken, or about to be`}.`));
  if (!out.quiet) {
    out.lines(
      ...table([
        ['  kubelets', tally(nodes.map(({ kubelet }) => kubelet))],
        ['  staticPodPath', tally(nodes.map(({ staticPodPath }) => (staticPodPath === '' ? 'none' : staticPodPath)))],
        ['  pins', `${nodes.reduce((sum, { pinned }) => sum + pinned, 0)} manifests on ${count(nodes.filter(({ pinned }) => pinned > 0).length, 'node')}`],
        ['  drift', count(nodes.filter(({ drift }) => drift.length > 0).length, 'node')],
        ['  STIG V-242397', tally(nodes.map(({ stig }) => stig))],
      ]),
      ...standingTable([...bad, ...nodes.filter(({ ok }) => ok)], out.style, out.columns),
    );
  }
  if (file !== undefined) out.note(`The report is in ${file}.`);
  return bad.length === 0 ? EXIT.done : EXIT.found;
}
