/**
 * A masked unit runs on, and nothing starts it again: a change that stops it would end the kubelet for good. Refused before
 * anything is done, and again right before the kubelet is stopped.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';

/** Throws `unit-masked`. */
export async function refuseMasked(host: Host, unit: string): Promise<void> {
  const { LoadState } = await host.systemd.show(unit, ['LoadState']);
  if (LoadState !== 'masked') return;
  throw new KcfgError('unit-masked', `${unit} is masked: systemd would not start it again`, {
    notes: ['someone keeps the kubelet from being started: ask who, and why'],
    help: ['then let it start again:', `  systemctl unmask ${unit}`],
  });
}
