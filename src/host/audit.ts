/**
 * One entry in journald for each change, with KCFG_* fields: `journalctl -t kcfg -o verbose`. Best effort. The addon
 * systemd-journald is optional (it is compiled at install); logger(1) of util-linux does the same. The addon reports
 * success also where no journald runs, so its socket is looked for first.
 */
import { createRequire } from 'node:module';
import { stat } from 'node:fs/promises';
import type { Host } from './host.ts';

const SOCKET = '/run/systemd/journal/socket';
/** syslog priority "notice": a change of the node is worth more than "info" (syslog(3)). */
const NOTICE = '5';

/** Its class: default fields for the constructor, then one method for each syslog priority. */
interface Addon {
  new (defaults: Record<string, string>): { notice(message: string, fields: Record<string, string>): void };
}

/** `sandbox`: the pretend node has a logger of its own, and no part in this machine's journal. */
export function openAudit(run: Host['run'], sandbox: boolean): Host['audit'] {
  return async (message, fields) => {
    try {
      if (!sandbox && (await stat(SOCKET).catch(() => undefined)) === undefined) return;
      const Journald = sandbox ? undefined : loadAddon();
      if (Journald !== undefined) {
        new Journald({ syslog_identifier: 'kcfg' }).notice(message, fields);
        return;
      }
      const entry = { MESSAGE: message, PRIORITY: NOTICE, SYSLOG_IDENTIFIER: 'kcfg', ...fields };
      // A newline would begin another field.
      const lines = Object.entries(entry).map(([name, value]) => `${name}=${value.replaceAll(/\s+/g, ' ')}\n`);
      await run(['logger', '--journald'], { input: lines.join(''), timeout: 5000 });
    } catch {
      // A change never fails for want of a log line.
    }
  };
}

function loadAddon(): Addon | undefined {
  try {
    return createRequire(import.meta.url)('systemd-journald') as Addon;
  } catch {
    return undefined;
  }
}
