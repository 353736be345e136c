import type { HasRecurrence, Job, NotifyOn, RunContext, Task } from "../job.ts";
import type { Language } from "../language/describe.ts";
import type { CatchUp } from "../policy/catch-up.ts";
import type { Overlap } from "../policy/overlap.ts";
import type { IfInterrupted } from "../policy/policies.ts";
import type { Backoff } from "../policy/retry.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { ProgramOptions } from "../tasks/program-call.ts";
import type { WorkerModule } from "../tasks/worker.ts";
import type { DurationLike } from "../time/duration.ts";
import type { Moment } from "../time/moment.ts";
import type { weekdayNames } from "../time/names.ts";
import type { MonthDays, TimeOfDay, TimeOfHour, TimeOfMinute, Whole } from "./literals.ts";

/** The words that start a sentence. */
export interface ScheduleBuilders {
  /** One of a unit, or a day by name: `every().hour`, `every().monday`. */
  every(): UnitStep;
  /**
   * A phrase that goes on after "every": `every("weekday at 9am")`. One that brings its own first word is read as it stands.
   *
   * @param phrase English or Chinese, at most 256 characters
   * @throws ScheduleError `phrase`, with the place of the word that is not understood
   */
  every(phrase: string): PhraseSchedule;
  /**
   * Several of a unit: `every(5).minutes`.
   *
   * @param count a whole number from 1 up
   * @throws ScheduleError `interval`
   */
  every<N extends number>(count: Whole<N>): N extends 1 ? UnitStep : UnitsStep;
  /**
   * A phrase that goes on after "on": `on("the 1st of each month")`.
   *
   * @throws ScheduleError `phrase`
   */
  on(phrase: string): PhraseSchedule;
  /**
   * A whole phrase as it stands, recurring or once: `when("tuesdays at 10am and saturdays at noon")`.
   *
   * @throws ScheduleError `phrase`
   */
  when(phrase: string): PhraseSchedule;
  /**
   * One moment: `once("tomorrow at 9")`, `once("2027-02-03 04:05")`, `once(new Date(…))`.
   *
   * @param moment text is read in the zone of the scheduler unless it has an offset; years 1 to 9999
   * @throws ScheduleError `phrase`, `moment`; `past` for "yesterday", `recurring` for a phrase that comes again
   */
  once(moment: string | Moment): Schedule;
  /**
   * A crontab expression: `cron("0 9-17 * * mon-fri")`. Five fields as in crontab(5), six with the second in front; names, steps, `@daily` and its kin, and
   * Quartz's `L`, `W` and `#`. Day of the month *or* weekday is enough where both are said, as in crontab. A field with a star follows real time when the clocks
   * change, numbers are fixed wall times, as in cronie.
   *
   * @throws ScheduleError `cron`, with the place of the mistake and the nearest right form
   */
  cron(expression: string): PhraseSchedule;
  /**
   * A schedule from JSON, as `JSON.stringify(schedule)` writes it: text, or what `JSON.parse` makes of it. Nothing in it is trusted; what is wrong is named with its
   * place, as in `of[1].times.at[0]`.
   *
   * @throws ScheduleError `recurrence`
   */
  fromJSON(json: unknown): PhraseSchedule;
  /**
   * Registers a function on a schedule and hands it back: `export const beat = repeat(every(5).minutes)(() => …)`.
   *
   * @param args what the function is called with, before the run's context
   * @throws ScheduleError `not-a-function`, `never`
   */
  repeat(sentence: Schedule, ...args: readonly Argument[]): <F extends Task>(task: F) => F;
}

/** What may follow `every(5)`. The text in angle brackets is for the compiler to show under a word that may not. */
export interface UnitsStep<
  _Text extends string = 'a number takes .seconds … .years; for a weekday write .weeks.on("monday")',
> {
  /** Elapsed time on a fixed beat, whatever the wall clock does. */
  readonly seconds: Seconds;
  /** Elapsed time on a fixed beat, whatever the wall clock does. */
  readonly minutes: Minutes;
  /** Elapsed time on a fixed beat, whatever the wall clock does: 24 hours are not always a day. */
  readonly hours: Hours;
  /** Wall time: kept when the clocks change. */
  readonly days: Days;
  /** Wall time, seven days each: kept when the clocks change. */
  readonly weeks: Weeks;
  /** Wall time; a month without the day is left out. */
  readonly months: Months;
  /** Wall time; a year without the day is left out. */
  readonly years: Years;
  /**
   * A random whole number of units, drawn anew each time: `every(5).to(10).minutes`.
   *
   * @param most a whole number, not less than the first
   * @throws ScheduleError `interval`
   */
  to<N extends number>(most: Whole<N>): Random;
}

