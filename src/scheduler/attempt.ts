import type { Outcome } from "../job/run.ts";
import { type RetryPolicy, waitBefore } from "../policy/retry.ts";
import type { Clock } from "../time/clock.ts";
import { later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import { callTask } from "./calling.ts";
import type { Run } from "./run.ts";

/** How a run ended. */
export interface Ending {
  readonly outcome: Extract<Outcome, "succeeded" | "failed" | "timed-out" | "cancelled">;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** What a run tells while it goes on. */
export interface Watcher {
  /** Whether its timers keep the process alive. */
  readonly keepsAlive: boolean;
  /** @param failed which attempt it was, from 1 */
  onRetry(run: Run, failed: number, error: unknown, wait: Milliseconds): void;
  /** An attempt was given up and goes on all the same. */
  onDeaf(run: Run): void;
}

/**
 * Makes attempts until one succeeds or none is left. A task that is not asynchronous, has no retry left and no timeout to wait for has ended
 * when this returns; otherwise the promise resolves with the ending. It never rejects.
 */
export const perform = (run: Run, clock: Clock, watcher: Watcher): Ending | Promise<Ending> => {
  const { policies } = run.definition;
  let returned: unknown;
  try {
    returned = callTask(run);
    if (!isThenable(returned)) return endOf(run, returned);
  } catch (error) {
    return onFailure(run, error, clock, watcher);
  }
  const promise = settled(returned);
  const limited =
    policies.timeout === undefined ? promise : withTimeout(run, promise, policies.timeout, clock, watcher);
  return limited.then(
    (value): Ending | Promise<Ending> =>
      value === timedOut ? onFailure(run, timedOut, clock, watcher) : endOf(run, value),
    (error) => onFailure(run, error, clock, watcher),
  );
};

/** A promise can throw when it is looked at: only `await` never does. */
const settled = async (value: PromiseLike<unknown>): Promise<unknown> => await value;

/** A task that heeds the signal of its cancelling and gives something back was cancelled all the same. */
const endOf = (run: Run, value: unknown): Ending => ({
  outcome: run.cause === "cancelled" ? "cancelled" : "succeeded",
  value,
});

const timedOut = Symbol("timed out");

const onFailure = (run: Run, error: unknown, clock: Clock, watcher: Watcher): Ending | Promise<Ending> => {
  const { retry } = run.definition.policies;
  const ending = endingOf(run, error);
  const isCalledOff = run.cause === "cancelled" || run.cause === "stopping";
  const wait = isCalledOff ? undefined : retry && waitBefore(run.attempt, retry as RetryPolicy);
  if (wait === undefined) return ending;
  run.renew();
  watcher.onRetry(run, run.attempt, ending.error, wait);
  const calledOff: Ending = { outcome: "cancelled", error: ending.error };
  // Whoever heard of it may have called the run off.
  if (run.cause) return calledOff;
  return nextTurn(run, wait, clock, watcher).then((turn) => {
    if (turn === "called off") return calledOff;
    if (turn === "never") return ending;
    run.attempt++;
    return perform(run, clock, watcher);
  });
};

/**
 * Waits until another attempt may begin: when its wait is over and the one before has ended. One that was given up and has not ended after as long again as it
 * was given leaves no room for another.
 *
 *     timeout    wait over        as long again
 *     |----------|----------------|
 *      gives up   begins as soon   "never"
 *                 as it has ended
 */
const nextTurn = (
  run: Run,
  wait: Milliseconds,
  clock: Clock,
  { keepsAlive }: Watcher,
): Promise<"now" | "called off" | "never"> =>
  new Promise((resolve) => {
    const { signal } = run.controller;
    const { timeout = 0 } = run.definition.policies;
    const turn = (what: "now" | "called off" | "never") => {
      cancel();
      signal.removeEventListener("abort", callOff);
      resolve(what);
    };
    const callOff = () => turn("called off");
    const onTime = () => {
      if (!run.lingering) return turn("now");
      void run.lingering.then(() => turn("now"));
      const end = later(clock.now(), (timeout - wait) as Milliseconds);
      cancel = clock.wakeAt(end, () => turn("never"), keepsAlive);
    };
    let cancel = clock.wakeAt(later(clock.now(), wait), onTime, keepsAlive);
    signal.addEventListener("abort", callOff, { once: true });
  });

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
  running: Promise<unknown>,
  limit: Milliseconds,
  clock: Clock,
  watcher: Watcher,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { keepsAlive } = watcher;
    const onLimit = () => {
      run.abort("timeout");
      const { grace } = run.definition.manner ?? {};
      if (grace === undefined) giveUp();
      else cancel = clock.wakeAt(later(clock.now(), grace), giveUp, keepsAlive);
    };
    let cancel = clock.wakeAt(later(clock.now(), limit), onLimit, keepsAlive);
    const giveUp = () => {
      cancel = clock.wakeAt(later(clock.now(), patience), () => watcher.onDeaf(run), false);
      run.linger(
        running.then(
          () => {},
          () => {},
        ),
      );
      resolve(timedOut);
    };
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

/** A task that was given up may take so long to end before anybody is told that it goes on. */
const patience = (5 * second) as Milliseconds;

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
