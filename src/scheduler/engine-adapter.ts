import type { Engine, EngineHost, EngineJobState, JobEngine } from "../engine/engine.ts";
import { ScheduleError, type ScheduleErrorCode } from "../errors.ts";
import { type Decision, toRecord } from "../job.ts";
import { zoned } from "../recurrence/build.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import {
  type Claim,
  type Claimed,
  type Incident,
  Incidents,
  type JobChange,
  type JobEnd,
  type JobRecord,
  type JobState,
  type JobStore,
  type OrphanedJob,
  type Registration,
} from "../store/store.ts";
import { texts } from "../text/text.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { Entry, SchedulerContext } from "./job.ts";
import type { Runner } from "./runner.ts";

/**
 * Makes an engine look like a store that other processes share: jobs are found there by their names, every claim is lost to others, so nothing starts here by itself, and what other machines change is news. The engine
 * calls back to run what it gives to this process.
 */
export class EngineAdapter implements JobStore {
  readonly isDurable = true;
  readonly engine: JobEngine;
  readonly #scheduler: SchedulerContext;
  readonly #runner: Runner;
  readonly #jobRecords = new Map<string, EngineRecord>();
  readonly #incidents = new Incidents();
  #hasNews = false;
  #isRunning = false;
  #isKept = true;
  #stopping: Promise<void> | undefined;

  constructor(engine: JobEngine, scheduler: SchedulerContext, runner: Runner) {
    this.engine = engine;
    this.#scheduler = scheduler;
    this.#runner = runner;
  }

  open(): void {}

  note(incident: Incident): void {
    this.#incidents.note(incident);
  }

  /** Those of this machine. */
  incidents(job: string): readonly Incident[] {
    return this.#incidents.of(job);
  }

  register(job: Registration): JobRecord {
    const entry = job as Entry;
    const { name, source, recurrence, zoneName, anchor, definition } = entry;
    const { policies, now: isImmediate } = definition;
    if (policies.overlap === "queueAll" || policies.overlap === "cancel")
      throw engineError("engine-overlap", texts().engine.oneMachineOnly(name, policies.overlap));
    const { clock } = this.#scheduler;
    const jobRecord = new EngineRecord(entry, this.engine, clock);
    this.#jobRecords.set(name, jobRecord);
    const registered = (clock.monotonic() - Math.max(0, clock.now() - anchor)) as Milliseconds;
    this.engine.register({ name, source, recurrence, zoneName, registered, policies, isImmediate });
    return jobRecord;
  }

  claimAll(claims: readonly Claim[]): readonly Claimed[] {
    return claims.map(({ jobRecord, to }) => (jobRecord as EngineRecord).pass(to));
  }

  commit(): void {}

  orphanedJobs(): readonly OrphanedJob[] {
    return this.engine.orphanedJobs().map((job) => ({ ...job, lastDecided: null, history: () => [] }));
  }

  /** Other machines, and not other processes of this one. */
  otherProcesses(): readonly [] {
    return [];
  }