/** What may follow `every()`. */
export interface UnitStep<_Text extends string = "say of what: every().hour, every().day, every().monday">
  extends UnitsStep<_Text> {
  /** Every second. */
  readonly second: Seconds;
  /** Every minute; `.at(":15")` says the second. */
  readonly minute: Minute;
  /** Every hour; `.at(":30")` says the minute. */
  readonly hour: Hour;
  /** Every day; without `.at(…)` at the time of day it is said. */
  readonly day: Days;
  /** Every week; `.on("monday")` says the day. */
  readonly week: Weeks;
  /** Every month; `.on(15)` says the day. */
  readonly month: Months;
  /** Every year; `.on("december 25")` says the day. */
  readonly year: Years;
  /** Every Monday. */
  readonly monday: Days;
  /** Every Tuesday. */
  readonly tuesday: Days;
  /** Every Wednesday. */
  readonly wednesday: Days;
  /** Every Thursday. */
  readonly thursday: Days;
  /** Every Friday. */
  readonly friday: Days;
  /** Every Saturday. */
  readonly saturday: Days;
  /** Every Sunday. */
  readonly sunday: Days;
  /** Monday to Friday. */
  readonly weekday: Days;
  /** Saturday and Sunday. */
  readonly weekend: Days;
}

/** What may follow `every(5).to(10)`. */
export interface Random {
  /** Elapsed time. */
  readonly seconds: DelayableSchedule;
  /** Elapsed time. */
  readonly minutes: RandomMinutes;
  /** Elapsed time. */
  readonly hours: RandomHours;
  /** Wall time. */
  readonly days: Days;
  /** Wall time, seven days each. */
  readonly weeks: RecurringSchedule;
  /** Wall time. */
  readonly months: RecurringSchedule;
  /** Wall time. */
  readonly years: RecurringSchedule;
}

