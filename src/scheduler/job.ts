import { checkOptions, invalid, nameOfTask, nameOtherWords, oneOf, readLabel, wholeUpTo } from "../checks.ts";
import { ScheduleError, show } from "../errors.ts";
import {
  type Definition,
  type HasRecurrence,
  type Job,
  placeOf,
  type RunRecord,
  shortPlace,
  toRecord,
} from "../job.ts";
import { describe } from "../language/describe.ts";
import type { DecidedRanges, SkippedRange } from "../policy/clock-rollback.ts";
import type { IfInterrupted } from "../policy/policies.ts";
import { compile, type Trigger } from "../recurrence/next/compile.ts";
import type { Setting } from "../recurrence/next/search.ts";
import { daySetsOf, timesOf, withoutExceptions, withoutTimes } from "../recurrence/reanchor.ts";
import type { DaySet, Recurrence } from "../recurrence/recurrence.ts";
import type { JobEnd, JobRecord, JobStore, OutputKept, Registration, Store } from "../store/store.ts";
import { currentLanguage, languages, texts } from "../text/text.ts";
import type { Clock } from "../time/clock.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { formatMoment } from "../time/iso.ts";
import { parseDate } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { resolveWall, utc, type WallTime, type Zone } from "../time/zone.ts";
import type { EventStream } from "./events.ts";
import type { Planned } from "./heap.ts";
import type { Run } from "./run.ts";

export interface SchedulerContext {
  readonly clock: Clock;
  readonly zone: Zone;
  readonly events: EventStream;
  readonly store: JobStore;
  /** Of which runs a store keeps the output. */
  readonly outputKept: OutputKept;
  readonly isLooking: boolean;
  /** Warns a person about something that is not the outcome of a run. */
  warn(message: string): void;
  reportFailure(job: string, what: string, error: unknown): void;
  /** The engine cannot be used at all. */
  onFailure(error: Error): void;
  pollOthers(entries?: Iterable<Entry>): void;
  /** A claimed occurrence does not start, and does not count. */
  giveBack(entry: Entry): void;
  /** Nothing of a job runs, waits or is planned any more: ends it, or plans its next run. */
  settle(entry: Entry): void;
  endedElsewhere(entry: Entry, end: JobEnd): void;
  runByHand(entry: Entry): Promise<unknown>;
  pauseEntry(entry: Entry, why?: string, until?: Instant): void;
  resumeEntry(entry: Entry): void;
  /** Ends a job in this process and in its store. */
  cancelEntry(entry: Entry): void;
  /** The same for a person, who expects it to be on disk when the call returns. */
  cancelJob(entry: Entry): void;
  rescheduleEntry(entry: Entry, when: HasRecurrence): void;
}

const brand = Symbol.for("onthedot.entry@1");

/**
 * A job as the scheduler has it, with its definition. Under tsx a CommonJS script has two copies of this package: what is imported later, a screen or a ping, would not
 * know the first one's jobs by `instanceof`.
 */
export const entryOf = (job: Job): Entry | undefined => (brand in job ? (job as Entry) : undefined);

export const lastDecisions = (job: Job, limit: number): readonly RunRecord[] =>
  entryOf(job)?.jobRecord.history(limit).map(toRecord) ?? job.history().slice(-limit);

export const lastRunOf = (job: Job): RunRecord | undefined => {
  const last = entryOf(job)?.jobRecord.lastRun();
  return last && toRecord(last);
};

const noRuns: readonly Run[] = [];
const noRanges: readonly SkippedRange[] = [];
const nothing: readonly Instant[] = [];

/** A job in the scheduler: its schedule, the state of its planning, and its running runs. */
export class Entry implements Job, Planned, Setting, Registration {
  /** The next unserved occurrence; `Infinity` when none is planned. */
  due: number = Infinity;
  readonly order: number;
  place = -1;

