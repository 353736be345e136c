import type { Outcome } from "../job/run.ts";
import { type RetryPolicy, waitBefore } from "../policy/retry.ts";
import type { Clock } from "../time/clock.ts";
import { later, type Milliseconds } from "../time/instant.ts";
import type { Run } from "./run.ts";

/** How a run ended. */
export interface Ending {
  readonly outcome: Extract<Outcome, "succeeded" | "failed" | "timed-out" | "cancelled">;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** What a run tells while it goes on. */
export interface Watcher {
  /** @param failed which attempt it was, from 1 */
  onRetry(run: Run, failed: number, error: unknown, wait: Milliseconds): void;
}

/**
 * Makes attempts until one succeeds or none is left. A task that is not asynchronous, has no retry left and no timeout to wait for has ended
 * when this returns; otherwise the promise resolves with the ending. It never rejects.
 */
export const perform = (run: Run, clock: Clock, watcher: Watcher): Ending | Promise<Ending> => {
  const { task, args, policies } = run.definition;
  let returned: unknown;
  try {
    returned = task(...args, run.context());
    if (!isThenable(returned)) return endOf(run, returned);
  } catch (error) {
    return onFailure(run, error, clock, watcher);
  }
  const limited =
    policies.timeout === undefined
      ? returned
      : withTimeout(run, Promise.resolve(returned), policies.timeout, clock);
  return Promise.resolve(limited).then(
    (value): Ending | Promise<Ending> =>
      value === timedOut ? onFailure(run, timedOut, clock, watcher) : endOf(run, value),
    (error) => onFailure(run, error, clock, watcher),
  );
};

/** A task that heeds the signal of its cancelling and gives something back was cancelled all the same. */
const endOf = (run: Run, value: unknown): Ending => ({
  outcome: run.cause === "cancelled" ? "cancelled" : "succeeded",
  value,
});

const timedOut = Symbol("timed out");

const onFailure = (run: Run, error: unknown, clock: Clock, watcher: Watcher): Ending | Promise<Ending> => {
  const retry =
    run.cause === "cancelled" || run.cause === "stopping" ? undefined : run.definition.policies.retry;
  const wait = retry && waitBefore(run.attempt, retry as RetryPolicy);
  if (wait === undefined) return endingOf(run, error);
  const ending = endingOf(run, error);
  const failed = run.attempt;
  run.again();
  watcher.onRetry(run, failed, ending.error, wait);
  const calledOff: Ending = { outcome: "cancelled", error: ending.error };
  // Whoever heard of it may have called the run off.
  if (run.cause) return calledOff;
  return new Promise((resolve) => {
    const { signal } = run.controller;
    const callOff = () => {
      cancel();
      resolve(calledOff);
    };
    const cancel = clock.wakeAt(later(clock.now(), wait), () => {
      signal.removeEventListener("abort", callOff);
      resolve(perform(run, clock, watcher));
    });
    signal.addEventListener("abort", callOff, { once: true });
  });
};

const endingOf = (run: Run, error: unknown): Ending => {
  if (error === timedOut || run.cause === "timeout")
    return { outcome: "timed-out", error: run.controller.signal.reason };
  return { outcome: run.cause ? "cancelled" : "failed", error };
};

/**
 * Resolves with `timedOut` when the time is up, whether the task heeds its signal or not: a promise cannot be ended from outside. A task that has asked for it
 * is given a grace to end.
 */
const withTimeout = (
  run: Run,
  running: PromiseLike<unknown>,
  limit: Milliseconds,
  clock: Clock,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    let cancel = clock.wakeAt(later(clock.now(), limit), () => {
      run.abort("timeout");
      const { grace } = run.definition.manner ?? {};
      if (grace === undefined) resolve(timedOut);
      else cancel = clock.wakeAt(later(clock.now(), grace), () => resolve(timedOut));
    });
    running.then(
      (value) => {
        cancel();
        resolve(value);
      },
      (error) => {
        cancel();
        reject(error);
      },
    );
  });

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
