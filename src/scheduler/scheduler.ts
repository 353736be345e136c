import { invalid } from "../checks.ts";
import type { Engine } from "../engine/engine.ts";
import { show } from "../errors.ts";
import type { CallTrace, Definition, HasRecurrence, Job, Registrar } from "../job.ts";
import type { ParseContext } from "../language/clauses.ts";
import { canOccur } from "../recurrence/next/past.ts";
import type { JobEnd, JobStore, Opening, OutputKept, Store } from "../store/store.ts";
import { texts } from "../text/text.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { formatMoment } from "../time/iso.ts";
import type { Zone } from "../time/zone.ts";
import { ClockMonitor } from "./clock-monitor.ts";
import { checkEngine, EngineAdapter, noOwnClock, noPolling, notBoth, otherEngine } from "./engine-adapter.ts";
import { type ClockJump, EventStream } from "./events.ts";
import {
  checkCounts,
  checkStore,
  coverageWarning,
  Entry,
  never,
  type SchedulerContext,
  whyUncovered,
} from "./job.ts";
import { Persistence } from "./persistence.ts";
import { JobQueue } from "./queue.ts";
import { callers, type Run } from "./run.ts";
import { Runner } from "./runner.ts";

export interface SchedulerParts {
  readonly clock: Clock;
  readonly zone: Zone;
  readonly store: JobStore;
  /** Whether another process may have the same store open. @default false */
  readonly allowMultiple?: boolean | undefined;
}

const mostPassed = 1_000;

const mostNamed = 10;

const done: Promise<void> = Promise.resolve();

/** How many milliseconds a pass may take before it writes what has ended so far to the store. */
const keptWithin = 10;

/**
 * Holds jobs and starts what is due when it is asked to look: by a polling loop, or by the one in `timer.ts`. It never sleeps itself.
 */
export class SchedulerCore implements Registrar, SchedulerContext {
  readonly clock: Clock;
  readonly zone: Zone;
  readonly events = new EventStream();
  readonly unfinished = new Map<CallTrace, CallTrace>();
  readonly jobQueue = new JobQueue(this);
  readonly persistence: Persistence;
  readonly runner = new Runner(this);
  engine: EngineAdapter | undefined;
  /** Whether due jobs were ever looked for, by polling or by a loop. */
  hasLooked = false;
  outputKept: OutputKept = "none";
  /** Whether runs have been simulated: reason enough to register jobs and never run them. */
  hasSimulated = false;
  /** Jobs registered since the last poll, or since the loop stopped: nothing will start them. */
  unattended = 0;
  isLooking = false;
  /** Jobs of the script that had ended before it was started, and how many of them were reported. */
  readonly endedJobs: Job[] = [];
  #endedReported = 0;
  reportFailure: (job: string, what: string, error: unknown) => void = (job, what, error) =>
    console.error(`onthedot: ${show(job)} ${what}:`, error);
  onFailure: (error: Error) => void = ({ message }) => this.warn(texts().scheduler.nothingStarts(message));
  onFirstJob: () => void = () => {};
  onLastJob: () => void = () => {};
  /** Warnings from before the first look. */
  readonly #earlyWarnings: string[] = [];
  readonly #clockMonitor: ClockMonitor;
  readonly #entries = new Set<Entry>();
  /** The jobs whose pause ends by itself. */
  readonly #timedPauses = new Set<Entry>();
  /** Jobs that ended without a run because their moment had passed, by a clock that may be wrong. */
  readonly #passed = new Set<Entry>();
  /** What lets tasks let go of what they keep between their runs. */
  readonly #closes = new Set<() => Promise<void>>();
  /** How far the clock went ahead where sleep cannot be distinguished from a clock that was set: a step back undoes that first. */
  #unexplained = 0;
  #order = 0;
  #stops = 0;