  readonly definition: Definition;
  /** The schedule, as written or as the store has it. */
  recurrence: Recurrence;
  trigger: Trigger;
  anchor: Instant;
  /** When this process read the phrase; null where an earlier process did, whose clock is unknown. */
  readAt: Instant | null;
  /** The schedule that replaced the first one. */
  rescheduled: HasRecurrence | undefined;
  /** The last occurrence that was decided on. */
  lastDecided: Instant | null = null;
  skippedRanges: readonly SkippedRange[] = noRanges;
  /** What lies ahead and has been decided on, after the clock was set back. */
  decidedRanges: DecidedRanges | undefined;
  /** `lastDecided` when the clock was set back: while it is unchanged, nothing has been decided since. */
  leftFrom: Instant | null = null;
  started: Instant | null = null;
  /** When it also ran at the start, which is no run of its schedule. */
  opening: Instant | null = null;
  isPaused = false;
  pausedUntil: Instant | undefined;
  isGone = false;
  end: JobEnd | undefined;
  failures = 0;
  /** Runs that started since counting began, and those that were claimed and will. */
  runCount = 0;
  /** Starts of the current pass that are still to come. */
  pending = 0;
  /** Starts that are put off, by jitter or after sleep. */
  delayed = 0;
  running: readonly Run[] = noRuns;
  waiting: readonly Instant[] = nothing;
  jobRecord!: JobRecord;

  readonly #scheduler: SchedulerContext;
  #name: string | undefined;
  #tags: ReadonlySet<string> | undefined;

  constructor(definition: Definition, anchor: Instant, order: number, scheduler: SchedulerContext) {
    this.definition = definition;
    this.order = order;
    this.#scheduler = scheduler;
    this.anchor = anchor;
    this.readAt = anchor;
    this.recurrence = definition.recurrence;
    this.trigger = compile(withoutTimes(this.recurrence), this);
  }

  countFrom(anchor: Instant, recurrence: Recurrence = this.recurrence): void {
    this.anchor = anchor;
    this.trigger = compile(withoutTimes(recurrence), this);
  }

  get left(): number {
    return timesOf(this.recurrence) - this.runCount;
  }

  reset(now: Instant): void {
    this.recurrence = this.definition.recurrenceAt?.({ now, zone: this.zone }) ?? this.definition.recurrence;
    this.readAt = now;
    this.rescheduled = undefined;
    this.lastDecided = null;
    this.end = undefined;
    this.isPaused = false;
    this.pausedUntil = undefined;
    this.failures = 0;
    this.runCount = 0;
    this.countFrom(now);
    this.jobRecord.reset({ recurrence: this.recurrence, anchor: now, runCount: 0 });
  }

  /**
   * Reads the phrase again, as if it had been written at the corrected moment: "in 10 minutes" is 10 minutes after that. An unchanged schedule stays
   * the same object.
   */
  readAgain(by: Milliseconds): Recurrence {
    if (this.readAt === null || by === 0) return this.recurrence;
    this.readAt = later(this.readAt, by);
    const parseContext = { now: this.readAt, zone: this.zone };
    try {
      const { rescheduled, definition } = this;
      const read = rescheduled
        ? rescheduled.recurrence(parseContext)
        : definition.recurrenceAt?.(parseContext);
      return read && JSON.stringify(read) !== JSON.stringify(this.recurrence) ? read : this.recurrence;
    } catch {
      // "today" may have no such time on the corrected date.
      return this.recurrence;
    }
  }

  /** On the prototype, where it costs an entry nothing. */
  get [brand](): true {
    return true;
  }

  get zone(): Zone {
    return this.#scheduler.zone;
  }

  get zoneName(): string {
    return this.zone.name;
  }

  /** What random lengths are derived from. A job that is counted from the end of its runs is counted anew after each, and would get the first length again and again. */
  get seed(): string {
    return this.runCount > 0 && this.trigger.isSpaced ? `${this.name} ${this.runCount}` : this.name;
  }

  get source(): string {
    return this.definition.source;
  }

  get ifInterrupted(): IfInterrupted {
    return this.definition.policies.ifInterrupted;
  }

