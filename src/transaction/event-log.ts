/** What a change says reaches the terminal through a file, ID/events, in order. A disk that is full does not end the change. */
import type { Host } from '../host/host.ts';
import type { Event } from '../report/event.ts';
import { eventsOf } from './records.ts';
import type { Folder } from './store.ts';

export function openEventLog(host: Host, folder: Folder): { report: (event: Event) => void; flush(): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  return {
    report(event) {
      last = last.then(() => host.files.append(eventsOf(folder), `${JSON.stringify(event)}\n`)).catch(() => undefined);
    },
    flush: () => last,
  };
}
