/** `kcfg verify`: the checks that follow a change, on their own, of the kubelet as it runs. Changes nothing. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { valueOf } from '../cli/request.ts';
import type { Host } from '../host/host.ts';
import { needRoot, observe } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import type { Expectation } from '../plan/plan.ts';
import { kubeadmStanding } from '../plan/kubeadm/standing.ts';
import { checkLines } from '../report/checks.ts';
import { findingLines } from '../report/error.ts';
import type { CheckResult } from '../report/event.ts';
import { openReader } from '../report/reader.ts';
import { waitingFacts } from '../report/pins.ts';
import { readPending } from '../transaction/pending.ts';
import { readPins } from '../transaction/pin-records.ts';
import { makeVerifier } from '../transaction/verifier.ts';

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  needRoot(host);
  if (!host.live) throw new KcfgError('not-supported', 'a tree has no running kubelet to verify', { help: ['leave --root out, on the node itself'] });
  const observed = await observe(host);
  // it may wait: for mirror pods up to 100 s
  const live = out.format === 'human' && out.progress.terminal ? openReader(out, host.clock) : undefined;
  live?.report({ event: 'step', id: 1, title: 'Verify', state: 'started' });
  const verifier = makeVerifier(host, { expect: expectNow(observed), steps: [] }, observed, (event) => live?.report(event));
  await verifier.note('running');
  let failure: KcfgError | undefined;
  const down = observed.pods.filter((pod) => pod.state !== 'running').map((pod) => pod.name);
  try {
    if (down.length > 0) {
      verifier.checks.push({ name: 'containers', ok: false, detail: `not up: ${down.join(', ')}` });
      throw new KcfgError('verify-failed', `not up: ${down.join(', ')}`);
    }
    await verifier.verify(1);
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    failure = error;
  } finally {
    live?.close();
  }
  const forUpgrade = valueOf(request, 'for') !== undefined;
  const findings = forUpgrade ? (kubeadmStanding(observed)?.findings ?? []) : [];
  const checks = [...verifier.checks, ...(forUpgrade ? await upgradeChecks(host, observed) : [])];
  const ok = failure === undefined && checks.every((check) => check.ok !== false);
  await out.document({ ok, checks, ...(forUpgrade ? { findings } : {}) });
  const edits = waitingFacts(observed, await readPins(host, observed), host.clock.now());
  const held = checks.filter((check) => check.ok === true).length;
  const path = observed.staticPodPath.value;
  out.lines(
    out.style.strong(failure !== undefined ? `Not all holds: ${failure.message}.` : forUpgrade ? upgradeVerdict(observed, ok) : `All of it holds: the kubelet reads its static pods from ${path === '' ? 'nowhere' : path}.`),
    ...checkLines(checks, out.style, out.columns),
    ...findingLines(findings, out.style, out.columns),
    ...edits.flatMap(([fact, command]) => [`${out.style.caution('!')} ${fact}:`, `    ${out.style.typed(command)}`]),
    `${held} of ${checks.length} checks hold${checks.some((check) => check.ok === undefined) ? ', others were left out' : ''}.`,
  );
  return ok ? EXIT.done : EXIT.found;
}

/** What `kubeadm upgrade` needs besides a node that is well. */
async function upgradeChecks(host: Host, observed: Observed): Promise<CheckResult[]> {
  const standing = kubeadmStanding(observed);
  if (standing === undefined) return [{ name: 'kubeadm', ok: undefined, detail: observed.kubeadm === undefined ? 'left out: kubeadm does not look after this node' : 'left out: there are no static pods' }];
  const { keptBy, found, findings } = standing;
  const pending = await readPending(host);
  const pinned = observed.pods.filter((pod) => pod.pin === 'kcfg').length;
  return [
    { name: 'kubeadm-directory', ok: found, detail: found ? (observed.node.role === 'worker' ? 'not needed on a worker' : 'leads to the static pods') : 'does not lead to the static pods' },
    { name: 'kubeadm-path', ok: keptBy !== undefined, detail: keptBy === undefined ? 'nothing keeps it' : keptBy === 'kubeadm' ? "kubeadm's own" : `kept by ${keptBy}` },
    { name: 'kubeadm-endpoint', ok: !findings.some(({ id }) => id === 'kubeadm-endpoint'), detail: 'the address of the runtime is known to kubeadm' },
    { name: 'change', ok: pending === undefined, detail: pending === undefined ? 'none is pending' : `change ${pending.id} is not decided` },
    { name: 'pins', ok: true, detail: pinned === 0 ? 'none' : `${pinned}: kubeadm's new manifests have none` },
  ];
}

function upgradeVerdict({ node, staticPodPath: { value } }: Observed, ok: boolean): string {
  if (!ok) return `kubeadm upgrade would not go well on ${node.name}.`;
  return value === '' ? `kubeadm upgrade finds no static pods on ${node.name}.` : `kubeadm upgrade will find the static pods of ${node.name}, and leave ${value} in force.`;
}

/** What its files and pods say now: each manifest's pod runs, with the UID it has. */
function expectNow(observed: Observed): Expectation {
  return {
    // Whom this kubelet stopped since its start is history: what runs now is asked.
    renewed: true,
    staticPodPath: observed.staticPodPath.value,
    pods: observed.pods
      .filter((pod) => pod.manifest !== undefined)
      .map((pod) => ({
        fullName: pod.fullName,
        name: pod.name,
        namespace: pod.namespace,
        ...(pod.uid === undefined ? {} : { uid: pod.uid }),
        ...(pod.sandboxId === undefined ? {} : { sandboxId: pod.sandboxId }),
        containers: [],
      })),
  };
}
