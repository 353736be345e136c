import type { EngineRun, RunEnd } from "../engine/engine.ts";
import {
  CancelJob,
  type Decision,
  inWords,
  isError,
  placeOf,
  type SkipReason,
  shortPlace,
  toRecord,
} from "../job.ts";
import { onArrival } from "../policy/overlap.ts";
import { texts } from "../text/text.ts";
import type { Clock } from "../time/clock.ts";
import { formatDuration } from "../time/duration.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { callers, type Ending, perform, Run, type Watcher } from "./attempt.ts";
import { type Refusal, refusalOf } from "./conditions.ts";
import type { EventStream } from "./events.ts";
import type { Entry, SchedulerContext } from "./job.ts";
import type { Start } from "./queue.ts";

/** Starts runs, applies the job's overlap policy, and records outcomes. */
export class Runner implements Watcher {
  /** How many runs are running. */
  running = 0;
  isStopping = false;
  /** Whether the wait before another attempt, or for a timeout, keeps the process alive. */
  keepsAlive = true;
  readonly #clock: Clock;
  readonly #events: EventStream;
  readonly #scheduler: SchedulerContext;
  #whenIdle: (readonly [resolve: () => void, except: readonly Run[]])[] = [];

  constructor(scheduler: SchedulerContext) {
    this.#clock = scheduler.clock;
    this.#events = scheduler.events;
    this.#scheduler = scheduler;
  }

  /** Starts an occurrence, lets it wait, or records why not. Gives the end of the run where there is one to wait for. */
  arrive({ entry, scheduled, isBacklog }: Start): Promise<void> | undefined {
    if (entry.isGone) return this.#pass(entry, scheduled, "cancelled");
    if (entry.isPaused) return this.#pass(entry, scheduled, "skipped", "paused");
    if (entry.running.length === 0) return this.#start(entry, scheduled);
    const { overlap } = entry.definition.policies;
    const how = isBacklog && overlap !== "allow" ? "queueAll" : overlap;
    switch (onArrival(entry.running.length, entry.waiting.length, how)) {
      case "start":
        return this.#start(entry, scheduled);
      case "wait":
        entry.waiting = [...entry.waiting, scheduled];
        entry.jobRecord.defer(scheduled);
        return undefined;
      case "replace":
        for (const at of entry.waiting) this.#pass(entry, at, "skipped", "overlap");
        entry.waiting = [scheduled];
        entry.jobRecord.defer(scheduled);
        entry.abortRuns();
        return undefined;
      case "skip":
        return this.#pass(entry, scheduled, "skipped", "overlap");
      case "drop":
        return this.#pass(entry, scheduled, "dropped", "queueFull");
    }
  }

