import type { AsyncLocalStorage } from "node:async_hooks";
import { type Definition, endWithin, type Job, type Outcome, type RunContext } from "../job.ts";
import { type RetryPolicy, waitBefore } from "../policy/retry.ts";
import { texts } from "../text/text.ts";
import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";

/** How a run ended. */
export interface Ending {
  readonly outcome: Extract<Outcome, "succeeded" | "failed" | "timedOut" | "cancelled">;
  readonly value?: unknown;
  readonly error?: unknown;
}

/** What a run reports while it is running. */
export interface Watcher {
  /** Whether its timers keep the process alive. */
  readonly keepsAlive: boolean;
  /** @param failed which attempt it was, from 1 */
  onRetry(run: Run, failed: number, error: unknown, wait: Milliseconds): void;
  /** An attempt timed out but is still running. */
  onIgnoredAbort(run: Run): void;
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
  // A listener may have cancelled the run.
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
      if (!run.unsettled) return turn("now");
      void run.unsettled.then(() => turn("now"));
      const end = later(clock.now(), (timeout - wait) as Milliseconds);
      cancel = clock.wakeAt(end, () => turn("never"), keepsAlive);
    };
    let cancel = clock.wakeAt(later(clock.now(), wait), onTime, keepsAlive);
    signal.addEventListener("abort", callOff, { once: true });
  });

const endingOf = (run: Run, error: unknown): Ending => {
  if (error === timedOut || run.cause === "timeout")
    return { outcome: "timedOut", error: run.controller.signal.reason };
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
      const { grace } = run.definition.taskOptions ?? {};
      if (grace === undefined) giveUp();
      else cancel = clock.wakeAt(later(clock.now(), grace), giveUp, keepsAlive);
    };
    let cancel = clock.wakeAt(later(clock.now(), limit), onLimit, keepsAlive);
    const giveUp = () => {
      cancel = clock.wakeAt(later(clock.now(), retryDelay), () => watcher.onIgnoredAbort(run), false);
      run.trackUnsettled(
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

/** How long a task may take to end after its timeout before a warning says that it is still running. */
const retryDelay = (5 * second) as Milliseconds;

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

/** Why a run's signal aborted. */
export type AbortCause = "timeout" | "cancelled" | "stopping";

/** One execution of a job's task for one occurrence, with all its attempts. */
export class Run {
  readonly job: Job;
  readonly definition: Definition;
  readonly scheduled: Instant;
  /** Moves with the clock when that is set during the run. */
  started: Instant;
  /** The same on the monotonic clock. */
  readonly begun: number;
  readonly isByHand: boolean;
  /** The run whose task started this one by hand. */
  calledBy: Run | undefined;
  attempt: number;
  cause: AbortCause | undefined;
  /** How long what runs for it may take to end. */
  #limit: Milliseconds | undefined;
  /** Resolves when an attempt has ended that was given up and went on all the same; nothing when there is none. */
  unsettled: Promise<void> | undefined;
  /** The end of what it has printed, while anybody keeps that. */
  output = "";
  #controller: AbortController | undefined;
  #context: Context | undefined;

  constructor(job: Job, definition: Definition, clock: Clock, scheduled?: Instant, isByHand = false) {
    this.job = job;
    this.definition = definition;
    this.started = clock.now();
    this.begun = clock.monotonic();
    this.scheduled = scheduled ?? this.started;
    this.isByHand = isByHand;
    this.attempt = 1;
  }

  /** When it ends, if that is now. Where the clock has been set back during the run, it still ends as long after its start as it took. */
  endedAt(clock: Clock): Instant {
    return Math.max(clock.now(), this.started + Math.round(clock.monotonic() - this.begun)) as Instant;
  }

  /** Made when somebody looks at it: most tasks never do, and it costs more than the rest of a run. */
  get controller(): AbortController {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.cause) this.#controller.abort(reasonOf(this.cause, this, this.#limit));
    }
    return this.#controller;
  }

  /** A run whose time is up can still be called off: then it gets no further attempt. */
  abort(cause: AbortCause, limit?: Milliseconds): void {
    if (this.cause && this.cause !== "timeout") return;
    this.cause = cause;
    this.#limit = limit;
    this.#controller?.abort(reasonOf(cause, this, limit));
  }

  /** What the task gets as its last argument. */
  context(): RunContext {
    this.#context = new Context(this);
    return this.#context;
  }

  /** A further attempt gets a signal of its own, unless the run as a whole was called off. */
  renew(): void {
    if (this.cause !== "timeout") return;
    this.#context?.keepSignal();
    this.cause = undefined;
    this.#controller = undefined;
  }

  /** Remembers an attempt that was given up until it has ended. */
  trackUnsettled(end: Promise<void>): void {
    const ended = end.then(() => {
      if (this.unsettled === ended) this.unsettled = undefined;
    });
    this.unsettled = ended;
  }
}

const reasonOf = (
  cause: AbortCause,
  { job: { name }, definition }: Run,
  limit: Milliseconds | undefined,
): DOMException => {
  if (cause === "timeout")
    return new DOMException(
      texts().scheduler.tookTooLong(name, formatDuration(definition.policies.timeout ?? 0)),
      "TimeoutError",
    );
  const message = cause === "stopping" ? texts().scheduler.stopping : texts().scheduler.wasCancelled(name);
  const reason = new DOMException(message, "AbortError");
  return limit === undefined
    ? reason
    : Object.defineProperty(reason, endWithin, { value: programsWithin(limit) });
};

/** Programs end a little before the grace does, so that the end of their runs is still recorded. */
const programsWithin = (grace: Milliseconds): Milliseconds =>
  Math.max(grace / 2, grace - second / 2) as Milliseconds;

class Context implements RunContext {
  readonly #run: Run;
  readonly attempt: number;
  #signal: AbortSignal | undefined;
  constructor(run: Run) {
    this.#run = run;
    this.attempt = run.attempt;
  }
  get job(): Job {
    return this.#run.job;
  }
  get scheduled(): Date {
    return new Date(this.#run.scheduled);
  }
  get signal(): AbortSignal {
    return this.#signal ?? this.#run.controller.signal;
  }
  /** The next attempt gets another one. */
  keepSignal(): void {
    this.#signal = this.signal;
  }
}

interface Calls {
  /** Where calls belong after they have waited, also those of a task that is not itself asynchronous and returns a promise. */
  inside?: AsyncLocalStorage<Run>;
  /** Whose task is being called right now. */
  called?: Run | undefined;
}

/** The package may be loaded twice (tsx), and what one copy calls is known to the other. */
const shared = globalThis as { [current]?: Calls };
const current = Symbol.for("onthedot.calls@1");
shared[current] ??= {};
const calls = shared[current];

/** Calls a run's task, and remembers for all that it calls in turn which run they belong to. */
export const callTask = (run: Run): unknown => {
  const { task, args } = run.definition;
  const outer = calls.called;
  calls.called = run;
  try {
    return storage().run(run, task, ...args, run.context());
  } finally {
    calls.called = outer;
  }
};

/** The run from whose task this is called, and those whose tasks wait for it because they run it by hand; none when it is called from elsewhere. */
export const callers = (): readonly Run[] => {
  const found: Run[] = [];
  for (let run = calls.called ?? calls.inside?.getStore(); run; run = run.calledBy) found.push(run);
  return found;
};

/** Whether any task has been called. */
export const hasCalledTasks = (): boolean => calls.inside !== undefined;

/** Made, and its module loaded, at the first task: a start is a millisecond shorter. */
const storage = (): AsyncLocalStorage<Run> => {
  calls.inside ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<Run>();
  return calls.inside;
};
