/** test/lab/poll as tests use it: a process of its own, so that nothing in the test's process delays a question. */
import { execa } from 'execa';

export interface Polled {
  sent: number;
  /** A status other than 200, or no answer within 1 s. */
  failed: number;
  /** Seconds: `start` since the first question, `length` up to the next good answer. */
  outages: { start: number; length: number }[];
  /** How many failed with which status, or with which error. */
  why: Record<string, number>;
}
export interface Poll {
  /** Ends it and tells. */
  stop(): Promise<Polled>;
}

/** Returns when the first question has been answered, or has failed. */
export async function startPoll(lab: string, args: readonly string[], env: Record<string, string>): Promise<Poll> {
  const polling = execa(lab, args, { env, timeout: 3_600_000, forceKillAfterDelay: 5000 });
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    polling.stderr.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes('polling')) resolve();
    });
    polling.then(() => reject(new Error(`the poller ended early: ${seen}`)), reject);
  });
  return {
    async stop() {
      polling.kill('SIGTERM');
      const { stdout } = await polling;
      return JSON.parse(stdout) as Polled;
    },
  };
}