  get name(): string {
    this.#name ??= this.definition.name || nameOfTask(this.definition.task).trim() || placeName(this);
    return this.#name;
  }

  belongsTo(scheduler: SchedulerContext): boolean {
    return this.#scheduler === scheduler;
  }

  addRun(run: Run): void {
    this.running = this.running.length === 0 ? [run] : [...this.running, run];
  }

  removeRun(run: Run): void {
    this.running = this.running.length === 1 ? noRuns : this.running.filter((other) => other !== run);
  }

  abortRuns(): void {
    for (const run of this.running) run.abort("cancelled");
  }

  /** The occurrence that has waited longest, which then waits no more. */
  takeWaiting(): Instant | undefined {
    const first = this.waiting[0];
    if (first !== undefined) this.waiting = this.waiting.length === 1 ? nothing : this.waiting.slice(1);
    return first;
  }

  get tags(): ReadonlySet<string> {
    this.#tags ??= new Set(this.definition.tags);
    return this.#tags;
  }

  get nextRun(): Date | null {
    return this.due < Infinity && !this.isPaused ? new Date(this.due) : null;
  }

  get lastRun(): Date | null {
    return this.started === null ? null : new Date(this.started);
  }

  get isRunning(): boolean {
    return this.running.length > 0;
  }

  get history(): Job["history"] {
    const history: Job["history"] = (options = {}) => {
      checkOptions("history(…)", options, ["limit"]);
      const { limit } = options;
      if (limit !== undefined) wholeUpTo(1_000_000, limit, "count", "history: limit");
      return this.jobRecord.history(limit).map(toRecord);
    };
    delete (history as { length?: unknown }).length;
    return nameOtherWords(history, "history");
  }

  // Methods keep their job when they are handed on: setTimeout(job.cancel, 5_000). As accessors they cost an entry nothing.

  get describe(): Job["describe"] {
    return (language = "en") => {
      oneOf(language, languages, "language", "describe(…)");
      return describe(this.recurrence, { zone: this.zone, language });
    };
  }

  /** `backup: every day at 02:30 (next run 2026-12-02 02:30, last run never)`. */
  get toString(): Job["toString"] {
    return () => {
      const { isPaused, nextRun, lastRun } = this;
      const written = (at: Date | null) =>
        at ? formatMoment(at.getTime() as Instant, this.zone) : undefined;
      const next = isPaused && !this.isGone ? "paused" : (written(nextRun) ?? "none");
      return `${this.name}: ${this.describe()} (next run ${next}, last run ${written(lastRun) ?? "never"})`;
    };
  }

