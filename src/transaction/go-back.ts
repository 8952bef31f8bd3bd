/**
 * Back to where the change began: the kubelet stopped, every step undone in reverse, the kubelet started, and that
 * proven too. The kubelet is never left watching a directory while files in it come and go. The old files at the old
 * path hash to the old UIDs, so going back is adoption as well (kubelet common.go:66-78).
 */
import type { Host } from '../host/host.ts';
import type { Observed } from '../node/observed.ts';
import { describe } from '../plan/describe.ts';
import type { Expectation, Plan } from '../plan/plan.ts';
import type { StepKind } from '../plan/step.ts';
import type { CheckResult, Report } from '../report/event.ts';
import { undoStep, withoutChecks } from './execute.ts';
import type { Entry, Journal } from './journal.ts';
import { readUnit } from '../verify/signals.ts';
import type { Folder } from './store.ts';
import { makeVerifier } from './verifier.ts';

export interface GoBack {
  host: Host;
  folder: Folder;
  plan: Plan;
  journal: Journal;
  /** Absent: the way back cannot be verified (at boot; or the node cannot be read). */
  observed?: Observed;
  /** Of the kubelet before the change: where it runs still, it was never restarted. */
  pidBefore?: number;
  /** At boot systemd starts the kubelet itself, after this. */
  atBoot?: true;
  report: Report;
  reason: string;
}

export interface WentBack {
  complete: boolean;
  checks: CheckResult[];
  /** Pods that were stopped meanwhile, and run again. */
  restarted: string[];
  /** What could not be undone, in words. */
  failures: string[];
}

/** Steps after whose intent the running kubelet may no longer be the one from before. */
const TOUCHES_KUBELET = new Set<StepKind>(['restart-kubelet', 'stop-kubelet', 'start-kubelet']);

export async function goBack({ host, folder, plan, journal, observed, pidBefore, atBoot, report, reason }: GoBack): Promise<WentBack> {
  // A disk that is full now has room once the copies are gone: the way back does not end here. Only what was verified must
  // not be undone without a record of it, for the rule after a crash would finish it.
  const write = async (entry: Entry): Promise<void> => {
    await journal.append(entry).catch((error: unknown) => {
      if (journal.state.verified) throw error;
    });
  };
  await write({ type: 'undoing', reason });
  const touched = plan.steps.some((step, index) => TOUCHES_KUBELET.has(step.kind) && journal.state.intents.has(index)) || (await startedSince(host, plan, journal.state.beganAt));
  const running = touched && host.live && pidBefore !== undefined ? (await readUnit(host, plan.ground.unit).catch(() => undefined))?.pid : undefined;
  // systemd refused the restart, or it was never asked for: stopping the kubelet now could be its end
  const kubelet = touched && host.live && atBoot === undefined && (running === undefined || running !== pidBefore);
  const failures: string[] = [];
  const attempt = async (id: number, title: string, deed: () => Promise<void>): Promise<void> => {
    const began = host.clock.seconds();
    try {
      await deed();
      report({ event: 'step', id, title, state: 'undone', seconds: host.clock.seconds() - began });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      failures.push(`${title}: ${detail}`);
      report({ event: 'step', id, title, state: 'failed', seconds: host.clock.seconds() - began, detail });
    }
  };
  const restartId = plan.steps.findIndex((step) => TOUCHES_KUBELET.has(step.kind)) + 1;
  const verifier = observed === undefined ? undefined : makeVerifier(host, { expect: expectBefore(plan), steps: [] }, observed, report);
  if (kubelet) {
    await attempt(restartId, 'Stop the kubelet', async () => {
      await host.systemd.job('stop', plan.ground.unit);
      // Noted after the stop: what the stopped kubelet complained of is not held against the one from before.
      await verifier?.note();
    });
  }
  // A kubelet that does not stop would end each pod whose manifest goes: then the copies stay, for a person to judge.
  const runsOn = kubelet && failures.length > 0 && (await readUnit(host, plan.ground.unit).catch(() => undefined))?.pid !== 0;
  const context = { ...withoutChecks(host, plan, folder), ...(kubelet && failures.length === 0 ? { kubeletStopped: true as const } : {}) };
  for (const [index, step] of [...plan.steps.entries()].reverse()) {
    if (!journal.state.intents.has(index) || journal.state.undone.has(index)) continue;
    if (runsOn && step.kind === 'make-directory') {
      failures.push(`${step.path} is left as it is: the kubelet still runs`);
      continue;
    }
    await write({ type: 'undoing-step', step: index });
    const title = describe(step, plan).undo;
    const undo = (): Promise<void> => undoStep(context, step);
    const before = failures.length;
    if (title === '' || TOUCHES_KUBELET.has(step.kind) || step.kind === 'arm') await undo();
    else await attempt(index + 1, title, undo);
    // Each step stands on those before it: where the setting could not be put back, the directory it names must stay.
    if (failures.length > before) break;
    await write({ type: 'undone', step: index });
  }
  let checks: CheckResult[] = [];
  if (kubelet) {
    const start = async (): Promise<void> => {
      await host.systemd.job('reset-failed', plan.ground.unit).catch(() => undefined);
      await host.systemd.job('start', plan.ground.unit);
    };
    if (plan.target?.field === 'recovery') {
      // as before, and that was broken: there is nothing that could be waited for
      await start().catch(() => undefined);
      return { complete: failures.length === 0, checks: [], restarted: [], failures };
    }
    await attempt(restartId, 'Start the kubelet', start);
    const verifyId = plan.steps.findIndex((step) => step.kind === 'verify') + 1;
    await attempt(verifyId, 'Verify', async () => {
      if (verifier === undefined) throw new Error('the node cannot be read');
      await verifier.verify(verifyId);
    });
    checks = verifier?.checks ?? [];
  }
  return { complete: failures.length === 0, checks, restarted: verifier?.restarted ?? [], failures };
}

