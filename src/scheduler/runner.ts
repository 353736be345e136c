import type { EngineRun } from "../engine/engine.ts";
import {
  CancelJob,
  type Decision,
  inWords,
  isError,
  type Outcome,
  placeOf,
  type RunContext,
  type SkipReason,
  type StartCondition,
  shortPlace,
  toRecord,
} from "../job.ts";
import { onArrival, waitBefore } from "../policy/policies.ts";
import { texts } from "../text/text.ts";
import { formatDuration } from "../time/duration.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { Entry, SchedulerContext } from "./job.ts";
import type { Start } from "./queue.ts";
import { callers, callTask, Run } from "./run.ts";

interface Ending {
  readonly outcome: Extract<Outcome, "succeeded" | "failed" | "timedOut" | "cancelled">;
  readonly value?: unknown;
  readonly error?: unknown;
}

interface Refusal {
  readonly outcome: "skipped" | "dropped" | "cancelled";
  readonly reason?: SkipReason;
  /** What a condition threw. */
  readonly error?: unknown;
}

const calledOff: Refusal = { outcome: "cancelled" };
const pausedMeanwhile: Refusal = { outcome: "skipped", reason: "paused" };
const nothing: readonly Instant[] = [];
const overlapping: Refusal = { outcome: "skipped", reason: "overlap" };

/** How long a task may take to end after its timeout before a warning says that it is still running. */
const abortGrace = 5 * second;

/** Starts runs, applies the job's overlap policy, makes their attempts, and records outcomes. */
export class Runner {
  running = 0;
  isStopping = false;
  /** Whether the wait before another attempt, or for a timeout, keeps the process alive. */
  keepsAlive = true;
  readonly #scheduler: SchedulerContext;
  #whenIdle: (readonly [resolve: () => void, except: readonly Run[]])[] = [];

  constructor(scheduler: SchedulerContext) {
    this.#scheduler = scheduler;
  }

  /** Starts an occurrence, lets it wait, or records why not. Gives the end of the run where there is one to wait for. */
  arrive({ entry, scheduled, isBacklog }: Start): Promise<void> | undefined {
    if (entry.isGone) return this.#pass(entry, scheduled, calledOff);
    if (entry.isPaused) return this.#pass(entry, scheduled, pausedMeanwhile);
    const { overlap } = entry.definition.policies;
    const how = isBacklog && overlap !== "allow" ? "queueAll" : overlap;
    const arrival = onArrival(entry.running.length, entry.waiting.length, how);
    if (arrival === "start") return this.#start(entry, scheduled);
    if (arrival === "skip") return this.#pass(entry, scheduled, overlapping);
    if (arrival === "drop") return this.#pass(entry, scheduled, { outcome: "dropped", reason: "queueFull" });
    // A listener or a task that is aborted may cancel the job, and what waits with it.
    const replaced = arrival === "replace" ? entry.waiting : nothing;
    entry.waiting = arrival === "replace" ? [scheduled] : [...entry.waiting, scheduled];
    entry.jobRecord.defer(scheduled);
    for (const at of replaced) this.#pass(entry, at, overlapping);
    if (arrival === "replace") entry.abortRuns();
    return undefined;
  }

