/**
 * How long is the API server away when staticPodPath moves? Four procedures on one real control plane, five times each,
 * in turn, each from the same fresh disk, one poller outside (50 ms apart). `npm run bench:outage` writes the table into
 * BENCHMARKS.md. Takes about 25 min; --runs N for fewer.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openLab, type LabNode } from '../lab/node.ts';
import { writeSection } from './report.ts';

const FROM = '/etc/kubernetes/manifests';
const TO = '/etc/kubernetes/static';
/** The longest outage seen in a trial was 83 s (1.30.4, the naive procedure). */
const WATCH_SECONDS = 150;

const sh = async (cp: LabNode, script: string): Promise<void> => {
  const { code, stderr } = await cp.run(['sh', '-ec', script]);
  if (code !== 0) throw new Error(stderr);
};
const edit = `sed -i 's,^staticPodPath: .*,staticPodPath: ${TO},' /var/lib/kubelet/config.yaml`;
const kcfg = async (cp: LabNode, ...options: string[]): Promise<void> => {
  const { code, stderr } = await cp.run(['kcfg', 'set', 'staticPodPath', TO, '--yes', ...options], { timeout: 300_000 });
  if (code !== 0) throw new Error(stderr);
};

const PROCEDURES: Record<string, { what: string; run(cp: LabNode): Promise<void> }> = {
  naive: { what: 'edit, mv the manifests, restart the kubelet', run: (cp) => sh(cp, `${edit}; mkdir -m 0700 ${TO}; mv ${FROM}/* ${TO}/; systemctl restart kubelet`) },
  'careful copy': { what: 'copy, edit, restart, empty the old directory after', run: (cp) => sh(cp, `cp -a ${FROM} ${TO}; ${edit}; systemctl restart kubelet; rm ${FROM}/*`) },
  recreate: { what: 'kcfg set … --strategy recreate', run: (cp) => kcfg(cp, '--strategy', 'recreate') },
  adopt: { what: 'kcfg set …', run: (cp) => kcfg(cp) },
};

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const runs = Number(values.runs);
const lab = await openLab();
const away: Record<string, number[]> = {};
let sent = 0;
let failedInAdopt = 0;
try {
  const cp = await lab.controlPlane('cp1', { kcfg: true });
  mkdirSync(cp.file('/var/lib/kcfg'), { recursive: true, mode: 0o700 });
  await cp.save('fresh');
  for (let run = 1; run <= runs; run++) {
    for (const [name, procedure] of Object.entries(PROCEDURES)) {
      await cp.restore('fresh');
      await cp.ready();
      const poll = await cp.poll();
      await procedure.run(cp);
      const end = performance.now() + WATCH_SECONDS * 1000;
      // the outage of a hand-made procedure begins after the restart: wait until all is up, and stays up
      await sleep(10_000);
      await cp.ready('ready', Math.max(1000, end - performance.now()));
      const polled = await poll.stop();
      const seconds = polled.outages.reduce((sum, outage) => sum + outage.length, 0);
      (away[name] ??= []).push(seconds);
      if (name === 'adopt') {
        sent += polled.sent;
        failedInAdopt += polled.failed;
      }
      console.log(`run ${run}  ${name.padEnd(14)} ${seconds.toFixed(1)} s without API server, ${polled.failed} of ${polled.sent} requests failed`);
    }
  }
} finally {
  await lab.close();
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const reference = median(away.recreate ?? []);
const rows = Object.entries(PROCEDURES).map(([name, { what }]) => {
  const seconds = away[name] ?? [];
  const ratio = reference === 0 ? '' : (median(seconds) / reference).toFixed(1);
  return `| ${name} | ${what} | ${seconds.map((s) => s.toFixed(1)).join(', ')} | ${median(seconds).toFixed(1)} | ${ratio} |`;
});
writeSection('outage', [
  `## Without the API server, while staticPodPath moves`,
  ``,
  `\`npm run bench:outage -- --runs ${runs}\`, ${new Date().toISOString().slice(0, 10)}: one single control plane of the lab (Kubernetes 1.37.2), each run from the same fresh disk, requests to /readyz 50 ms apart from outside kcfg. Seconds until every pod was Ready again are not in here.`,
  ``,
  `| procedure | what is done | seconds without API server, each run | median | × recreate |`,
  `|---|---|---|---|---|`,
  ...rows,
  ``,
  `With \`adopt\` ${failedInAdopt} of ${sent} requests failed.`,
]);