  /** Runs a job outside its schedule. Resolves with what the task returned, rejects with what it threw. */
  async byHand(entry: Entry): Promise<unknown> {
    if (this.isStopping) throw new DOMException(texts().scheduler.stopping, "AbortError");
    const run = new Run(entry, entry.definition, this.#clock, undefined, true);
    run.calledBy = callers()[0];
    this.#begin(entry, run);
    const ending = await perform(run, this.#clock, this);
    this.#end(entry, run, ending);
    if (ending.outcome !== "succeeded") {
      throw (
        ending.error ?? new DOMException(texts().scheduler.endedAs(entry.name, ending.outcome), "AbortError")
      );
    }
    return ending.value;
  }

  /** Runs an occurrence that an engine has given to this process, which decides what follows from it. */
  serve(entry: Entry, scheduled: Instant): EngineRun {
    const run = new Run(entry, entry.definition, this.#clock, scheduled);
    this.#begin(entry, run);
    const ended = Promise.resolve(perform(run, this.#clock, this)).then((ending): RunEnd => {
      const decision = this.#decision(run, ending);
      this.#report(entry, decision, ending);
      const leave = () => {
        this.#remove(entry, run);
        this.notifyIdle();
      };
      const settled = run.unsettled?.then(leave);
      if (!settled) leave();
      return {
        decision,
        value: ending.value,
        error: ending.error,
        isLast: ending.value === CancelJob,
        settled,
      };
    });
    return { ended, abort: () => run.abort("cancelled") };
  }

  /** Checks the conditions of an occurrence that an engine is about to give to this process. @returns the decision if it may not start */
  async refusal(entry: Entry, scheduled: Instant): Promise<Decision | undefined> {
    if (!entry.definition.conditions) return undefined;
    const check = new Run(entry, entry.definition, this.#clock, scheduled);
    this.running++;
    entry.addRun(check);
    const found = await refusalOf(check, this.#clock, this.keepsAlive);
    this.#remove(entry, check);
    this.notifyIdle();
    if (check.cause === "cancelled") return refused(scheduled, "cancelled");
    return found && refused(scheduled, "skipped", found.reason, found.error);
  }

  onRetry({ job, scheduled }: Run, failed: number, error: unknown, wait: Milliseconds): void {
    this.#events.emit("retrying", { job, scheduled: new Date(scheduled), attempt: failed, error, wait });
  }

  onIgnoredAbort({ job, definition: { policies } }: Run): void {
    const { timeout = 0, overlap } = policies;
    this.#scheduler.warn(
      texts().scheduler.ignoresAbort(job.name, formatDuration(timeout), overlap !== "allow"),
    );
  }

  /** Resolves when nothing runs but what is not to be waited for. */
  untilIdle(except: readonly Run[]): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isIdle(except)) resolve();
      else this.#whenIdle.push([resolve, except]);
    });
  }

