/** Many nodes, over Ansible. */
import type { Command } from '../command.ts';

export const FLEET: readonly Command[] = [
  {
    name: 'fleet',
    summary: 'Change many nodes over Ansible: asked first, one control plane at a time, stopped at the first failure.',
    short: 'many nodes over Ansible, one after the other',
    forms: ['fleet plan set FIELD=VALUE... -i INVENTORY', 'fleet apply FILE', 'fleet confirm FILE', 'fleet rollback FILE', 'fleet status | verify | doctor | report -i INVENTORY', 'fleet install PACKAGE -i INVENTORY', 'fleet uninstall -i INVENTORY'],
    arguments: [{ name: 'plan', words: ['plan', 'apply', 'confirm', 'rollback', 'status', 'verify', 'doctor', 'report', 'install', 'uninstall'] }, { name: 'FILE', optional: true, repeat: true }],
    options: ['inventory', 'hosts', 'ansible', 'out', 'reason', 'yes', 'batch', 'max-fail', 'confirm-within', 'purge'],
    examples: ['kcfg fleet plan set maxPods=150 -i inventory.ini --out more.plan', 'kcfg fleet apply more.plan --batch 10%'],
    exits: [1, 3, 5, 6, 130],
    group: 'change',
    load: () => import('../../commands/fleet.ts'),
  },
];
