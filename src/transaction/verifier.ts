/** Ties a plan to the checks of verify/: what was noted before the restart, what is wanted, and what was found. */
import { randomUUID } from 'node:crypto';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { sha256, observeDirectory } from '../node/directory.ts';
import { openApiServer } from '../node/api-server.ts';
import { etcdMetrics } from '../node/etcd.ts';
import { openKubeletApi } from '../node/kubelet-api.ts';
import type { Observed } from '../node/observed.ts';
import type { Expectation, Plan } from '../plan/plan.ts';
import type { CheckResult, Report } from '../report/event.ts';
import { noteBefore, type Before } from '../verify/signals.ts';
import { verify, type Wanted } from '../verify/verify.ts';

export interface Verifier {
  readonly checks: CheckResult[];
  readonly restarted: string[];
  /** Right before the kubelet stops or restarts; with `running`, of the process that is to be judged as it is. */
  note(running?: 'running'): Promise<void>;
  /** Throws `verify-failed`. `step` is the number under which progress is shown. */
  verify(step: number): Promise<'ok' | 'undecided'>;
  /** After going back, the checks of the way back are the ones that count. */
  replaceChecks(checks: CheckResult[], restarted: string[]): void;
}

export function makeVerifier(host: Host, plan: Pick<Plan, 'expect' | 'steps'>, observed: Observed, report: Report): Verifier {
  const checks: CheckResult[] = [];
  const restarted: string[] = [];
  let before: Before = { restarts: 0 };
  let apiDownBefore = false;
  return {
    checks,
    restarted,
    async note(running) {
      const { allowed } = await openKubeletApi(host, { ...observed.kubelet, ...plan.expect.reach });
      const noted = await noteBefore(host, observed.kubelet, allowed, randomUUID());
      const { kubeletPid, ...rest } = noted;
      before = running === undefined && kubeletPid !== undefined ? noted : rest;
      apiDownBefore = !(await apiAnswers(host, observed));
    },
    async verify(step) {
      if (!host.live) {
        checks.push(...(await verifyFiles(host, plan)));
        const failed = checks.find((check) => check.ok === false);
        if (failed !== undefined) throw new KcfgError('verify-failed', `${failed.name}: ${failed.detail}`);
        return 'ok';
      }
      const wanted = want(observed, plan.expect, before, apiDownBefore);
      const began = host.clock.seconds();
      const verdict = await verify(host, wanted, (progress) =>
        report({ event: 'progress', id: step, ...progress, seconds: host.clock.seconds() - began }),
      );
      checks.splice(0, checks.length, ...verdict.checks);
      restarted.splice(0, restarted.length, ...verdict.restarted);
      for (const check of verdict.checks) report({ event: 'check', step, check });
      if (verdict.verdict === 'failed') {
        throw new KcfgError('verify-failed', verdict.reason, { notes: [...(verdict.said ? [verdict.said] : []), ...verdict.detail.map((line) => `the kubelet says: ${line}`)] });
      }
      return verdict.verdict;
    },
    replaceChecks(later, restartedLater) {
      restarted.splice(0, restarted.length, ...restartedLater);
      checks.splice(0, checks.length, ...later);
    },
  };
}

/** What verification of this node needs besides the expectation itself. */
export function want(observed: Observed, expect: Expectation, before: Before, apiDownBefore: boolean): Wanted {
  const etcdMetricsUrl = etcdMetrics(observed);
  return {
    ...expect,
    nodeName: observed.node.name,
    kubelet: { ...observed.kubelet, ...expect.reach },
    before,
    ...(observed.api === undefined ? {} : { api: { ...observed.api, ...(expect.apiUrl === undefined ? {} : { url: expect.apiUrl }) } }),
    ...(etcdMetricsUrl === undefined ? {} : { etcdMetricsUrl }),
    apiDownBefore,
  };
}

async function apiAnswers(host: Host, observed: Observed): Promise<boolean> {
  if (observed.api === undefined) return false;
  return (await (await openApiServer(host, observed.api)).get('/readyz', 2000)).status > 0;
}

/** With `--root`: the files alone. */
async function verifyFiles(host: Host, plan: Pick<Plan, 'steps'>): Promise<CheckResult[]> {
  const checks: CheckResult[] = [];
  for (const step of plan.steps) {
    if (step.kind === 'edit-config') {
      const bytes = await host.files.read(step.path);
      const ok = bytes !== undefined && sha256(bytes) === step.result;
      checks.push({ name: 'config', ok, detail: ok ? 'as planned' : `${step.path} is not as written` });
    }
    if (step.kind === 'make-directory') {
      const { entries } = await observeDirectory(host, step.path);
      const right = step.files.filter((file) => entries.some((e) => e.name === file.name && e.sha256 === file.result)).length;
      checks.push({ name: 'manifests', ok: right === step.files.length, detail: `${right} of ${step.files.length} as planned` });
    }
  }
  checks.push({ name: 'kubelet', ok: undefined, detail: 'left out: a tree has no running kubelet' });
  return checks;
}