/** What every sentence about when takes, and what ends it: `do`, `exec` or `worker`. A sentence never changes; each word gives a new one. */
export interface Schedule extends HasRecurrence {
  /**
   * The IANA zone, or `"UTC+02:00"`, in which wall times are read, wherever it stands in the sentence.
   *
   * @throws ScheduleError `zone`
   */
  in(zone: string): this;
  /**
   * The job's name: its identity on the screen, in a store, and in `run <job>`.
   *
   * @param name 1 to 200 characters
   * @default the function's own name, else the place where `do` was said
   * @throws ScheduleError `name`
   */
  named(name: string): this;
  /**
   * Groups it belongs to, for `jobs(tag)`, `clear(tag)`, `pause(tag)`.
   *
   * @param tags 1 to 200 characters each
   * @throws ScheduleError `tag`
   */
  tag(...tags: readonly string[]): this;
  /** Also run once at the start; that run is none of those that `times` counts. */
  immediately(): this;
  /** What happens when it is due while its last run still runs. @default "skip" */
  overlap(policy: Overlap): this;
  /**
   * What happens to runs that were missed: by default the latest is made up for. How long ago that may lie, `within` says; otherwise it is a day, one period for what comes weekly or
   * more rarely, and one period for intervals such as `every(10).minutes`. `"all"` makes up for all that an interval missed, however long ago, up to the last
   * hundred. @default "once"
   */
  catchUp(policy: CatchUp, options?: CatchUpOptions): this;
  /**
   * Gives a failed run further attempts. They are one run, in the events and in the history. One that follows a timeout begins when the attempt before has really
   * ended; there is none when that has not ended after as long again as it was given.
   *
   * @param times from 1 to 100
   */
  retry(times: number, options?: RetryOptions): this;
  /**
   * How long one attempt may take, from 1 ms; then its signal aborts, and the run is recorded as `timedOut`. A task that does not heed its signal goes on, for a promise
   * cannot be ended from outside: that is said, and until it has ended the job counts as running, so that nothing of it runs beside it unless `overlap("allow")` says
   * so. Programs and workers are ended.
   *
   * @throws ScheduleError `duration`
   */
  timeout(limit: DurationLike): this;
  /**
   * How far the start may be put off, so that not everything starts at once: by a length drawn from the job's name and the planned moment, which is the same
   * on every machine. The planned moment stays, and the next one is never reached.
   *
   * @throws ScheduleError `duration`
   */
  jitter(most: DurationLike): this;
  /** What becomes of a run that was cut off when the process died. @default "report" */
  ifInterrupted(policy: IfInterrupted): this;
  /** So many failed runs in a row, from 1, pause the job. */
  pauseAfterFailures(failures: number): this;
  /**
   * Tells a watcher such as Healthchecks of each run: `url/start`, `url` after success, `url/fail` after a failure. It raises the alarm when it hears nothing; a
   * ping that does not arrive changes nothing here.
   *
   * @throws ScheduleError `ping` for anything but an address of http or https
   */
  ping(url: string | URL, options?: PingOptions): this;
  /**
   * Tells a person of runs, of those that fail unless it says otherwise; said several times, each is told.
   *
   * @param to `"desktop"`, `"bell"`, or an address: ntfy gets text, others JSON as Slack, Mattermost and Discord read it. @default "desktop"
   * @throws ScheduleError `notify`
   */
  notify(to?: "desktop" | "bell" | (string & {}) | URL, options?: NotifyOptions): this;
  /** This schedule and another one as one job, under the policies of this one. */
  or(schedule: Schedule): RecurringSchedule;
  /** When it runs, in words, which can be read back as a phrase. @param language English or Chinese. @default "en" */
  describe(language?: Language): string;
  /**
   * The next moments if it began now, each strictly later than the one before it; fewer where the schedule ends. The lengths of `every(5).to(10).minutes` are drawn by the
   * job's name, which a sentence knows only when `named` has been said before: then they are those of the job, else others as good as those.
   *
   * Each is a `Date`: `date.toTemporalInstant()` and luxon's `DateTime.fromJSDate(date)` make it one of theirs.
   *
   * @param count from 1 to 100,000. @default 1
   * @param options `after`: look from this moment instead of from now
   * @throws ScheduleError `count`, `moment`
   */
  next(count?: number, options?: { readonly after?: string | Moment }): Date[];
  /**
   * The moments before now, the latest first; fewer where the schedule begins. What is counted from now, such as `every(5).minutes`, has none.
   *
   * @param count from 1 to 100,000. @default 1
   * @param options `before`: look back from this moment instead of from now
   * @throws ScheduleError `count`, `moment`
   */
  previous(count?: number, options?: { readonly before?: string | Moment }): Date[];
  /** Whether the schedule has a run at a moment, to the second. @throws ScheduleError `moment` */
  matches(date: string | Moment): boolean;
  /** The schedule as data, for `JSON.stringify`; {@link Words.fromJSON} reads it back. */
  toJSON(): Recurrence;
  /**
   * Registers the task: the only word with an effect.
   *
   * @param task gets `args` and, last, the run's context `{ job, scheduled, attempt, signal }`
   * @throws ScheduleError `not-a-function` for `.do(job())`, `never` for a schedule without any run
   */
  do<A extends Argument[]>(task: NoInfer<TaskFor<A>>, ...args: A): Job;
  /**
   * Ends the sentence as `do` does, with a program for a task: `.exec("rsync", ["-a", "photos/", "backup/"])`. No shell reads its arguments. What it writes goes to
   * the log line by line behind the job's name; an exit code other than 0 is a failure; when it takes too long or is called off, it is ended with all that it has started.
   *
   * @throws ScheduleError `program`, `never`
   */
  exec(program: string, args?: readonly string[], options?: ProgramOptions & { readonly shell?: false }): Job;
  /** The same without arguments, or with a whole line for a shell: `.exec("du -sh * | sort -h", { shell: true })`. */
  exec(program: string, options: ProgramOptions): Job;
  /**
   * Ends the sentence as `do` does, with a module whose default export runs in a thread of its own, so that heavy computing holds up no other job:
   * `.worker(new URL("./heavy.ts", import.meta.url))`. When it takes too long or is called off, its thread is ended.
   *
   * @param module the file, or the file and the name of the function it exports
   * @param args copied into the thread; the function gets them and, last, `{ job, scheduled, attempt }`
   * @throws ScheduleError `worker`, `never`
   */
  worker(module: URL | WorkerModule, ...args: readonly Argument[]): Job;
}

/** A schedule that comes again and again, so it can have a beginning, an end and exceptions. */
export interface RecurringSchedule extends Schedule {
  /**
   * Without these: weekdays, months, ISO dates, days of the month as numbers, `{ from, to }`, or whatever a phrase says.
   *
   * @throws ScheduleError `exception`, `phrase`
   */
  except(...days: readonly Exception[]): this;
  /**
   * Nothing before this moment, and counting begins here.
   *
   * @throws ScheduleError `moment`, `phrase`
   */
  starting(when: string | Moment): this;
  /** Nothing after this moment; a date alone is the whole day. One that has passed ends the job at once. */
  until(when: string | Moment): this;
  /** Ends after a length of time, at most 100 years, counted from now or from `starting`. Whole days keep the wall clock. */
  for(length: DurationLike): this;
  /** Ends after so many occurrences, from 1 to 100,000; one that is skipped, or missed, counts. */
  times(count: number): this;
}