  /** Runs a job outside its schedule. Resolves with what the task returned, rejects with what it threw. */
  async byHand(entry: Entry): Promise<unknown> {
    if (this.isStopping) throw new DOMException(texts().scheduler.stopping, "AbortError");
    const run = new Run(entry, entry.definition, this.#scheduler.clock, undefined, true);
    run.calledBy = callers()[0];
    this.#begin(entry, run);
    const ending = await this.#attempt(run);
    this.#end(entry, run, ending);
    if (ending.outcome === "succeeded") return ending.value;
    throw (
      ending.error ?? new DOMException(texts().scheduler.endedAs(entry.name, ending.outcome), "AbortError")
    );
  }

  /** Runs an occurrence that an engine has given to this process, which decides what follows from it. */
  serve(entry: Entry, scheduled: Instant): EngineRun {
    const run = new Run(entry, entry.definition, this.#scheduler.clock, scheduled);
    this.#begin(entry, run);
    const ended = Promise.resolve(this.#attempt(run)).then(({ outcome, value, error }) => {
      const decision = this.#decision(run, { outcome, error });
      this.#report(entry, decision, { value, error });
      const leave = () => {
        this.#remove(entry, run);
        this.notifyIdle();
      };
      const settled = run.unsettled?.then(leave);
      if (!settled) leave();
      return { decision, value, error, isLast: value === CancelJob, settled };
    });
    return { ended, abort: () => run.abort("cancelled") };
  }

  /** Checks the conditions of an occurrence that an engine is about to give to this process. @returns the decision if it may not start */
  async refusal(entry: Entry, scheduled: Instant): Promise<Decision | undefined> {
    const refusal = await this.#check(entry, scheduled);
    this.notifyIdle();
    return refusal && refused(scheduled, refusal);
  }

  /** Resolves when nothing runs. @param except runs that are not waited for; more may come to them */
  untilIdle(except: readonly Run[] = []): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push([resolve, except]);
      this.notifyIdle();
    });
  }

  /** Resolves the promises of {@link untilIdle} that have nothing left to wait for. */
  notifyIdle(): void {
    if (this.#whenIdle.length === 0) return;
    this.#whenIdle = this.#whenIdle.filter(([resolve, except]) => {
      const isIdle = this.running === except.filter((run) => (run.job as Entry).running.includes(run)).length;
      if (isIdle) resolve();
      return !isIdle;
    });
  }

  /** Lets nothing of a job wait any more: neither what waits for a run to end, nor starts that were put off. */
  giveUp(entry: Entry, delayed: readonly Instant[]): void {
    const waiting = [...entry.waiting, ...delayed];
    entry.waiting = [];
    for (const at of waiting) this.#pass(entry, at, entry.isPaused ? pausedMeanwhile : calledOff);
  }

  #pass(entry: Entry, at: Instant, refusal: Refusal): undefined {
    this.#report(entry, refused(at, refusal), { error: refusal.error });
    if (at !== entry.opening) this.#scheduler.giveBack(entry);
  }

  #start(entry: Entry, scheduled: Instant): Promise<void> | undefined {
    if (!entry.definition.conditions) return this.#perform(entry, scheduled);
    const refusal = this.#check(entry, scheduled);
    if (refusal instanceof Promise) return refusal.then((found) => this.#decide(entry, scheduled, found));
    return this.#decide(entry, scheduled, refusal);
  }

  #decide(entry: Entry, scheduled: Instant, refusal: Refusal | undefined): Promise<void> | undefined {
    if (refusal === calledOff) this.#pass(entry, scheduled, calledOff);
    else if (entry.isPaused) this.#pass(entry, scheduled, pausedMeanwhile);
    else if (this.isStopping) entry.waiting = [...entry.waiting, scheduled];
    else if (refusal) this.#pass(entry, scheduled, refusal);
    else return this.#perform(entry, scheduled);
    this.#leave(entry);
    return undefined;
  }

  /** Checks the conditions of an occurrence. While one is waited for, the job counts as running. */
  #check(entry: Entry, scheduled: Instant): Refusal | undefined | Promise<Refusal | undefined> {
    const { conditions, policies } = entry.definition;
    if (!conditions) return undefined;
    const check = new Run(entry, entry.definition, this.#scheduler.clock, scheduled);
    const found = refusalBy(conditions, check.context());
    // A condition may cancel its own job.
    if (!(found instanceof Promise)) return entry.isGone ? calledOff : found;
    this.running++;
    entry.addRun(check);
    const { timeout } = policies;
    const cancel = timeout === undefined ? undefined : this.#wakeIn(timeout, () => check.abort("timeout"));
    const aborted = new Promise<Refusal>((resolve) => {
      check.signal.addEventListener("abort", () => resolve(conditionFailed(check.signal.reason)), {
        once: true,
      });
    });
    return Promise.race([found, aborted]).then((refusal) => {
      cancel?.();
      this.#remove(entry, check);
      return check.cause === "cancelled" ? calledOff : refusal;
    });
  }

  #perform(entry: Entry, scheduled: Instant): Promise<void> | undefined {
    const run = new Run(entry, entry.definition, this.#scheduler.clock, scheduled);
    this.#begin(entry, run);
    const ending = this.#attempt(run);
    if (ending instanceof Promise) return ending.then((end) => this.#end(entry, run, end));
    this.#end(entry, run, ending);
    return undefined;
  }

  #begin(entry: Entry, run: Run): void {
    const { scheduled, started, isByHand } = run;
    const { events } = this.#scheduler;
    entry.jobRecord.begin(scheduled, started, isByHand);
    this.running++;
    entry.addRun(run);
    entry.started = started;
    if (!events.hasListeners("started")) return;
    const late = Math.max(0, started - scheduled) as Milliseconds;
    events.emit("started", { job: entry, scheduled: new Date(scheduled), attempt: 1, late });
  }

  #end(entry: Entry, run: Run, ending: Ending): void {
    const { unsettled } = run;
    if (!unsettled) this.#remove(entry, run);
    this.#report(entry, this.#decision(run, ending), ending);
    if (ending.value === CancelJob) this.#scheduler.cancelEntry(entry);
    else if (!run.isByHand) this.#count(entry, ending);
    if (!unsettled) this.#leave(entry);
    void unsettled?.then(() => {
      this.#remove(entry, run);
      this.#leave(entry);
    });
  }

  #remove(entry: Entry, run: Run): void {
    this.running--;
    entry.removeRun(run);
  }

  /** Continues with what waits for the run that has ended, or with the schedule. */
  #leave(entry: Entry): void {
    if (!entry.isGone && !entry.isRunning) {
      const next = this.isStopping ? undefined : entry.takeWaiting();
      if (next === undefined) this.#scheduler.settle(entry);
      else void this.#start(entry, next);
    }
    this.notifyIdle();
  }

  /** Counts failed runs in a row; too many pause the job. */
  #count(entry: Entry, { outcome }: Ending): void {
    if (outcome === "succeeded") entry.failures = 0;
    else if (outcome !== "cancelled") entry.failures++;
    const { pauseAfterFailures } = entry.definition.policies;
    if (pauseAfterFailures !== undefined && entry.failures >= pauseAfterFailures && !entry.isPaused)
      this.#scheduler.pauseEntry(entry, texts().scheduler.failedInARow(entry.failures));
  }

  #decision(run: Run, { outcome, error }: Ending): Decision {
    const { outputKept, clock } = this.#scheduler;
    const hasOutput = run.output !== "" && (outputKept === "all" || outcome !== "succeeded");
    const place = outcome === "failed" && isError(error) ? placeOf(error) : undefined;
    return {
      scheduled: run.scheduled,
      outcome,
      started: run.started,
      ended: run.endedAt(clock),
      attempts: run.attempt,
      error: error === undefined ? undefined : inWords(error),
      failedAt: place && shortPlace(place),
      byHand: run.isByHand,
      output: hasOutput ? run.output : undefined,
    };
  }

  #report(entry: Entry, decision: Decision, facts: Pick<Ending, "value" | "error">): void {
    const { events } = this.#scheduler;
    entry.jobRecord.record(decision);
    const name = decision.outcome as Ending["outcome"] | Refusal["outcome"];
    if (events.hasListeners(name)) events.emit(name, { job: entry, run: toRecord(decision), ...facts });
    else if (name === "failed" || name === "timedOut")
      this.#scheduler.reportFailure(entry.name, name === "failed" ? "failed" : "timed out", facts.error);
  }

  #wakeIn(wait: number, act: () => void, keepsAlive = this.keepsAlive): () => void {
    const { clock } = this.#scheduler;
    return clock.wakeAt(later(clock.now(), wait as Milliseconds), act, keepsAlive);
  }

  /**
   * Makes attempts until one succeeds or none is left. A task that is not asynchronous, has no retry left and no timeout to wait for has ended
   * when this returns; otherwise the promise resolves with the ending. It never rejects.
   */
  #attempt(run: Run): Ending | Promise<Ending> {
    const { timeout } = run.definition.policies;
    let returned: unknown;
    try {
      returned = callTask(run);
      if (!isThenable(returned)) return endOf(run, returned);
    } catch (error) {
      return this.#onFailure(run, error);
    }
    const promise = settled(returned);
    return (timeout === undefined ? promise : this.#withTimeout(run, promise, timeout)).then(
      (value) => endOf(run, value),
      (error) => this.#onFailure(run, error),
    );
  }

  #onFailure(run: Run, error: unknown): Ending | Promise<Ending> {
    const { job, attempt, scheduled } = run;
    const { retry } = run.definition.policies;
    const isTimeout = error === timedOut || run.cause === "timeout";
    const ending: Ending = isTimeout
      ? { outcome: "timedOut", error: run.signal.reason }
      : { outcome: run.cause ? "cancelled" : "failed", error };
    const isCalledOff = run.cause === "cancelled" || run.cause === "stopping";
    const wait = isCalledOff ? undefined : retry && waitBefore(attempt, retry);
    if (wait === undefined) return ending;
    run.renew();
    const retrying = { job, scheduled: new Date(scheduled), attempt, error: ending.error, wait };
    this.#scheduler.events.emit("retrying", retrying);
    const cancelled: Ending = { outcome: "cancelled", error: ending.error };
    // A listener may have cancelled the run.
    if (run.cause) return cancelled;
    return this.#nextTurn(run, wait).then((turn) => {
      if (turn === "called off") return cancelled;
      if (turn === "never") return ending;
      run.attempt++;
      return this.#attempt(run);
    });
  }

  /**
   * Waits until another attempt may begin: when its wait is over and the one before has ended. One that was given up and has not ended after as long again as it
   * was given leaves no room for another.
   *
   *     timeout    wait over        as long again
   *     |----------|----------------|
   *      gives up   begins as soon   "never"
   *                 as it has ended
   */
  #nextTurn(run: Run, wait: Milliseconds): Promise<"now" | "called off" | "never"> {
    return new Promise((resolve) => {
      const { signal, definition } = run;
      const { timeout = 0 } = definition.policies;
      const turn = (what: "now" | "called off" | "never") => {
        cancel();
        signal.removeEventListener("abort", callOff);
        resolve(what);
      };
      const callOff = () => turn("called off");
      let cancel = this.#wakeIn(wait, () => {
        if (!run.unsettled) return turn("now");
        void run.unsettled.then(() => turn("now"));
        cancel = this.#wakeIn(timeout - wait, () => turn("never"));
      });
      signal.addEventListener("abort", callOff, { once: true });
    });
  }

  /**
   * Rejects with `timedOut` when the time is up, whether the task heeds its signal or not: a promise cannot be ended from outside. A task that has asked for it
   * is given a grace to end.
   */
  #withTimeout(run: Run, running: Promise<unknown>, limit: Milliseconds): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { grace } = run.definition.taskOptions ?? {};
      const warn = () => {
        const length = formatDuration(limit);
        const isSkipping = run.definition.policies.overlap !== "allow";
        this.#scheduler.warn(texts().scheduler.ignoresAbort(run.job.name, length, isSkipping));
      };
      const giveUp = () => {
        cancel = this.#wakeIn(abortGrace, warn, false);
        run.trackUnsettled(running.then(end, end));
        reject(timedOut);
      };
      let cancel = this.#wakeIn(limit, () => {
        run.abort("timeout");
        if (grace === undefined) giveUp();
        else cancel = this.#wakeIn(grace, giveUp);
      });
      const end = () => cancel();
      running.then(end, end);
      running.then(resolve, reject);
    });
  }
}