  #isIdle(except: readonly Run[]): boolean {
    return this.running === except.filter((run) => (run.job as Entry).running.includes(run)).length;
  }

  /** Lets nothing of a job wait any more: neither what waits for a run to end, nor starts that were put off. */
  giveUp(entry: Entry, delayed: readonly Instant[]): void {
    const { waiting } = entry;
    entry.waiting = [];
    for (const at of [...waiting, ...delayed])
      if (entry.isPaused) this.#pass(entry, at, "skipped", "paused");
      else this.#pass(entry, at, "cancelled");
  }

  #pass(
    entry: Entry,
    at: Instant,
    outcome: "skipped" | "dropped" | "cancelled",
    reason?: SkipReason,
    error?: unknown,
  ): undefined {
    this.#report(entry, refused(at, outcome, reason, error), { error });
    if (at !== entry.opening) this.#scheduler.giveBack(entry);
  }

  /** Starts an occurrence if its conditions hold. While they are checked the job counts as running. */
  #start(entry: Entry, scheduled: Instant): Promise<void> | undefined {
    if (!entry.definition.conditions) return this.#perform(entry, scheduled);
    const check = new Run(entry, entry.definition, this.#clock, scheduled);
    const refusal = refusalOf(check, this.#clock, this.keepsAlive);
    if (!(refusal instanceof Promise)) return this.#decide(entry, scheduled, refusal);
    this.running++;
    entry.addRun(check);
    return refusal.then((found) => {
      this.#remove(entry, check);
      return this.#decide(entry, scheduled, found, check.cause === "cancelled");
    });
  }

  #decide(
    entry: Entry,
    scheduled: Instant,
    refusal: Refusal | undefined,
    isCancelled = entry.isGone,
  ): Promise<void> | undefined {
    if (isCancelled) this.#pass(entry, scheduled, "cancelled");
    else if (entry.isPaused) this.#pass(entry, scheduled, "skipped", "paused");
    else if (this.isStopping) entry.waiting = [...entry.waiting, scheduled];
    else if (!refusal) return this.#perform(entry, scheduled);
    else this.#pass(entry, scheduled, "skipped", refusal.reason, refusal.error);
    this.#leave(entry);
    return undefined;
  }

  #perform(entry: Entry, scheduled: Instant): Promise<void> | undefined {
    const run = new Run(entry, entry.definition, this.#clock, scheduled);
    this.#begin(entry, run);
    const ending = perform(run, this.#clock, this);
    if ("then" in ending) return ending.then((end) => this.#end(entry, run, end));
    this.#end(entry, run, ending);
    return undefined;
  }

  #begin(entry: Entry, run: Run): void {
    const { scheduled, started, isByHand } = run;
    entry.jobRecord.begin(scheduled, started, isByHand);
    this.running++;
    entry.addRun(run);
    entry.started = started;
    if (!this.#events.hasListeners("started")) return;
    const late = Math.max(0, started - scheduled) as Milliseconds;
    this.#events.emit("started", { job: entry, scheduled: new Date(scheduled), attempt: 1, late });
  }

  #end(entry: Entry, run: Run, ending: Ending): void {
    const { unsettled } = run;
    if (!unsettled) this.#remove(entry, run);
    this.#report(entry, this.#decision(run, ending), ending);
    if (ending.value === CancelJob) this.#scheduler.cancelEntry(entry);
    else if (!run.isByHand) this.#count(entry, ending);
    if (!unsettled) this.#leave(entry);
    else
      void unsettled.then(() => {
        this.#remove(entry, run);
        this.#leave(entry);
      });
  }

  #remove(entry: Entry, run: Run): void {
    this.running--;
    entry.removeRun(run);
  }

  #leave(entry: Entry): void {
    this.#restore(entry);
    this.notifyIdle();
  }

  /** Resolves the promises of {@link untilIdle} that have nothing left to wait for. */
  notifyIdle(): void {
    if (this.#whenIdle.length === 0) return;
    const waiting = this.#whenIdle;
    this.#whenIdle = waiting.filter(([, except]) => !this.#isIdle(except));
    for (const [resolve, except] of waiting) if (this.#isIdle(except)) resolve();
  }

  #restore(entry: Entry): void {
    if (entry.isGone || entry.running.length > 0) return;
    const next = this.isStopping ? undefined : entry.takeWaiting();
    if (next === undefined) this.#scheduler.settle(entry);
    else void this.#start(entry, next);
  }

  /** Counts failed runs in a row; too many pause the job. */
  #count(entry: Entry, { outcome }: Ending): void {
    if (outcome === "succeeded") entry.failures = 0;
    else if (outcome !== "cancelled") entry.failures++;
    const { pauseAfterFailures } = entry.definition.policies;
    if (pauseAfterFailures !== undefined && entry.failures >= pauseAfterFailures) {
      this.#scheduler.pauseEntry(entry, texts().scheduler.failedInARow(entry.failures));
    }
  }

  #decision(run: Run, { outcome, error }: Ending): Decision {
    const { outputKept } = this.#scheduler;
    const hasOutput = run.output !== "" && (outputKept === "all" || outcome !== "succeeded");
    return {
      scheduled: run.scheduled,
      outcome,
      started: run.started,
      ended: run.endedAt(this.#clock),
      attempts: run.attempt,
      error: error === undefined ? undefined : inWords(error),
      failedAt: outcome === "failed" ? placeOfError(error) : undefined,
      count: undefined,
      byHand: run.isByHand,
      output: hasOutput ? run.output : undefined,
    };
  }

  #report(entry: Entry, decision: Decision, facts?: Pick<Ending, "value" | "error">): void {
    entry.jobRecord.record(decision);
    const name = decision.outcome as Ending["outcome"] | "skipped" | "dropped";
    if (this.#events.hasListeners(name)) {
      this.#events.emit(name, { job: entry, run: toRecord(decision), ...facts });
    } else if (name === "failed" || name === "timedOut") {
      this.#scheduler.reportFailure(entry.name, name === "failed" ? "failed" : "timed out", facts?.error);
    }
  }
}

const refused = (
  scheduled: Instant,
  outcome: "skipped" | "dropped" | "cancelled",
  reason?: SkipReason,
  error?: unknown,
): Decision => ({
  scheduled,
  outcome,
  reason,
  attempts: 0,
  error: error === undefined ? undefined : inWords(error),
});

const placeOfError = (error: unknown): string | undefined => {
  const place = isError(error) ? placeOf(error) : undefined;
  return place && shortPlace(place);
};
