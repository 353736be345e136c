import type { Milliseconds } from "../time/instant.ts";

/** How the wait before a further attempt grows: it doubles, or stays. */
export type Backoff = "fixed" | "exponential";

export interface RetryPolicy {
  /** How many further attempts a failed run gets, from 1 to 100. */
  readonly times: number;
  readonly backoff: Backoff;
  /** The wait before the first further attempt. */
  readonly delay: Milliseconds;
  /** No wait is longer. */
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