const timedOut = Symbol("timed out");

/** A promise can throw when it is looked at: only `await` never does. */
const settled = async (value: PromiseLike<unknown>): Promise<unknown> => await value;

/** A task that heeds the signal of its cancelling and gives something back was cancelled all the same. */
const endOf = (run: Run, value: unknown): Ending => ({
  outcome: run.cause === "cancelled" ? "cancelled" : "succeeded",
  value,
});

/**
 * The first condition that keeps a run from starting, in the order in which they were written; undefined if it may start. A promise only where a condition
 * returns one; it never rejects.
 */
const refusalBy = (
  [condition, ...others]: readonly StartCondition[],
  context: RunContext,
): Refusal | undefined | Promise<Refusal | undefined> => {
  if (!condition) return undefined;
  const { kind, test } = condition;
  const judge = (answer: unknown) =>
    Boolean(answer) === (kind === "onlyIf")
      ? refusalBy(others, context)
      : ({ outcome: "skipped", reason: kind } as const);
  try {
    const answer = test(context);
    return isThenable(answer) ? settled(answer).then(judge, conditionFailed) : judge(answer);
  } catch (error) {
    return conditionFailed(error);
  }
};

const conditionFailed = (error: unknown): Refusal => ({
  outcome: "skipped",
  reason: "conditionFailed",
  error: error ?? new Error(texts().commands.reasons.conditionFailed),
});

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

const refused = (scheduled: Instant, { outcome, reason, error }: Refusal): Decision => ({
  scheduled,
  outcome,
  reason,
  attempts: 0,
  error: error === undefined ? undefined : inWords(error),
});
