import { uptime } from "node:os";
import type { Instant, Milliseconds } from "./instant.ts";

/** Where the time comes from: the machine's, or a test's. */
export interface Clock {
  /** The moment on the machine's wall clock. It can be set, and it goes on while the machine sleeps. */
  now(): Instant;
  /** Time that only ever goes on. On Linux it stands still while the machine sleeps. */
  monotonic(): Milliseconds;
  /**
   * Like {@link monotonic}, but counts the time for which the machine slept. Where it is known, a clock that was set forward is told from sleep; undefined, or left
   * out, where it is not.
   */
  uptime?(): Milliseconds | undefined;
  /**
   * Calls `wake` once, as soon as the time from now to `at` has passed, measured by {@link monotonic}; at once when `at` has
   * passed. It may be up to a millisecond early: whoever is woken looks at the clock again.
   *
   * @param keepsAlive whether the process stays alive until then. @default true
   * @returns a function that calls it off
   */
  wakeAt(at: Instant, wake: () => void, keepsAlive?: boolean): () => void;
  /** Comes back when the wall clock shows `at`, and lets nothing else happen meanwhile: for the last milliseconds, which no timer keeps. */
  spinUntil(at: Instant): void;
}

/** `setTimeout` fires at once when it is asked to wait longer than this. */
const longestTimer = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now() as Instant,
  monotonic: () => performance.now() as Milliseconds,
  // Elsewhere it is counted from the wall clock, or stands still during sleep as well.
  uptime: () => (process.platform === "linux" ? ((1_000 * uptime()) as Milliseconds) : undefined),
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
  // `Date.now()` counts whole milliseconds and turns where they begin, so looking at it all the time is exact to microseconds.
  spinUntil(at) {
    while (Date.now() < at);
  },
};
