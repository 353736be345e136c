import { fraction, hash } from "../recurrence/next/draw.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import type { CatchUpPolicy } from "./catch-up.ts";

/** What happens to a run whose process died. `"report"`: recorded, at most once. `"rerun"`: at least once. */
export type IfInterrupted = "report" | "rerun";

export const ifInterrupteds: readonly IfInterrupted[] = ["report", "rerun"];

export interface Policies {
  readonly overlap: Overlap;
  readonly catchUp: CatchUpPolicy;
  readonly retry?: RetryPolicy;
  readonly timeout?: Milliseconds;
  readonly jitter?: Milliseconds;
  readonly ifInterrupted: IfInterrupted;
  /** How many failed runs in a row pause the job. */
  readonly pauseAfterFailures?: number;
}

export const usualPolicies: Policies = Object.freeze({
  overlap: "skip",
  catchUp: Object.freeze({ missed: "once" }),
  ifInterrupted: "report",
});

/**
 * What happens when an occurrence comes while the last run still runs.
 *
 * - `"skip"`: it does not run, and that is recorded
 * - `"queue"`: one waits and starts when the running one has ended; more than one are skipped
 * - `"queueAll"`: up to 1,000 wait, the rest are dropped and counted
 * - `"cancel"`: the running one's signal aborts, and the new one starts when it has ended
 * - `"allow"`: both run
 */
export type Overlap = "skip" | "queue" | "queueAll" | "cancel" | "allow";

export const overlaps: readonly Overlap[] = ["skip", "queue", "queueAll", "cancel", "allow"];

/** How many runs may wait under `"queueAll"`. */
const longestQueue = 1_000;

export type Arrival = "start" | "wait" | "skip" | "drop" | "replace";

/**
 * What to do with an occurrence. `"replace"` means: abort what runs, forget what waits, and wait.
 */
export const onArrival = (running: number, waiting: number, overlap: Overlap): Arrival => {
  if (running === 0 || overlap === "allow") return "start";
  switch (overlap) {
    case "skip":
      return "skip";
    case "queue":
      return waiting === 0 ? "wait" : "skip";
    case "queueAll":
      return waiting < longestQueue ? "wait" : "drop";
    case "cancel":
      return "replace";
  }
};

/** How the wait before a further attempt grows: it doubles, or stays. */
export type Backoff = "fixed" | "exponential";

export interface RetryPolicy {
  /** How many further attempts a failed run gets, from 1 to 100. */
  readonly times: number;
  readonly backoff: Backoff;
  readonly delay: Milliseconds;
  readonly maxDelay: Milliseconds;
}

/**
 * How long to wait before another attempt, or nothing when there is none left.
 *
 * @param failed how many attempts have failed, from 1 up
 */
export const waitBefore = (
  failed: number,
  { times, backoff, delay, maxDelay }: RetryPolicy,
): Milliseconds | undefined => {
  if (failed > times) return undefined;
  const wait = backoff === "exponential" ? delay * 2 ** (failed - 1) : delay;
  return Math.min(wait, maxDelay) as Milliseconds;
};

/**
 * How long jitter delays the start of an occurrence. The same for one job and moment in every process and after every restart;
 * never as far as the next occurrence, and never past the end.
 *
 * @param end the last moment at which the occurrence may start: its `until`
 */
export const jitterOf = (
  name: string,
  at: Instant,
  next: Instant | null,
  most: Milliseconds,
  end: number = Infinity,
): Milliseconds => {
  const room = Math.min(most, (next ?? Infinity) - at - 1, end - at);
  const mixed = hash(`${name} ${at}`);
  return Math.floor(fraction(mixed, 0) * (Math.max(0, room) + 1)) as Milliseconds;
};
