import { endWithin, type RunContext } from "../job/context.ts";
import type { Definition } from "../job/definition.ts";
import type { Job } from "../job/job.ts";
import { formatDuration } from "../time/duration.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";

/** Why a run's signal aborted. */
export type AbortCause = "timeout" | "cancelled" | "stopping";

/** One execution of a job's task for one occurrence, with all its attempts. */
export class Run {
  readonly job: Job;
  readonly definition: Definition;
  readonly scheduled: Instant;
  readonly started: Instant;
  readonly isByHand: boolean;
  /** The run whose task started this one by hand. */
  calledBy: Run | undefined;
  attempt: number;
  cause: AbortCause | undefined;
  /** How long what runs for it may take to end. */
  #limit: Milliseconds | undefined;
  /** Resolves when an attempt has ended that was given up and went on all the same; nothing when there is none. */
  lingering: Promise<void> | undefined;
  #controller: AbortController | undefined;
  #context: Context | undefined;

  constructor(job: Job, definition: Definition, scheduled: Instant, started: Instant, isByHand = false) {
    this.job = job;
    this.definition = definition;
    this.scheduled = scheduled;
    this.started = started;
    this.isByHand = isByHand;
    this.attempt = 1;
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
  linger(end: Promise<void>): void {
    const ended = end.then(() => {
      if (this.lingering === ended) this.lingering = undefined;
    });
    this.lingering = ended;
  }
}

const reasonOf = (
  cause: AbortCause,
  { job: { name }, definition }: Run,
  limit: Milliseconds | undefined,
): DOMException => {
  if (cause === "timeout")
    return new DOMException(
      `${name} took longer than ${formatDuration(definition.policies.timeout ?? 0)}`,
      "TimeoutError",
    );
  const message = cause === "stopping" ? "the scheduler is stopping" : `${name} was cancelled`;
  const reason = new DOMException(message, "AbortError");
  return limit === undefined ? reason : Object.defineProperty(reason, endWithin, { value: limit });
};

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