/** The boot time that process times count from is in whole seconds (proc(5), btime): one may seem to have started a second early. */
const START_MARGIN_MS = 2000;

/**
 * A kubelet that was started while the change was under way, by a boot whose recovery did not get that far, by systemd or by a
 * person, may have read what is undone now: files taken from under it would end its pods.
 */
async function startedSince(host: Host, plan: Plan, beganAt: string | undefined): Promise<boolean> {
  if (!host.live || beganAt === undefined) return false;
  const pid = (await readUnit(host, plan.ground.unit).catch(() => undefined))?.pid ?? 0;
  const at = pid > 0 ? await host.processes.startedAt(pid).catch(() => undefined) : undefined;
  return at !== undefined && at.getTime() > Date.parse(beganAt) - START_MARGIN_MS;
}

/** As before: the old values, the old path; the pods that were to be kept are still the same, those that were stopped come back new. */
function expectBefore(plan: Plan): Expectation {
  const { settings } = plan;
  const path = settings?.find((each) => each.field === 'staticPodPath')?.from ?? (settings === undefined && plan.field === 'staticPodPath' ? plan.from : undefined);
  const staticPodPath = String(path ?? plan.expect.staticPodPath);
  const values = settings?.map(({ field, path, from }) => ({ field, path, ...(from === undefined ? {} : { value: from }) }));
  const pods = [...plan.expect.pods, ...(plan.expect.gone ?? [])].filter(({ wasDown }) => wasDown !== true).map((pod) => {
    const { sandboxId: _, ...anyOne } = pod;
    return pod.uid === undefined ? { ...anyOne, containers: [] } : pod;
  });
  const { reach } = plan.ground;
  return { staticPodPath, pods, renewed: true, ...(values === undefined ? {} : { settings: values }), ...(reach === undefined ? {} : { reach }) };
}