/** Times within a day are known, so that daily windows mean something. */
export interface TimedSchedule<
  _Text extends string = 'a phrase brings its own time and days: on("monday at 09:00")',
> extends RecurringSchedule {
  /**
   * Only from one time of day to another, both included; may pass midnight. Several windows by saying it again. A length such as 40 minutes is counted from the
   * opening of the window.
   *
   * @throws ScheduleError `time-of-day`, `phrase`
   */
  between<A extends string | PlainTimeLike, B extends string | PlainTimeLike>(
    from: DayTime<A>,
    to: DayTime<B>,
  ): this;
}

/** A phrase or a cron expression. */
export interface PhraseSchedule<
  _Text extends string = 'a phrase brings its own time and days: on("monday at 09:00")',
> extends TimedSchedule<_Text> {}

/** An elapsed length on some dates only. */
export interface DatedSchedule<_Text extends string = "its time within the hour is said">
  extends TimedSchedule<_Text> {
  /** Only on these days: `every(15).minutes.on("weekdays")`. */
  on(...days: readonly WeekdayText[]): TimedSchedule<_Text>;
}

/** An elapsed length that can be counted from the end of the last run. */
export interface DelayableSchedule<_Text extends string = "a random length has no marks and no days">
  extends TimedSchedule<_Text> {
  /** Counted from the end of the last run, not from its beginning. */
  fixedDelay(): TimedSchedule<".fixedDelay() counts from the end of a run, so there are no marks and no times">;
}

/** What may follow `every(5).seconds`. */
export interface Seconds<_Text extends string = "a second has no time of day: no .at(…)">
  extends DatedSchedule<_Text>,
    DelayableSchedule<_Text> {
  /** On the marks of the clock: `every(15).minutes.aligned()` is :00 :15 :30 :45. */
  aligned(): DatedSchedule<"on the marks of the clock: .at(…) and .fixedDelay() say otherwise">;
}

/** What may follow `every().minute`. */
export interface Minute<_Text extends string = "a unit is written without ()"> extends Seconds {
  /** The second of the minute: `":15"`. */
  at<S extends string>(...times: readonly TimeOfMinute<S>[]): DatedSchedule;
}

/** What may follow `every(5).minutes`. */
export interface Minutes<_Text extends string = "a unit is written without ()"> extends Seconds {
  /** The second of the minute: `":15"`. */
  at<S extends string>(...times: readonly TimeOfMinute<S>[]): TimedSchedule;
}

/** What may follow `every().hour`. */
export interface Hour<_Text extends string = "a unit is written without ()"> extends Seconds {
  /** The minute of the hour, `":30"`, or minute and second, `"20:30"`. */
  at<S extends string>(...times: readonly TimeOfHour<S>[]): DatedSchedule;
}

/** What may follow `every(5).hours`. */
export interface Hours<_Text extends string = "a unit is written without ()"> extends Seconds {
  /** The minute of the hour, `":30"`, or minute and second, `"20:30"`. */
  at<S extends string>(...times: readonly TimeOfHour<S>[]): TimedSchedule;
}

/** What may follow `every(5).to(10).minutes`. */
export interface RandomMinutes extends DelayableSchedule {
  /** The second of the minute: `":15"`. */
  at<S extends string>(...times: readonly TimeOfMinute<S>[]): TimedSchedule;
}

/** What may follow `every(5).to(10).hours`. */
export interface RandomHours extends DelayableSchedule {
  /** The minute of the hour, `":30"`, or minute and second, `"20:30"`. */
  at<S extends string>(...times: readonly TimeOfHour<S>[]): TimedSchedule;
}

/** Days that are known, whose time is still to be said; without a time it is that of now. */
export interface Days<
  _Text extends string = ".aligned() and .fixedDelay() are for seconds, minutes and hours",