  pollChanges(): ((jobRecord: JobRecord) => JobChange) | undefined {
    if (!this.#hasNews) return undefined;
    this.#hasNews = false;
    return (jobRecord) => (jobRecord as EngineRecord).pollChanges();
  }

  /** The engine itself is closed by {@link stop}. */
  close(): boolean {
    return this.#isKept;
  }

  reschedule({ name }: Entry, recurrence: Recurrence): void {
    this.#jobRecords.get(name)?.reschedule(recurrence);
  }

  /** Waits until a stop is over. */
  start(): void {
    if (this.#stopping) void this.#stopping.then(() => this.#scheduler.isLooking && this.start());
    else if (!this.#isRunning) {
      this.#isRunning = true;
      this.engine.start(this.#host);
    }
  }

  /** Reads the state of all jobs, for a command. @throws ScheduleError if the engine cannot be reached */
  visit(): Promise<void> {
    this.#isRunning = true;
    return this.engine.visit(this.#host);
  }

  /** Lets go of the engine until it is started again. */
  async stop(): Promise<void> {
    if (this.#isRunning) {
      this.#isRunning = false;
      this.#stopping = this.engine.close().then((isKept) => {
        this.#isKept = isKept;
        this.#stopping = undefined;
      });
    }
    await this.#stopping;
  }

  get #host(): EngineHost {
    const { clock, events } = this.#scheduler;
    const entryOf = (name: string): Entry | undefined => this.#jobRecords.get(name)?.entry;
    return {
      clock,
      warn: (message) => this.#scheduler.warn(message),
      fail: (error) => this.#scheduler.onFailure(error),
      refusal: async (name, scheduled) => {
        const entry = entryOf(name);
        return entry && this.#runner.refusal(entry, scheduled);
      },
      run: (name, scheduled) => {
        const entry = entryOf(name);
        return entry && !entry.isGone ? this.#runner.serve(entry, scheduled) : undefined;
      },
      report: (name, decision) => {
        const { outcome } = decision;
        const job = entryOf(name);
        const event = outcome === "coalesced" || outcome === "expired" ? "missed" : outcome;
        if (job) events.emit(event, { job, run: toRecord(decision) });
      },
      recorded: (name, decisions) => this.#jobRecords.get(name)?.recorded(decisions),
      update: (name, state) => {
        const jobRecord = this.#jobRecords.get(name);
        if (!jobRecord) return;
        jobRecord.update(state);
        this.#hasNews = true;
        if (!jobRecord.entry.isGone) this.#scheduler.pollOthers([jobRecord.entry]);
        if (jobRecord.entry.isGone && this.#jobRecords.get(name) === jobRecord && this.#isRunning)
          this.#jobRecords.delete(name);
      },
    };
  }
}

const historyLimit = 100;

/** The record of a job that an engine decides about. */
class EngineRecord implements JobRecord {
  readonly entry: Entry;
  readonly #engine: JobEngine;
  readonly #clock: Clock;
  #state: EngineJobState | undefined;
  #isMoved = false;
  /** The last occurrence that has passed: the next one is only shown. */
  #passed: Instant | null = null;
  readonly #known = new Map<string, Decision>();
  #askedAt = -Infinity;

  constructor(entry: Entry, engine: JobEngine, clock: Clock) {
    this.entry = entry;
    this.#engine = engine;
    this.#clock = clock;
  }

  update(state: EngineJobState): void {
    this.#state = state;
    this.#isMoved = true;
    this.#passed = this.entry.trigger.isSpaced ? null : this.#clock.now();
  }

  pass(to: Instant): "lost" {
    this.#passed = to;
    return "lost";
  }

  pollChanges(): JobChange {
    const { isPaused = this.entry.isPaused, pausedWhy: why } = this.#state ?? {};
    const isMoved = this.#isMoved;
    this.#isMoved = false;
    return { isPaused, isMoved, ...(why !== undefined && { why }) };
  }

  readonly remembered = undefined;

  jobState(): JobState {
    const { entry } = this;
    const { recurrence, zoneName, anchor, runCount, end }: EngineJobState | Entry = this.#state ?? entry;
    const own = zoneName === entry.zoneName ? recurrence : zoned(recurrence, zoneName);
    return { recurrence: own, anchor, runCount, lastDecided: this.#passed, ...(this.#state && { end }) };
  }

  /** All machines count alike, whatever the clock of one. */
  rebase(): JobState {
    return this.jobState();
  }

  reschedule(recurrence: Recurrence): void {
    this.#state = undefined;
    this.#engine.reschedule(this.entry.name, recurrence);
  }

  defer(): void {}
  begin(): void {}
  release(): void {}

  /** Other runs than manual ones are recorded by the engine. */
  record(decision: Decision): void {
    if (!decision.byHand) return;
    this.recorded([decision]);
    this.#engine.record(this.entry.name, decision);
  }

  pause(isPaused: boolean): void {
    this.#engine.pause(this.entry.name, isPaused);
  }

  end({ why }: JobEnd): void {
    this.#engine.end(this.entry.name, why);
  }

  leave(): void {
    this.#engine.drop(this.entry.name);
  }

  reset(): void {
    this.#engine.reset(this.entry.name);
  }

  /** Takes in decisions; one may come twice. */
  recorded(decisions: readonly Decision[]): void {
    for (const decision of decisions)
      this.#known.set(`${decision.scheduled} ${decision.outcome} ${decision.started}`, decision);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= historyLimit) return;
      this.#known.delete(oldest);
    }
  }

  /** What is known here; what others have recorded since follows when it is asked for again. */
  history(limit = Infinity): readonly Decision[] {
    const now = this.#clock.monotonic();
    if (now - this.#askedAt > second) {
      this.#askedAt = now;
      this.#engine.readHistory(this.entry.name);
    }
    return [...this.#known.values()].sort((a, b) => a.scheduled - b.scheduled).slice(-limit);
  }

  lastRun(): Decision | undefined {
    return this.history().findLast(({ started }) => started !== undefined);
  }
}

/** @throws ScheduleError `engine` for anything else than an engine, most often an address */
export const checkEngine = (given: Engine): JobEngine => {
  const engine = given as JobEngine;
  if (typeof engine?.register === "function" && typeof engine.visit === "function") return engine;
  // An address may contain a password.
  throw engineError("engine", texts().engine.notAnEngine(given === null ? "null" : typeof given));
};

const engineError = (code: ScheduleErrorCode, text: { readonly what: string; readonly accepted: string }) =>
  new ScheduleError({ code, ...text });

export const notBoth = () => engineError("engine-and-store", texts().engine.andStore);
export const otherEngine = () => engineError("engine", texts().engine.another);
export const noPolling = () => engineError("engine-polling", texts().engine.noPolling);
export const noOwnClock = () => engineError("engine-clock", texts().engine.noOwnClock);
