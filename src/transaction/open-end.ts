/**
 * A change whose end is open: the API server was down, so the kubelet could not decide. A unit of its own waits until it
 * answers, and then keeps or undoes the change. A reboot in between undoes it (recover.ts).
 */
import { EXIT, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { openApiServer } from '../node/api-server.ts';
import { observe } from '../node/observe.ts';
import type { Report } from '../report/event.ts';
import { auditEnd } from './audit-entry.ts';
import { conclude } from './recover.ts';
import type { Folder } from './store.ts';
import { concludeUnitOf, transientUnit } from './units.ts';

const LOOK_EVERY_MS = 2000;

export async function startConclude(host: Host, id: string): Promise<void> {
  await host.systemd.runService(concludeUnitOf(id), [...host.self, 'internal', 'conclude', id], transientUnit('conclude', id, host.self));
}

/** Waits as long as it takes: there is no harm in the state it waits in, and no other way to decide. */
export async function runConclude(host: Host, folder: Folder, report: Report): Promise<ExitStatus> {
  for (;;) {
    const observed = await observe(host).catch(() => undefined);
    const api = observed?.api === undefined ? undefined : await openApiServer(host, observed.api);
    if (observed !== undefined && (await api?.get('/readyz'))?.status === 200) {
      const end = await conclude(host, folder, observed, report);
      if (end !== 'open') {
        await auditEnd(host, folder, end.result);
        return EXIT.done;
      }
    }
    await host.clock.sleep(LOOK_EVERY_MS);
  }
}
