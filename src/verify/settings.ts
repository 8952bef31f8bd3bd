/** Has the kubelet taken the settings? By its own word, /configz, where there is the right to ask. */
import type { Host } from '../host/host.ts';
import { valueAt } from '../kubelet/field-path.ts';
import { loadFields } from '../kubelet/fields/load.ts';
import { sameValue } from '../kubelet/same-value.ts';
import { withoutSecrets } from '../kubelet/value-text.ts';
import type { ExpectedPod, ExpectedSetting } from '../plan/plan.ts';
import type { CheckResult } from '../report/event.ts';
import type { Signals } from './signals.ts';
import type { Wanted } from './verify.ts';

/** A pod that is to stop has its own grace, 30 s where nothing else is said. */
const GONE_SECONDS = 60;

export async function settingsCheck(host: Host, wanted: Wanted, signals: Signals, undecided: boolean): Promise<CheckResult> {
  const name = 'settings';
  const settings = wanted.settings ?? [];
  if (wanted.kubelet.secure.port === 0) return { name, ok: undefined, detail: 'left out: this kubelet has no server, and so no /configz' };
  if (!signals.allowed) return { name, ok: undefined, detail: 'left out: this node has no right to read /configz' };
  let config = await signals.config();
  // right after a start the kubelet may not know yet who asks (it asks the API server)
  for (const end = host.clock.seconds() + 10; config === undefined && !undecided && host.clock.seconds() < end; ) {
    await host.clock.sleep(200);
    config = await signals.config();
  }
  if (config === undefined) return { name, ok: undefined, detail: 'left out: the kubelet does not tell its configuration' };
  const odd = await firstOdd(config, settings, wanted.kubelet.version);
  if (odd === undefined) return { name, ok: true, detail: `${settings.length} of ${settings.length} in force` };
  return { name, ok: false, detail: `${odd.field} is ${JSON.stringify(withoutSecrets(odd.field, valueAt(config, odd.path)) ?? null)} in the running kubelet` };
}

async function firstOdd(config: Record<string, unknown>, settings: readonly ExpectedSetting[], version: string | undefined): Promise<ExpectedSetting | undefined> {
  const fields = await loadFields(version);
  return settings.find(({ path, value }) => {
    const field = fields.field(path);
    return field !== undefined && !sameValue(fields, field, valueAt(config, path), value);
  });
}

/** Pods whose directory is no longer read stop at the kubelet's first housekeeping, each with its own grace. */
export async function goneCheck(host: Host, pods: readonly ExpectedPod[], signals: Signals): Promise<CheckResult> {
  const names = pods.map((pod) => pod.name).join(', ');
  const end = host.clock.seconds() + GONE_SECONDS;
  for (;;) {
    const sandboxes = await signals.sandboxes();
    const left = pods.filter((pod) => sandboxes.some((s) => s.ready && s.name === pod.fullName && s.namespace === pod.namespace));
    if (left.length === 0) return { name: 'static-pods', ok: true, detail: `${names} stopped` };
    if (host.clock.seconds() >= end) return { name: 'static-pods', ok: false, detail: `still there: ${left.map((pod) => pod.name).join(', ')}` };
    await host.clock.sleep(200);
  }
}
