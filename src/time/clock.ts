import type { Instant, Milliseconds } from "./instant.ts";

/**
 * The source of time: the machine's clock, or a test's.
 *
 * @example
 * ```ts
 * import { type Clock, createScheduler, VirtualClock } from "onthedot/testing";
 *
 * const jobsOn = (clock: Clock) => {
 *   const scheduler = createScheduler({ clock });
 *   scheduler.every().hour.do(() => console.log("an hour has passed"));
 *   scheduler.start();
 * };
 *
 * const clock = new VirtualClock("2027-01-01T00:00Z");
 * jobsOn(clock);
 * await clock.advance("1 hour");
 * //=> an hour has passed
 * ```
 */
export interface Clock {
  /** The moment on the machine's wall clock. It can be set, and it runs while the machine sleeps. */
  now(): Instant;
  /** Time that only goes forward. On Linux it stops while the machine sleeps. */
  monotonic(): Milliseconds;
  /**
   * Like {@link monotonic}, but includes sleep, which tells sleep from a clock that was set forward. Undefined, or missing, where it is
   * unknown.
   */
  uptime?(): Milliseconds | undefined;
  /**
   * Calls `wake` once, as soon as the time from now to `at` has passed, measured by {@link monotonic}; at once when `at` has
   * passed. It may be up to a millisecond early: check the clock again.
   *
   * @param keepsAlive whether the process stays alive until then. @default true
   * @returns a function that cancels it
   */
  wakeAt(at: Instant, wake: () => void, keepsAlive?: boolean): () => void;
  /**
   * Calls a function just before the clock is set, stands still or sleeps. A clock that has this need not be looked at every half minute.
   *
   * @returns a function that stops it
   */
  beforeChange?(listener: () => void): () => void;
  /** Blocks until the wall clock shows `at`: for the last milliseconds, which no timer keeps. */
  spinUntil(at: Instant): void;
}

/** `setTimeout` fires at once for a longer delay. */
const longestTimer = 2 ** 31 - 1;

/**
 * The machine's clock.
 *
 * @example
 * ```ts
 * import { createScheduler, systemClock } from "onthedot/testing";
 *
 * const { every, start } = createScheduler({ clock: systemClock }); // the default
 * every(5).minutes.do(() => console.log("tick"));
 * start({ ref: false });
 * ```
 */
export const systemClock: Clock = {
  now: () => Date.now() as Instant,
  monotonic: () => performance.now() as Milliseconds,
  // Elsewhere it is counted from the wall clock, or stands still during sleep as well.
  uptime: () =>
    process.platform === "linux"
      ? ((1_000 * process.getBuiltinModule("node:os").uptime()) as Milliseconds)
      : undefined,
  wakeAt(at, wake, keepsAlive = true) {
    const start = (wait: number) => {
      const timer =
        wait <= longestTimer ? setTimeout(wake, Math.max(0, wait)) : setTimeout(restore, longestTimer);
      return keepsAlive ? timer : timer.unref();
    };
    const restore = () => {
      timer = start(at - Date.now());
    };
    let timer = start(at - Date.now());
    return () => clearTimeout(timer);
  },
  // `Date.now()` changes exactly at the start of a millisecond, so polling it is exact to microseconds.
  spinUntil(at) {
    while (Date.now() < at);
  },
};