  /** What a person asks about a job, without what the scheduler keeps beside it. */
  get toJSON(): Job["toJSON"] {
    return () => ({
      name: this.name,
      schedule: this.describe(),
      tags: [...this.tags],
      nextRun: this.nextRun?.toISOString() ?? null,
      lastRun: this.lastRun?.toISOString() ?? null,
      isPaused: this.isPaused,
      isRunning: this.isRunning,
    });
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Job ${this}`;
  }

  get next(): Job["next"] {
    return (count = 1) => {
      const most = Math.min(wholeUpTo(100_000, count, "count", "next(…)"), this.left);
      const moments: Date[] = [];
      let at: Instant | null = this.due < Infinity ? (this.due as Instant) : null;
      for (; at !== null && moments.length < most; at = this.trigger.next(at)) moments.push(new Date(at));
      return moments;
    };
  }

  get run(): Job["run"] {
    return () => this.#scheduler.runByHand(this);
  }

  get pause(): Job["pause"] {
    return () => this.#scheduler.pauseEntry(this);
  }

  get resume(): Job["resume"] {
    return () => this.#scheduler.resumeEntry(this);
  }

  get cancel(): Job["cancel"] {
    return () => this.#scheduler.cancelJob(this);
  }

  get tag(): Job["tag"] {
    return (...tags) => {
      this.#tags = new Set([...this.tags, ...tags.map((tag) => readLabel(tag, "tag"))]);
      return this;
    };
  }

  get reschedule(): Job["reschedule"] {
    return (when) => this.#scheduler.rescheduleEntry(this, when);
  }
}

/** A function and not a private method, which would cost each of a hundred thousand entries a field. */
const placeName = ({ definition, order }: Entry): string => {
  const place = definition.place && placeOf(definition.place);
  return `job ${order + 1}${place ? ` (${shortPlace(place)})` : ""}`;
};

/** A durable job is found again by its name: it must have one, and no other job may have it. @throws ScheduleError `name-missing`, `name-taken` */
export const checkName = ({ definition, name }: Entry, taken: ReadonlyMap<string, Entry>): void => {
  const isNamed = Boolean(definition.name || nameOfTask(definition.task).trim());
  const other = taken.get(name);
  if (isNamed && !other) return;
  const { about, expected } = texts().scheduler;
  throw new ScheduleError({
    code: isNamed ? "name-taken" : "name-missing",
    what: isNamed
      ? about.sameName(show(name), other ? about.sources(other.source, definition.source) : "")
      : about.noName,
    accepted: expected.uniqueName(show(isNamed ? `${name} 2` : "backup")),
  });
};

/** @throws ScheduleError `clock` for anything that is not a clock */
export const checkClock = (given: Clock): void => {
  const asked = ["now", "monotonic", "wakeAt", "spinUntil"] as const;
  if (asked.every((word) => typeof given?.[word] === "function")) return;
  const { about, expected } = texts().scheduler;
  throw invalid("clock", about.clock, given, expected.clock);
};

/** The store behind what a user passes. @throws ScheduleError `store` for anything else, most often the path of one */
export const checkStore = (given: Store): JobStore => {
  const store = given as JobStore;
  if (typeof store?.open === "function" && typeof store.register === "function") return store;
  const { about, expected } = texts().scheduler;
  throw invalid("store", about.store, given, expected.store);
};

export const never = (recurrence: Recurrence): ScheduleError => {
  const { about, expected } = texts().scheduler;
  return invalid("never", about.never, describe(recurrence, { zone: utc }), expected.comingMoment);
};

/** A scheduler counts the runs of a job, and cannot tell which part of an `.or(…)` a run belongs to. @throws ScheduleError `times` */
export const checkCounts = (recurrence: Recurrence): void => {
  if (!countsPart(recurrence)) return;
  const { about, expected } = texts().scheduler;
  throw invalid("times", about.countOfPart, describe(recurrence, { zone: utc }), expected.countForAll);
};

const countsPart = (recurrence: Recurrence): boolean => {
  if (recurrence.kind === "union")
    return recurrence.of.some((part) => timesOf(part) < Infinity || countsPart(part));
  return "of" in recurrence && countsPart(recurrence.of);
};

const warnsBefore = 60 * day;

const firstToEnd = ({ recurrence }: Entry): Required<DaySet> | undefined => {
  let first: Required<DaySet> | undefined;
  for (const set of daySetsOf(recurrence) as readonly Required<DaySet>[])
    if (set.covers && !(first && first.covers.to <= set.covers.to)) first = set;
  return first;
};

/** When to warn that the data of a job's named days ends soon, and how. */
export const coverageWarning = (
  entry: Entry,
): { readonly at: Instant; readonly message: string } | undefined => {
  const set = firstToEnd(entry);
  if (!set) return undefined;
  const end = resolveWall(entry.zone, ((parseDate(set.covers.to) + 1) * day) as WallTime);
  const { name, covers, source } = set;
  return {
    at: (end - warnsBefore) as Instant,
    message: texts().calendar.endsSoon(entry.name, name[currentLanguage()], covers.to, source),
  };
};

/** Why a job that is not over has no next run: the data of its named days has ended. */
export const whyUncovered = (entry: Entry, now: Instant): string | undefined => {
  const set = entry.left > 0 ? firstToEnd(entry) : undefined;
  if (!set || compile(withoutExceptions(entry.recurrence), entry).next(now) === null) return undefined;
  return texts().calendar.ended(set.name[currentLanguage()], set.covers.to, set.source);
};
