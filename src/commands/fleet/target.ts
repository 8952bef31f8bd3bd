/** Which nodes: an inventory of Ansible, a part of it, and options for Ansible itself. */
import type { Request } from '../../cli/request.ts';
import { valueOf, valuesOf } from '../../cli/request.ts';
import { KcfgError } from '../../errors.ts';
import { type FleetPlan, type FleetTarget, parseFleetPlan } from '../../fleet/fleet-plan.ts';
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

/** The plan in the file that was named. Throws `bad-plan`. */
export async function readPlan(host: Host, words: readonly string[]): Promise<{ file: string; plan: FleetPlan }> {
  const file = words[0] ?? '';
  const text = await host.readReport(file);
  if (text === undefined) throw new KcfgError('bad-plan', file === '' ? 'the plan is missing' : `there is no file ${file}`, { help: ['make one: kcfg fleet plan set FIELD=VALUE -i INVENTORY --out FILE'] });
  return { file, plan: parseFleetPlan(file, text) };
}
