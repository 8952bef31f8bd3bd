/** Which nodes: an inventory of Ansible, a part of it, and options for Ansible itself. */
import type { Request } from '../../cli/request.ts';
import { valueOf, valuesOf } from '../../cli/request.ts';
import { KcfgError } from '../../errors.ts';
import type { FleetTarget } from '../../fleet/fleet-plan.ts';
import type { Host } from '../../host/host.ts';

/** Throws `usage` where there is no inventory, or a file that is not there: Ansible would warn, and go on without it. */
export async function nodesOf(host: Host, request: Request, help: string): Promise<Pick<FleetTarget, 'inventories' | 'options'>> {
  const inventories = valuesOf(request, 'inventory');
  if (inventories.length === 0) throw new KcfgError('usage', 'the inventory is missing', { help: [help] });
  for (const inventory of inventories) {
    // with a comma it is a list of hosts; a directory has no bytes to read, and is one all the same
    if (inventory.includes(',') || (await host.readOwn(inventory).catch(() => Buffer.alloc(0))) !== undefined) continue;
    throw new KcfgError('usage', `there is no file ${inventory}`, { help: ['name an inventory of Ansible: -i FILE'] });
  }
  const hosts = valueOf(request, 'hosts');
  return { inventories, options: [...(hosts === undefined ? [] : ['--limit', hosts]), ...valuesOf(request, 'ansible')] };
}
