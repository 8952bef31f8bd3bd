/**
 * A node's clock: delays are written as a real node has them, and shortened by the node's speed.
 * Each pretend process takes a group of its own, so that nothing of it happens once it has ended.
 */
export interface Timers {
  readonly speed: number;
  /** Calls once after `ms` of the node's time. Returns what cancels it. */
  after(ms: number, call: () => void): () => void;
  /** Calls every `ms` of the node's time until the group stops. */
  every(ms: number, call: () => void): () => void;
  /** Resolves after `ms` of the node's time; never, when the group stops first. */
  sleep(ms: number): Promise<void>;
  /** A group that stops with this one, or before it. */
  group(): Timers;
  stop(): void;
}

export function createTimers(speed: number): Timers {
  const cancels = new Set<() => void>();
  const groups = new Set<Timers>();
  let stopped = false;
  const keep = (handle: NodeJS.Timeout): (() => void) => {
    const cancel = (): void => {
      clearTimeout(handle);
      cancels.delete(cancel);
    };
    cancels.add(cancel);
    return cancel;
  };
  const timers: Timers = {
    speed,
    after(ms, call) {
      if (stopped) return () => {};
      const cancel = keep(
        setTimeout(() => {
          cancel();
          call();
        }, ms / speed),
      );
      return cancel;
    },
    every(ms, call) {
      return stopped ? () => {} : keep(setInterval(call, ms / speed));
    },
    sleep(ms) {
      return new Promise((resolve) => timers.after(ms, resolve));
    },
    group() {
      const group = createTimers(speed);
      if (stopped) group.stop();
      groups.add(group);
      return group;
    },
    stop() {
      stopped = true;
      for (const cancel of [...cancels]) cancel();
      for (const group of groups) group.stop();
      groups.clear();
    },
  };
  return timers;
}
