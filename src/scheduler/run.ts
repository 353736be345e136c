import type { AsyncLocalStorage } from "node:async_hooks";
import { type Definition, endWithin, type Job, type RunContext } from "../job.ts";
import { texts } from "../text/text.ts";
import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";

type AbortCause = "timeout" | "cancelled" | "stopping";

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
  attempt = 1;
  cause: AbortCause | undefined;
  /** How long what runs for it may take to end. */
  #limit: Milliseconds | undefined;
  /** Resolves when an attempt that timed out and kept running has ended; undefined when there is none. */
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
  }

  /** When it ends, if that is now. Where the clock has been set back during the run, it still ends as long after its start as it took. */
  endedAt(clock: Clock): Instant {
    return Math.max(clock.now(), this.started + Math.round(clock.monotonic() - this.begun)) as Instant;
  }

  /** Made when somebody looks at it: most tasks never do, and it costs more than the rest of a run. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.cause) this.#controller.abort(this.#reason(this.cause));
    }
    return this.#controller.signal;
  }

  /** A run whose time is up can still be called off: then it gets no further attempt. */
  abort(cause: AbortCause, limit?: Milliseconds): void {
    if (this.cause && this.cause !== "timeout") return;
    this.cause = cause;
    this.#limit = limit;
    this.#controller?.abort(this.#reason(cause));
  }

  #reason(cause: AbortCause): DOMException {
    const { tookTooLong, stopping, wasCancelled } = texts().scheduler;
    const { name } = this.job;
    if (cause === "timeout") {
      const length = formatDuration(this.definition.policies.timeout ?? 0);
      return new DOMException(tookTooLong(name, length), "TimeoutError");
    }
    const reason = new DOMException(cause === "stopping" ? stopping : wasCancelled(name), "AbortError");
    if (this.#limit === undefined) return reason;
    // Programs end a little before the grace does, so that the end of their runs is still recorded.
    const value = Math.max(this.#limit / 2, this.#limit - second / 2);
    return Object.defineProperty(reason, endWithin, { value });
  }

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
    return this.#signal ?? this.#run.signal;
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
  // Made, and its module loaded, at the first task: a start is a millisecond shorter.
  calls.inside ??= new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)<Run>();
  try {
    return calls.inside.run(run, task, ...args, run.context());
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

export const hasCalledTasks = (): boolean => calls.inside !== undefined;
