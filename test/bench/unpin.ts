/**
 * How long is a single control plane without its API server while pins are released? All four by kcfg in its one window, and
 * kube-apiserver alone by hand, under a kubelet that runs. Each run from the same disk with four pins, one poller outside
 * (50 ms apart). `npm run bench:unpin` writes the table into BENCHMARKS.md; about 15 min; --runs N for fewer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openLab, type LabNode } from '../lab/node.ts';
import { writeSection } from './report.ts';

const STATIC = '/etc/kubernetes/static';
/** A server that takes its grace comes back 41 s later (lab). */
const WATCH_MS = 180_000;

const must = async (cp: LabNode, argv: readonly string[]): Promise<void> => {
  const { code, stderr } = await cp.run(argv, { timeout: WATCH_MS });
  if (code !== 0) throw new Error(stderr);
};
const byHand = String.raw`cd ${STATIC}; sed '/^  # Pinned by kcfg/,/^  uid: /d' kube-apiserver.yaml > .new; if grep -q 'Pinned by' .new; then exit 1; fi; mv .new kube-apiserver.yaml`;

const PROCEDURES: Record<string, { what: string; run(cp: LabNode): Promise<void> }> = {
  'kcfg unpin': { what: 'all four pods, in one window', run: (cp) => must(cp, ['kcfg', 'unpin', '--yes']) },
  'by hand': { what: 'kube-apiserver alone: written without its pin and renamed in, the kubelet running', run: (cp) => must(cp, ['sh', '-ec', byHand]) },
};

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const runs = Number(values.runs);
const lab = await openLab();
const away: Record<string, number[]> = {};
try {
  const cp = await lab.controlPlane('cp1', { kcfg: true });
  await must(cp, ['kcfg', 'set', 'staticPodPath', STATIC, '--yes']);
  await cp.save('pinned');
  for (let run = 1; run <= runs; run++) {
    for (const [name, procedure] of Object.entries(PROCEDURES)) {
      await cp.restore('pinned');
      await cp.ready();
      const poll = await cp.poll();
      await procedure.run(cp);
      // by hand the outage begins once the kubelet has seen the file
      await sleep(10_000);
      await cp.ready('ready', WATCH_MS);
      const { outages, failed, sent } = await poll.stop();
      const seconds = outages.reduce((sum, outage) => sum + outage.length, 0);
      (away[name] ??= []).push(seconds);
      console.log(`run ${run}  ${name.padEnd(10)} ${seconds.toFixed(1)} s without API server, ${failed} of ${sent} requests failed`);
    }
  }
} finally {
  await lab.close();
}

const median = (of: readonly number[]): number => [...of].sort((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;
const reference = median(away['kcfg unpin'] ?? []);
writeSection('unpin', [
  `## Without the API server, while pins are released`,
  ``,
  `\`npm run bench:unpin -- --runs ${runs}\`, ${new Date().toISOString().slice(0, 10)}: one single control plane of the lab (Kubernetes 1.37.2), each run from the same disk with four pins, requests to /readyz 50 ms apart from outside kcfg. Seconds until every pod was Ready again are not in here.`,
  ``,
  `| procedure | what is done | seconds without API server, each run | median | × kcfg unpin |`,
  `|---|---|---|---|---|`,
  ...Object.entries(PROCEDURES).map(([name, { what }]) => {
    const seconds = away[name] ?? [];
    return `| ${name} | ${what} | ${seconds.map((s) => s.toFixed(1)).join(', ')} | ${median(seconds).toFixed(1)} | ${reference === 0 ? '' : (median(seconds) / reference).toFixed(1)} |`;
  }),
]);