  constructor({ clock, zone, store, allowMultiple }: SchedulerParts) {
    this.clock = clock;
    this.zone = zone;
    this.#clockMonitor = new ClockMonitor(clock);
    const opening: Opening = { clock, allowMultiple, warn: (message) => this.warn(message) };
    this.persistence = new Persistence(store, opening, this.jobQueue, this);
  }

  get store(): JobStore {
    return this.persistence.store;
  }

  /** Whether jobs are found again when the process has ended. */
  get isDurable(): boolean {
    return this.store.isDurable;
  }

  get hasJobs(): boolean {
    return this.#entries.size > 0;
  }

  get isOver(): boolean {
    return !this.hasJobs && this.runner.running === 0;
  }

  /** The jobs that run right now. @param except runs that do not count */
  running(except: readonly Run[] = []): readonly Job[] {
    return [...this.#entries].filter((entry) => entry.running.some((run) => !except.includes(run)));
  }

  /** Puts another store in the place of the first one, and finds the jobs there that are registered already. */
  useStore(store: Store, how: Pick<Opening, "allowMultiple" | "isReadOnly"> = {}): void {
    if (this.engine) throw notBoth();
    // A read-only store starts nothing, so nothing waits to start.
    if (how.isReadOnly) for (const entry of this.#entries) this.jobQueue.undelay(entry);
    this.persistence.moveTo(checkStore(store), how, [...this.#entries], this.clock.now());
    if (this.isDurable) this.#settleAll();
  }

  /** Leaves it to an engine what starts when, and on which machine. */
  useEngine(given: Engine): void {
    const engine = checkEngine(given);
    if (this.engine?.engine === engine) return;
    if (this.engine) throw otherEngine();
    if (this.clock !== systemClock) throw noOwnClock();
    if (this.isDurable) throw notBoth();
    const adapter = new EngineAdapter(engine, this, this.runner);
    this.persistence.moveTo(adapter, {}, [...this.#entries], this.clock.now());
    this.engine = adapter;
  }

  #settleAll(): void {
    for (const entry of [...this.#entries]) this.settle(entry);
  }

  /** Someone begins to look for due jobs: reopens a closed store, and reports what was held back until now. */
  beginLooking(): void {
    this.hasLooked = true;
    this.unattended = 0;
    if (!this.persistence.isOpen) this.persistence.reopen([...this.#entries], this.clock.now());
    for (const entry of this.#entries) this.#awaitPauseEnd(entry);
    this.#settleAll();
    this.store.commit();
    this.#reportEnded();
    for (const message of this.#earlyWarnings.splice(0)) this.warn(message);
  }

  /** Warns of the jobs that are found ended, in one line. */
  #reportEnded(): void {
    const names = this.endedJobs.slice(this.#endedReported).map(({ name }) => name);
    if (names.length === 0) return;
    this.#endedReported = this.endedJobs.length;
    const { wasEnded, wereEnded } = texts().scheduler;
    const named = names.slice(0, mostNamed).join(", ") + (names.length > mostNamed ? ", …" : "");
    this.warn(names.length === 1 ? wasEnded(named) : wereEnded(names.length, named));
  }

  warn(message: string): void {
    if (this.events.hasListeners("warning")) this.events.emit("warning", { message });
    else if (this.hasLooked) console.error(`onthedot: ${message}`);
    else this.#earlyWarnings.push(message);
  }

  parseContext(): ParseContext {
    return { now: this.clock.now(), zone: this.zone };
  }

  register(definition: Definition): Job {
    checkCounts(definition.recurrence);
    const now = this.clock.now();
    const entry = new Entry(definition, now, this.#order++, this);
    const other = this.persistence.namesake(entry);
    // A one-off that registers itself again inside its own run: nothing of it is left but that run.
    if (other && this.jobQueue.isSpent(other)) this.#remove(other, "ended");
    this.persistence.enter(entry, now);
    // A listener of `interrupted` may have cancelled the job.
    if (!entry.isGone) this.#add(entry);
    if (definition.now && !entry.isPaused && !entry.end && !this.engine) {
      if (entry.trigger.isSpaced) this.jobQueue.drop(entry);
      entry.opening = now;
      this.jobQueue.delay({ entry, scheduled: now, isBacklog: false }, now);
    }
    if (this.events.hasListeners("registered")) this.events.emit("registered", { job: entry });
    // Before the first look, the store that knows whether its time was missed may still be to come.
    if (this.hasLooked) {
      this.settle(entry);
      this.#reportEnded();
    }
    return entry;
  }

  #add(entry: Entry): void {
    this.#entries.add(entry);
    this.#warnOfCoverage(entry);
    this.#awaitPauseEnd(entry);
    if (!this.isLooking) this.unattended++;
    const { close } = entry.definition.taskOptions ?? {};
    if (close) this.#closes.add(close);
    if (this.#entries.size === 1) this.onFirstJob();
  }

  /** Warns some time before the data of a job's named days ends. */
  #warnOfCoverage(entry: Entry): void {
    const warning = coverageWarning(entry);
    if (!warning || entry.isGone) return;
    if (warning.at <= this.clock.now()) this.warn(warning.message);
    else this.clock.wakeAt(warning.at, () => this.#warnOfCoverage(entry), false);
  }

  /** The runs from whose tasks this is called. */
  callers(): readonly Run[] {
    return callers().filter(({ job }) => job instanceof Entry && job.belongsTo(this));
  }

  /**
   * Starts all that is due, each job once unless its `catchUp` says otherwise. Synchronous tasks have run when it returns.
   *
   * @param catchUpStagger how far apart starts are that catch up occurrences more than a minute late. @default 0
   * @param atHand a moment to wait for in place, after everything is decided. @default now
   * @returns resolves when the asynchronous tasks that were started have ended; it never rejects
   */
  runPending(catchUpStagger: Milliseconds = 0 as Milliseconds, atHand?: Instant): Promise<void> {
    if (!this.hasLooked || !this.persistence.isOpen) this.beginLooking();
    const at = atHand ?? this.clock.now();
    if (this.jobQueue.nextDue > at || this.runner.isStopping) return done;
    const ends: Promise<void>[] = [];
    const starts = this.jobQueue.take(at, catchUpStagger);
    if (atHand !== undefined) this.clock.spinUntil(atHand);
    let kept = this.clock.monotonic();
    for (const { entry } of starts) entry.pending++;
    for (const start of starts) {
      const { entry } = start;
      entry.pending--;
      // What synchronous tasks have done is kept together, unless they take their time.
      if (this.isDurable && this.clock.monotonic() - kept > keptWithin) {
        this.store.commit();
        kept = this.clock.monotonic();
      }
      // A task of this very pass may have stopped the scheduler: the rest is for the next start.
      if (this.runner.isStopping) {
        this.jobQueue.delay(start, start.scheduled);
        continue;
      }
      const end = this.runner.arrive(start);
      if (end) ends.push(end);
      if (!entry.isRunning) this.settle(entry);
    }
    this.store.commit();
    return ends.length === 0 ? done : Promise.all(ends).then(() => {});
  }

  /** Pauses, resumes, ends and moves jobs as another process has changed them in the store. */
  pollOthers(entries: Iterable<Entry> = this.#entries): void {
    this.#endPauses();
    const changeOf = this.persistence.isOpen ? this.store.pollChanges() : undefined;
    for (const entry of changeOf ? [...entries] : []) {
      const change = changeOf!(entry.jobRecord);
      const { isPaused, isMoved, why } = change;
      const { pausedUntil: until } = "pausedUntil" in change ? change : entry;
      if (isMoved || isPaused !== entry.isPaused) this.jobQueue.restore(entry, entry.jobRecord.jobState());
      if (entry.isGone) continue;
      if (isPaused && !(entry.isPaused && until === entry.pausedUntil))
        this.#onPaused(entry, why ?? texts().scheduler.pausedElsewhere, until);
      else if (!isPaused && entry.isPaused) this.#onResumed(entry);
    }
    if (this.hasLooked) this.#reportEnded();
  }

  /** For a polling loop: checks the clocks and what other processes have changed, and starts all that is due. */
  poll(): Promise<void> {
    if (this.engine) throw noPolling();
    this.isLooking = true;
    this.unattended = 0;
    this.notice();
    this.pollOthers();
    return this.runPending();
  }

  /** Detects and reports that the machine slept or that the clock was set. @returns whether either happened */
  notice(): boolean {
    const change = this.#clockMonitor.look();
    if (!change) return false;
    const { from, now, slept, stepped, isCertain } = change;
    // An engine goes by a clock that all machines share, and catches up by itself.
    if (this.engine) {
      for (const entry of this.#entries) this.jobQueue.plan(entry, now);
      return true;
    }
    if (slept > 0) {
      this.emitClockJump("asleep", from, slept, now);
      if (!isCertain) this.#unexplained += slept;
    }
    if (stepped !== 0) {
      this.emitClockJump(stepped < 0 ? "set-back" : "set-forward", from, stepped, now);
      this.#correct(now, stepped as Milliseconds);
    }
    return true;
  }

  emitClockJump(cause: ClockJump["cause"], from: number, by: number, now = this.clock.now()): void {
    const [first, last] = (by < 0 ? [now, from] : [from, now]) as [Instant, Instant];
    this.store.note({ kind: cause, from: first, until: last, job: "", why: null });
    const span = { from: new Date(from), to: new Date(now), by: Math.round(by) as Milliseconds };
    this.events.emit("clockJumped", { cause, ...span });
  }

  giveBack(entry: Entry): void {
    entry.runCount--;
    if (entry.due === Infinity && !entry.trigger.isSpaced && entry.left > 0)
      this.jobQueue.plan(entry, entry.lastDecided ?? entry.anchor);
  }

  settle(entry: Entry): void {
    if (entry.isGone) return;
    if (entry.end) {
      this.endedJobs.push(entry);
      return void this.#remove(entry, entry.end.why);
    }
    if (entry.pending > 0 || entry.delayed > 0 || entry.waiting.length > 0) return;
    // The engine says when a job is over: another machine may be at its last run.
    if (entry.due < Infinity || entry.isPaused || this.engine) return;
    const now = this.clock.now();
    if (entry.trigger.isSpaced) this.jobQueue.respace(entry, now);
    if (entry.due < Infinity) return;
    const ended = whyUncovered(entry, now);
    if (ended !== undefined) return void this.#onPaused(entry, ended, undefined);
    const hasPassed = entry.lastDecided === null && entry.started === null;
    if (hasPassed) this.warn(texts().scheduler.ended(entry.name, entry.source, formatMoment(now, this.zone)));
    this.#remove(entry, "ended");
    if (hasPassed && this.#passed.size < mostPassed) this.#passed.add(entry);
  }

  runByHand(entry: Entry): Promise<unknown> {
    return this.runner.byHand(entry);
  }

  /**
   * Runs every job now, in the order of registration, whatever its schedule says. The schedules are not touched; a task that throws is
   * recorded and the next one runs.
   *
   * @param wait how long to wait after each
   * @param tag only jobs with this tag
   */
  async runAll(wait: Milliseconds, tag?: string): Promise<void> {
    const stops = this.#stops;
    for (const entry of this.chosen(tag)) {
      if (entry.isGone) continue;
      if (stops !== this.#stops) return;
      await this.runByHand(entry).catch(() => {});
      if (wait > 0) await new Promise<void>((go) => this.clock.wakeAt(later(this.clock.now(), wait), go));
    }
  }

  /** @param until when the pause ends by itself; also of a job that is paused already, whose pause then ends at another time or never */
  pauseEntry(entry: Entry, why?: string, until?: Instant): void {
    if (entry.isGone || (entry.isPaused && entry.pausedUntil === until)) return;
    entry.jobRecord.pause(true, until);
    this.#onPaused(entry, why, until);
  }

  #onPaused(entry: Entry, why: string | undefined, until: Instant | undefined): void {
    entry.pausedUntil = until;
    this.#awaitPauseEnd(entry);
    if (entry.isPaused) return;
    entry.isPaused = true;
    this.#giveUp(entry);
    this.jobQueue.drop(entry);
    this.persistence.notePause(entry, this.clock.now(), why);
    this.events.emit("paused", { job: entry, ...(why !== undefined && { why }) });
  }

  /** Timers can be late, and stand still while a machine sleeps: a look at what others have changed ends what they have missed. */
  #awaitPauseEnd(entry: Entry): void {
    if (entry.pausedUntil === undefined) return;
    this.#timedPauses.add(entry);
    this.clock.wakeAt(entry.pausedUntil, () => this.isLooking && this.#endPauses(), false);
  }

  #endPauses(): void {
    const now = this.clock.now();
    for (const entry of this.#timedPauses) {
      const { pausedUntil = Infinity } = entry;
      if (entry.isPaused && pausedUntil > now && pausedUntil < Infinity) continue;
      this.#timedPauses.delete(entry);
      // What is due at its very end runs; what was due after it was missed, and is for catchUp.
      if (pausedUntil < Infinity) this.resumeEntry(entry, (pausedUntil - 1) as Instant);
    }
  }

  resumeEntry(entry: Entry, at = this.clock.now()): void {
    if (!entry.isPaused || entry.isGone) return;
    entry.jobRecord.pause(false);
    this.#onResumed(entry, at);
  }

  #onResumed(entry: Entry, at = this.clock.now()): void {
    entry.isPaused = false;
    entry.pausedUntil = undefined;
    entry.failures = 0;
    this.persistence.skipPaused(entry, at);
    if (!entry.trigger.isSpaced || !entry.isRunning) this.jobQueue.plan(entry, at);
    this.persistence.noteResume(entry, at);
    this.events.emit("resumed", { job: entry });
    if (!entry.isRunning) this.settle(entry);
  }

  cancelEntry(entry: Entry): void {
    if (entry.isGone) return;
    entry.abortRuns();
    this.#remove(entry, "cancelled");
  }

  endedElsewhere(entry: Entry, end: JobEnd): void {
    entry.end = end;
    // An engine finds out a little after the start.
    if (end.at < entry.anchor) this.endedJobs.push(entry);
    if (end.why === "cancelled") entry.abortRuns();
    this.#remove(entry, end.why);
  }

  #remove(entry: Entry, how: JobEnd["why"] | "cleared"): void {
    if (entry.isGone) return;
    if (entry.isPaused && !entry.end) this.persistence.skipPaused(entry, this.clock.now());
    entry.isGone = true;
    this.#giveUp(entry);
    this.jobQueue.drop(entry);
    this.#entries.delete(entry);
    this.persistence.leave(entry);
    if (how === "cleared") entry.jobRecord.leave();
    else if (!entry.end) entry.jobRecord.end({ at: this.clock.now(), why: how });
    const why = how === "cleared" ? "cancelled" : how;
    if (this.events.hasListeners("removed")) this.events.emit("removed", { job: entry, why });
    if (!this.hasJobs) this.onLastJob();
  }

  #giveUp(entry: Entry): void {
    if (entry.waiting.length > 0 || entry.delayed > 0)
      this.runner.giveUp(entry, this.jobQueue.undelay(entry));
  }

  rescheduleEntry(entry: Entry, when: HasRecurrence): void {
    if (typeof when?.recurrence !== "function")
      throw invalid("schedule", "reschedule(…)", when, texts().scheduler.expected.reschedule);
    const now = this.clock.now();
    const recurrence = when.recurrence();
    if (!canOccur(recurrence, this.parseContext())) throw never(recurrence);
    checkCounts(recurrence);
    if (entry.isPaused) this.persistence.skipPaused(entry, now);
    entry.recurrence = recurrence;
    entry.rescheduled = when;
    entry.readAt = now;
    entry.runCount = 0;
    entry.countFrom(now);
    const base = { recurrence, anchor: now, runCount: 0 };
    // Where another process has counted it anew at the same time, this comes after it.
    if (entry.jobRecord.rebase(base)) entry.jobRecord.rebase(base);
    this.engine?.reschedule(entry, recurrence);
    if (!entry.trigger.isSpaced || !entry.isRunning) this.jobQueue.plan(entry, now);
    if (!entry.isRunning) this.settle(entry);
  }

  /** All jobs, or those with a tag, in the order of registration; a new list. */
  jobs(tag?: string): Job[] {
    return this.chosen(tag);
  }

  /** One job, the jobs with a tag, or all. */
  chosen(which: Job | string | undefined): Entry[] {
    if (which === undefined) return [...this.#entries];
    if (typeof which === "string") return [...this.#entries].filter((entry) => entry.tags.has(which));
    if (which instanceof Entry) return this.#entries.has(which) ? [which] : [];
    throw invalid("job", "Job", which, texts().scheduler.expected.jobOrTag);
  }

  /** Drops all jobs, or those with a tag, from this process; other processes and machines keep them. */
  clear(tag?: string): void {
    for (const entry of this.chosen(tag)) {
      entry.abortRuns();
      this.#remove(entry, "cleared");
    }
  }

  /** Makes a job start over, as if it had never been known; also one that has ended, which runs when the script is started next. */
  reset(job: Job): Date | null {
    const now = this.clock.now();
    const entry = job as Entry;
    entry.reset(now);
    this.jobQueue.plan(entry, now);
    const next = entry.trigger.next(now);
    return next === null ? null : new Date(next);
  }

  /** Ends one job, in whatever process and on whatever machine it is; one that is not there is left alone. */
  cancelJob(job: Job): void {
    if (!(job instanceof Entry)) throw invalid("job", "cancelJob(…)", job, texts().scheduler.expected.job);
    if (!this.#entries.has(job)) return;
    this.cancelEntry(job);
    this.store.commit();
  }

  /** After the clock was set: keeps the spacing of intervals and durations from now, and lets no job wait for a future that was wrong. */
  #correct(now: Instant, by: Milliseconds): void {
    const undone = by < 0 ? Math.min(this.#unexplained, -by) : 0;
    this.#unexplained -= undone;
    const reread = (by + undone) as Milliseconds;
    if (by < 0) this.jobQueue.shiftDelayed(now, by);
    for (const entry of [...this.#entries]) {
      // How long a run takes is elapsed time.
      for (const run of entry.running) run.started = later(run.started, by);
      this.jobQueue.correct(entry, now, by, reread);
    }
    if (reread < 0) for (const entry of [...this.#passed]) this.#revive(entry, now, reread);
  }

  /** Registers a job again whose moment only seemed to have passed. */
  #revive(entry: Entry, now: Instant, by: Milliseconds): void {
    entry.recurrence = entry.readAgain(by);
    entry.countFrom(later(entry.anchor, by));
    if (entry.trigger.next(entry.anchor) === null || this.persistence.namesake(entry)) return;
    this.#passed.delete(entry);
    entry.isGone = false;
    entry.end = undefined;
    this.persistence.enter(entry, now);
    this.#add(entry);
    this.events.emit("registered", { job: entry });
  }

  /** Starts nothing from now on, and aborts the signals of running tasks. */
  stopStarts(grace: Milliseconds): void {
    this.#stops++;
    this.engine?.engine.hold();
    this.runner.isStopping = true;
    for (const entry of this.#entries) for (const run of entry.running) run.abort("stopping", grace);
  }

  /** Lets tasks let go of what they keep between their runs. */
  async closeTasks(): Promise<void> {
    for (const close of this.#closes) await close();
  }

  /** Closes the store; what was decided on and not begun is given back to it. */
  closeStore(): void {
    for (const entry of this.#entries)
      if (this.isDurable) this.persistence.release(entry);
      else this.runner.giveUp(entry, []);
    this.persistence.close();
  }
}
