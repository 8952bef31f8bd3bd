/** `kcfg verify`: the checks that follow a change, on their own, of the kubelet as it runs. Changes nothing. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { needRoot, observe } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import type { Expectation } from '../plan/plan.ts';
import { checkLines } from '../report/checks.ts';
import { waitingFacts } from '../report/pins.ts';
import { readPins } from '../transaction/pin-records.ts';
import { makeVerifier } from '../transaction/verifier.ts';

export async function run({ host, out }: Context): Promise<ExitStatus> {
  needRoot(host);
  if (!host.live) throw new KcfgError('not-supported', 'a tree has no running kubelet to verify', { help: ['leave --root out, on the node itself'] });
  const observed = await observe(host);
  const verifier = makeVerifier(host, { expect: expectNow(observed), steps: [] }, observed, () => {});
  await verifier.note('running');
  let failure: KcfgError | undefined;
  const down = observed.pods.filter((pod) => pod.state !== 'running').map((pod) => pod.name);
  try {
    if (down.length > 0) {
      verifier.checks.push({ name: 'containers', ok: false, detail: `not up: ${down.join(', ')}` });
      throw new KcfgError('verify-failed', `not up: ${down.join(', ')}`);
    }
    await verifier.verify(0);
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    failure = error;
  }
  const { checks } = verifier;
  await out.document({ ok: failure === undefined, checks });
  const edits = waitingFacts(observed, await readPins(host, observed), host.clock.now());
  const held = checks.filter((check) => check.ok === true).length;
  const path = observed.staticPodPath.value;
  out.lines(
    out.style.strong(failure === undefined ? `All of it holds: the kubelet reads its static pods from ${path === '' ? 'nowhere' : path}.` : `Not all holds: ${failure.message}.`),
    ...checkLines(checks, out.style, out.columns),
    ...edits.flatMap(([fact, command]) => [`${out.style.caution('!')} ${fact}:`, `    ${out.style.typed(command)}`]),
    `${held} of ${checks.length} checks hold${checks.some((check) => check.ok === undefined) ? ', others were left out' : ''}.`,
  );
  return failure === undefined ? EXIT.done : EXIT.found;
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
