/** A file that grows, read as it grows: how the terminal follows a change that runs elsewhere. */
import type { Disk } from './disk.ts';

/** Between two looks: below what the eye notices, and cheap. fs.watch misses appends on some filesystems. */
const LOOK_EVERY_MS = 50;

/** Calls back with what was added since the last look, until the signal aborts; what is there by then is still read. */
export async function follow(disk: Disk, machine: string, onText: (text: string) => void, signal: AbortSignal): Promise<void> {
  const handle = await disk.open(machine, 'look');
  const decoder = new TextDecoder();
  try {
    for (let at = 0; ; ) {
      const last = signal.aborted;
      const { size } = await handle.stat();
      if (size > at) {
        const bytes = Buffer.alloc(size - at);
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
        at += bytesRead;
        onText(decoder.decode(bytes.subarray(0, bytesRead), { stream: true }));
      }
      if (last) return;
      await new Promise<void>((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  } finally {
    await handle.close();
  }
}
