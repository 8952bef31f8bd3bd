/**
 * A node's clock: delays are written as a real node has them, and shortened by the node's speed.
 * Each pretend process takes a group of its own, so that nothing of it happens once it has ended.
 */
export interface Timers {
  /** 1 = as on a real node. Shared by all groups of the node; a change holds for what is asked for from then on. */
  speed: number;
  /** Calls once after `ms` of the node's time. Returns what cancels it. */
  after(ms: number, call: () => void): () => void;
  /** Calls every `ms` of the node's time until cancelled, or until the group stops. */
  every(ms: number, call: () => void): () => void;
  /** Resolves after `ms` of the node's time; never, when the group stops first. */
  sleep(ms: number): Promise<void>;
  /** A group that stops with this one, or before it. */
  group(): Timers;
  /** Cancels everything. Nothing more happens until resume(). */
  stop(): void;
  /** After a stop: takes new work again, not the old. */
  resume(): void;
}

export function createTimers(speed: number): Timers {
  return createGroup({ speed });
}

function createGroup(clock: { speed: number }): Timers {
  const cancels = new Set<() => void>();
  const groups = new Set<Timers>();
  let stopped = false;
  const timers: Timers = {
    get speed() {
      return clock.speed;
    },
    set speed(speed) {
      clock.speed = speed;
    },
    after(ms, call) {
      if (stopped) return () => {};
      const handle = setTimeout(() => {
        cancels.delete(cancel);
        call();
      }, ms / clock.speed);
      const cancel = (): void => {
        clearTimeout(handle);
        cancels.delete(cancel);
      };
      cancels.add(cancel);
      return cancel;
    },
    every(ms, call) {
      let over = false;
      let cancel = (): void => {};
      const again = (): void => {
        cancel = timers.after(ms, () => {
          call();
          if (!over) again();
        });
      };
      again();
      return () => {
        over = true;
        cancel();
      };
    },
    sleep: (ms) => new Promise((resolve) => timers.after(ms, resolve)),
    group() {
      const group = createGroup(clock);
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
    resume() {
      stopped = false;
    },
  };
  return timers;
}
