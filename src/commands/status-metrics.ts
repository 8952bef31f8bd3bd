/**
 * `kcfg status -o prometheus`: the node as metrics. Those of a node that is broken count most, so what `status` refuses to read
 * is asked of the doctor's sources instead, and said in kcfg_node_readable.
 */
import type { Context } from '../cli/context.ts';
import { valueOf } from '../cli/request.ts';
import { expiries, type Expiry } from '../doctor/pki/expiry.ts';
import type { Certificate, Kubeconfig } from '../doctor/pki/evidence.ts';
import { gatherCertificates } from '../doctor/gather/certificates.ts';
import { gather } from '../doctor/gather/gather.ts';
import { gatherKubeconfigs } from '../doctor/gather/kubeconfigs.ts';
import { namedFiles, namedKubeconfigs } from '../doctor/gather/named-files.ts';
import { quietly } from '../doctor/gather/quietly.ts';
import { observedOf } from '../doctor/observed.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { parseFlags } from '../kubelet/flags.ts';
import { refuseManaged } from '../node/distribution.ts';
import type { Edited } from '../node/edited-since.ts';
import { withEtcd } from '../node/etcd.ts';
import { configInConfigz, openKubeletApi } from '../node/kubelet-api.ts';
import { look, needRoot } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import type { Settings } from '../node/settings.ts';
import { exposition } from '../report/exposition.ts';
import { metricsOf } from '../report/metrics.ts';
import { readPins, type Pins } from '../transaction/pin-records.ts';
import { differences } from './diff.ts';
import { refuseNoNode } from './doctor.ts';
import { readStanding } from './status.ts';

/** node_exporter reads it as a user of its own. */
const MODE = 0o644;

type Missing = Record<string, string>;
interface Found {
  observed: Observed;
  pins?: Pins;
  certificates: readonly Expiry[];
  drift?: string[];
}

export async function run({ host, request, out, version }: Context): Promise<ExitStatus> {
  needRoot(host);
  if (!host.live) throw new KcfgError('not-supported', 'metrics are of a node that runs, and a tree has none', { help: ['leave --root out, on the node itself'] });
  await refuseManaged(host);
  const missing: Missing = {};
  const { observed, pins, certificates, drift } = (await quietly(missing, 'node', () => lookAt(host, missing))) ?? (await lookAtBroken(host, version, missing));
  const changes = await quietly(missing, 'changes', () => readStanding(host));
  const text = exposition(
    metricsOf({
      version,
      readable: Object.keys(missing).length === 0,
      observed,
      healthy: await (await openKubeletApi(host, observed.kubelet)).healthy(),
      ...(drift === undefined ? {} : { drift }),
      ...(pins === undefined ? {} : { pins }),
      ...(changes === undefined ? {} : { changes }),
      certificates,
    }),
  );
  const file = valueOf(request, 'out');
  if (file === undefined) out.metrics(text);
  else await host.writeReport(file, text, MODE);
  if (file !== undefined && !out.quiet) out.note(`The metrics are in ${file}.`);
  return EXIT.done;
}

async function lookAt(host: Host, missing: Missing): Promise<Found> {
  const { observed: bare, settings } = await look(host);
  const observed = await withEtcd(host, bare);
  const manifests = manifestsOf(observed);
  const kubeconfig = parseFlags(observed.kubelet.argv.slice(1)).get('kubeconfig');
  const configs = [...(kubeconfig === undefined ? [] : [kubeconfig]), ...namedKubeconfigs(manifests)];
  const [pins, read, kubeconfigs, drift] = await Promise.all([
    quietly(missing, 'pins', () => readPins(host, observed)),
    quietly(missing, 'certificates', () => gatherCertificates(host, [...namedFiles(manifests), ...configs])),
    quietly(missing, 'kubeconfigs', () => gatherKubeconfigs(host, configs)),
    quietly(missing, 'running settings', () => driftOf(host, observed, settings)),
  ]);
  return { observed, ...(pins === undefined ? {} : { pins }), certificates: inUse(observed, read?.certificates, kubeconfigs), ...(drift === undefined ? {} : { drift }) };
}

/** Undefined: workers have no right to ask, and a kubelet that is down tells nothing. */
async function driftOf(host: Host, { kubelet }: Observed, settings: Settings): Promise<string[] | undefined> {
  const api = await openKubeletApi(host, kubelet);
  const running = api.allowed && kubelet.active ? configInConfigz(await api.get('/configz')) : undefined;
  return running === undefined ? undefined : differences(settings, running, settings.layered.value, true).map(({ field }) => field);
}

/** The doctor's evidence without its judges, which would start the kubelet's program at each run. */
async function lookAtBroken(host: Host, version: string, missing: Missing): Promise<Found> {
  const evidence = await gather(host, version, { judges: false });
  refuseNoNode(evidence);
  Object.assign(missing, evidence.missing);
  const bare = await observedOf(host, evidence);
  const { members, connected, hasLeader } = evidence.etcd ?? {};
  const observed: Observed = {
    ...bare,
    pods: bare.pods.map((pod) => {
      const manifest = bare.directory.entries.find(({ name }) => name === pod.manifest)?.manifest;
      return manifest?.uid === undefined || manifest.uid === '' ? pod : { ...pod, pin: manifest.pin === undefined ? 'foreign' : 'kcfg' };
    }),
    ...(members === undefined || connected === undefined || hasLeader === undefined ? {} : { etcd: { members, connected, hasLeader } }),
  };
  // what waits is in the evidence: here only who pinned them, and when
  const records = await quietly(missing, 'pins', () => readPins(host, { ...observed, pods: observed.pods.map((pod) => ({ ...pod, containers: [] })) }));
  const waiting = evidence.directory.waiting?.flatMap(({ pod, at, lines }) => observed.pods.filter(({ name }) => name === pod).map(({ fullName }): [string, Edited] => [fullName, { at, lines, waits: true }]));
  const pins = records === undefined || 'pins' in missing ? {} : { pins: { pins: records.pins, edited: new Map(waiting) } };
  return { observed, ...pins, certificates: inUse(observed, evidence.certificates, evidence.kubeconfigs) };
}

function inUse(observed: Observed, certificates: readonly Certificate[] = [], kubeconfigs: readonly Kubeconfig[] = []): Expiry[] {
  return expiries(certificates, [...namedFiles(manifestsOf(observed)), ...kubeconfigs.flatMap(({ file, clientCertificate }) => [file, ...(clientCertificate === undefined ? [] : [clientCertificate])])]);
}

function manifestsOf({ directory }: Observed): { containers: { name: string; image: string; command: string[] }[] }[] {
  return directory.entries.map(({ manifest }) => ({ containers: manifest?.containers ?? [] }));
}