> extends RecurringSchedule {
  /**
   * The times of day, `"10:30"` or `"10:30:15"`, or as people say them, `"9am"`, `"noon"`, `"早上8点"`; last, if wanted, the zone:
   * `.at("12:30", "Europe/Amsterdam")`. Also Temporal's `PlainTime`.
   *
   * @throws ScheduleError `time-of-day`, `zone`
   */
  at<const T extends readonly (string | PlainTimeLike)[]>(
    ...times: DayTimes<T>
  ): TimedSchedule<"the time is said: several go into one .at(…)">;
}

/** What may follow `every(2).weeks`. */
export interface Weeks<
  _Text extends string = 'say the day first: .weeks.on("monday").at("09:00"), .week.on("monday")',
> extends RecurringSchedule {
  /** Which days of the week: `.on("monday", "thursday")`. @throws ScheduleError `day` */
  on(...days: readonly WeekdayText[]): Days;
}

/** What may follow `every(2).months`. */
export interface Months<_Text extends string = 'say the day first: .on(15).at("09:00"), .on("last day")'>
  extends RecurringSchedule {
  /** Which days of the month: `.on(1, 15)`, `.on("last day")`, `.on("last friday")`, `.on("first workday")`. @throws ScheduleError `day` */
  on<const D extends readonly (number | string)[]>(...days: MonthDays<D>): Days;
}

/** What may follow `every(2).years`. */
export interface Years<_Text extends string = 'say the day first: .on("december 25").at("09:00")'>
  extends RecurringSchedule {
  /**
   * Which days of the year: `.on("december 25")`, `.on("first sunday of october")`; a month alone is its first day, a number a day of the
   * year.
   *
   * @throws ScheduleError `day`
   */
  on(...days: readonly (number | string | PlainMonthDayLike)[]): Days;
}

/** What a watcher is told. */
export interface PingOptions {
  /** Whether each beginning is told too, at `url/start`. @default true */
  readonly start?: boolean;
}

/** What a person is told. */
export interface NotifyOptions {
  /** Which runs are told of. @default "failure" */
  readonly on?: NotifyOn;
}

/** Which missed runs are made up for. */
export interface CatchUpOptions {
  /**
   * How long ago a missed run may lie and still be made up for, as elapsed time.
   *
   * @default one period for intervals; 24 hours for calendars, weekly and rarer ones one period
   */
  readonly maxLateness?: DurationLike;
}

/** How long it takes to the next attempt. */
export interface RetryOptions {
  /** Whether the wait stays the same or doubles each time. @default "exponential" */
  readonly backoff?: Backoff;
  /** The wait before the first further attempt. @default "10 seconds" */
  readonly delay?: DurationLike;
  /** No wait is longer. @default "5 minutes" */
  readonly maxDelay?: DurationLike;
}

/**
 * What `except` takes: a weekday, a month, an ISO date, a phrase; a day of the month, 1 to 31; a date as a `Date` or of another library, or
 * Temporal's `PlainMonthDay`; a span of dates, or luxon's `Interval`.
 */
export type Exception = string | Moment | PlainMonthDayLike | IntervalLike | DateSpan;

/** From one date to another, both included. */
export interface DateSpan {
  /** The first date, ISO when it is text: `"2026-12-24"`. */
  readonly from: string | Moment;
  /** The last date. */
  readonly to: string | Moment;
}

/** Temporal's `PlainTime`. */
export type PlainTimeLike = { readonly [Symbol.toStringTag]: "Temporal.PlainTime" };

/** A time of day: text that is checked as it is written, or Temporal's `PlainTime`. */
export type DayTime<S extends string | PlainTimeLike> = S extends string ? TimeOfDay<S> : S;

/** Several of them. */
export type DayTimes<T extends readonly (string | PlainTimeLike)[]> = { [K in keyof T]: DayTime<T[K]> };

/** Temporal's `PlainMonthDay`. */
export type PlainMonthDayLike = { readonly [Symbol.toStringTag]: "Temporal.PlainMonthDay" };

/** luxon's `Interval`; its end does not belong to it. */
export interface IntervalLike {
  readonly start: { toMillis(): number } | null;
  readonly end: { toMillis(): number } | null;
}

/** `"monday"` to `"sunday"`. */
export type WeekdayName = (typeof weekdayNames)[number];

/** A weekday, offered by the editor, or another text that is read when it runs. */
export type WeekdayText = WeekdayName | "weekdays" | "weekend" | (string & {});

/** Whatever can be passed on to a task; spelled out so that the compiler keeps `"fast"` from becoming `string`. */
export type Argument = string | number | bigint | boolean | symbol | object | null | undefined;

/** A task for these arguments; it may take fewer. */
export type TaskFor<A extends readonly unknown[]> = (...args: [...A, RunContext]) => unknown;
