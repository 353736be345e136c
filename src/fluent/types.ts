/** What may follow what: `every(5).monday` and `every().second.at("09:00")` are errors in the editor. `chain.ts` implements it. */
import type { Condition, HasRecurrence, Job, NotifyOn, RunContext, Task } from "../job.ts";
import type { CatchUp } from "../policy/catch-up.ts";
import type { Backoff, IfInterrupted, Overlap } from "../policy/policies.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { ProgramOptions, WorkerModule } from "../tasks/prepare.ts";
import type { Language } from "../text/text.ts";
import type { DurationLike } from "../time/duration.ts";
import type { Moment } from "../time/moment.ts";
import type { weekdayNames } from "../time/names.ts";
import type { NamedDays } from "./day-sets.ts";

/** The functions that start a schedule. */
export interface ScheduleBuilders {
  /** One unit, or a named day: `every().hour`, `every().monday`. */
  every(): UnitStep;
  /**
   * A phrase without its "every": `every("weekday at 9am")`. A phrase with a first word of its own is read as written.
   *
   * @param phrase English or Chinese, at most 256 characters
   * @throws ScheduleError `phrase`, with the position of the word that is not understood
   */
  every(phrase: string): PhraseSchedule;
  /**
   * Several units: `every(5).minutes`.
   *
   * @param count a whole number of at least 1
   * @throws ScheduleError `interval`
   */
  every<N extends number>(count: Whole<N>): N extends 1 ? UnitStep : UnitsStep;
  /**
   * A phrase without its "on": `on("the 1st of each month")`.
   *
   * @throws ScheduleError `phrase`
   */
  on(phrase: string): PhraseSchedule;
  /**
   * A whole phrase, recurring or once: `when("tuesdays at 10am and saturdays at noon")`.
   *
   * @throws ScheduleError `phrase`
   */
  when(phrase: string): PhraseSchedule;
  /**
   * One moment: `once("tomorrow at 9")`, `once("2027-02-03 04:05")`, `once(new Date(…))`.
   *
   * @param moment text without an offset is in the scheduler's zone; years 1 to 9999
   * @throws ScheduleError `phrase`, `moment`; `past` for "yesterday", `recurring` for a phrase that repeats
   */
  once(moment: string | Moment): Schedule;
  /**
   * A crontab expression: `cron("0 9-17 * * mon-fri")`. Five fields as in crontab(5), or six with seconds first; names, steps, `@daily` and the like, and
   * Quartz's `L`, `W` and `#`. If day of month and weekday are both restricted, either one matches, as in crontab. A field with a star follows elapsed time
   * through clock changes; numbers are fixed wall times, as in cronie.
   *
   * @throws ScheduleError `cron`, with the position of the mistake and the nearest valid form
   */
  cron(expression: string): PhraseSchedule;
  /**
   * A schedule from JSON that `JSON.stringify(schedule)` wrote: the text, or the parsed value. It is validated; errors have the path of the
   * wrong part, as in `of[1].times.at[0]`.
   *
   * @throws ScheduleError `recurrence`
   */
  fromJSON(json: unknown): PhraseSchedule;
  /**
   * Registers a function on a schedule and returns it: `export const beat = repeat(every(5).minutes)(() => …)`.
   *
   * @param args passed to the function before the run's context
   * @throws ScheduleError `not-a-function`, `never`
   */
  repeat(schedule: Schedule, ...args: readonly Argument[]): <F extends Task>(task: F) => F;
}

/** `every(5)`: a unit follows. */
export interface UnitsStep {
  /** Elapsed time, unaffected by clock changes. */
  readonly seconds: Seconds;
  /** Elapsed time, unaffected by clock changes. */
  readonly minutes: Minutes;
  /** Elapsed time, unaffected by clock changes: 24 hours are not always a day. */
  readonly hours: Hours;
  /** Wall time: the same time of day across clock changes. */
  readonly days: Days;
  /** Wall time, seven days each. */
  readonly weeks: Weeks;
  /** Wall time; months without the day are skipped. */
  readonly months: Months;
  /** Wall time; years without the day are skipped. */
  readonly years: Years;
  /**
   * A random whole number of units, drawn again each time: `every(5).to(10).minutes`.
   *
   * @param most a whole number, not less than the first
   * @throws ScheduleError `interval`
   */
  to<N extends number>(most: Whole<N>): RandomStep;
}

/** `every()`: a unit or a named day follows. */
export interface UnitStep extends UnitsStep {
  /** Every second. */
  readonly second: Seconds;
  /** Every minute; `.at(":15")` sets the second. */
  readonly minute: Minute;
  /** Every hour; `.at(":30")` sets the minute. */
  readonly hour: Hour;
  /** Every day; without `.at(…)` at the current time of day. */
  readonly day: Days;
  /** Every week; `.on("monday")` sets the day. */
  readonly week: Weeks;
  /** Every month; `.on(15)` sets the day. */
  readonly month: Months;
  /** Every year; `.on("december 25")` sets the day. */
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

/** `every(5).to(10)`: a unit follows. */
export interface RandomStep {
  /** Elapsed time. */
  readonly seconds: RandomSeconds;
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

/**
 * Any schedule. It is immutable: each call returns a new one, and `do`, `exec` or `worker` registers it as a job.
 *
 * @example
 * ```ts
 * import { every, type Schedule } from "onthedot";
 *
 * const officeHours = (schedule: Schedule) => schedule.in("Europe/Berlin").overlap("skip");
 *
 * officeHours(every().weekday.at("09:00")).do(function report() {});
 * ```
 */
export interface Schedule extends HasRecurrence {
  /**
   * The zone of all wall times in this schedule: an IANA name, or `"UTC+02:00"`.
   *
   * @throws ScheduleError `zone`
   */
  in(zone: string): this;
  /**
   * The job's name: its identity on the screen, in a store, and in `run <job>`.
   *
   * @param name 1 to 200 characters
   * @default the function's own name, else the line that calls `do`
   * @throws ScheduleError `name`
   */
  named(name: string): this;
  /**
   * Groups for `jobs(tag)`, `clear(tag)` and `pause(tag)`.
   *
   * @param tags 1 to 200 characters each
   * @throws ScheduleError `tag`
   */
  tag(...tags: readonly string[]): this;
  /**
   * Holds off sleep while the job runs: with `systemd-inhibit` on Linux and `caffeinate` on macOS. Where it cannot, it warns once. A lid that is closed still puts most
   * machines to sleep.
   */
  keepAwake(): this;
  /** Also run once at startup; `times` does not count that run. */
  immediately(): this;
  /**
   * Starts a run only if this is true when the run is due; otherwise the run is skipped and recorded with the reason. It may be asynchronous; a condition that throws
   * skips the run too. Manual runs ignore conditions.
   *
   * @param test gets the run's context `{ job, scheduled, attempt, signal }`; a pending one ends with the job's `timeout`
   */
  onlyIf(test: Condition): this;
  /** Skips a run if this is true when the run is due; see {@link onlyIf}. */
  unless(test: Condition): this;
  /** What to do when a run is due while the last one is still running. @default "skip" */
  overlap(policy: Overlap): this;
  /**
   * What to do about missed runs: by default the latest is caught up once, if it is less than a day late (for weekly and rarer schedules, and intervals such as
   * `every(10).minutes`: one period). `maxLateness` changes that. `"all"` catches up all runs an interval missed, up to the last hundred.
   *
   * @default "once"
   */
  catchUp(policy: CatchUp, options?: CatchUpOptions): this;
  /**
   * Retries a failed run. All attempts are one run in events and history. After a timeout, the next attempt waits until the last one has really ended; there is none
   * if it takes as long again as its limit.
   *
   * @param times from 1 to 100
   */
  retry(times: number, options?: RetryOptions): this;
  /**
   * The limit for each attempt. Then its signal is aborted, and the run is recorded as `timedOut`. A task that ignores the signal keeps running, because a promise
   * cannot be stopped from outside: you are warned, and until it ends new runs are handled as `overlap` says. Programs and workers are ended.
   *
   * @param limit text such as `"30 seconds"`, or milliseconds from 100 up
   * @throws ScheduleError `duration`
   */
  timeout(limit: DurationLike): this;
  /**
   * Delays each start by up to this much, so that not everything starts at once. The delay is derived from the job's name and the planned moment, so all machines
   * agree. The planned moment stays, and the next run is never delayed by it.
   *
   * @throws ScheduleError `duration`
   */
  jitter(most: DurationLike): this;
  /** What to do about a run that was interrupted because the process died. @default "report" */
  ifInterrupted(policy: IfInterrupted): this;
  /** Pauses the job after this many failed runs in a row. */
  pauseAfterFailures(failures: number): this;
  /**
   * Reports each run to a monitor such as Healthchecks: `url/start`, `url` after success, `url/fail` after a failure. The monitor alerts you when pings stop; a failed
   * ping changes nothing here.
   *
   * @throws ScheduleError `ping` for anything but an http or https address
   */
  ping(url: string | URL, options?: PingOptions): this;
  /**
   * Notifies a person of failed runs, or of those `on` names. Several calls notify several places.
   *
   * @param to `"desktop"`, `"bell"`, or an address: ntfy gets text, others JSON as Slack, Mattermost and Discord read it. @default "desktop"
   * @throws ScheduleError `notify`
   */
  notify(to?: "desktop" | "bell" | (string & {}) | URL, options?: NotifyOptions): this;
  /** This schedule and another as one job, with the policies of this one. */
  or(schedule: Schedule): RecurringSchedule;
  /** The schedule in words, which can be read back as a phrase. @default "en" */
  describe(language?: Language): string;
  /**
   * The next runs if it started now; fewer where the schedule ends. Random intervals are drawn from the job's name: call `named` first to see those of
   * the job.
   *
   * @param count from 1 to 100,000. @default 1
   * @param options `after`: look from this moment instead of from now
   * @throws ScheduleError `count`, `moment`
   */
  next(count?: number, options?: { readonly after?: string | Moment }): Date[];
  /**
   * The runs before now, latest first; fewer where the schedule starts. Schedules that count from now, such as `every(5).minutes`, have none.
   *
   * @param count from 1 to 100,000. @default 1
   * @param options `before`: look back from this moment instead of from now
   * @throws ScheduleError `count`, `moment`
   */
  previous(count?: number, options?: { readonly before?: string | Moment }): Date[];
  /** Whether the schedule has a run at a moment, to the second. @throws ScheduleError `moment` */
  matches(date: string | Moment): boolean;
  /** The schedule as plain data for `JSON.stringify`; `fromJSON` reads it back. */
  toJSON(): Recurrence;
  /**
   * Registers a function as a job.
   *
   * @param task gets `args` and, last, the run's context `{ job, scheduled, attempt, signal }`
   * @throws ScheduleError `not-a-function` for `.do(job())`, `never` for a schedule without any run
   */
  do<A extends Argument[]>(task: NoInfer<TaskFor<A>>, ...args: A): Job;
  /**
   * Registers a reminder as a job, named by its text: `every(90).minutes.remind("Drink water")`.
   *
   * @param text 1 to 200 characters
   * @param to where, as in `notify`. @default "desktop"
   * @throws ScheduleError `name`, `notify`, `never`
   */
  remind(text: string, to?: "desktop" | "bell" | (string & {}) | URL): Job;
  /**
   * Registers a program as a job: `.exec("rsync", ["-a", "photos/", "backup/"])`. No shell reads its arguments. Its output is logged line by line with the
   * job's name; an exit code other than 0 is a failure; on timeout or cancellation it is ended with its child processes.
   *
   * @throws ScheduleError `program`, `never`
   */
  exec(program: string, args?: readonly string[], options?: ProgramOptions & { readonly shell?: false }): Job;
  /** The same without arguments, or with a line for a shell: `.exec("du -sh * | sort -h", { shell: true })`. */
  exec(program: string, options: ProgramOptions): Job;
  /**
   * Registers a module whose default export runs in its own thread, so that heavy computing delays no other job:
   * `.worker(new URL("./heavy.ts", import.meta.url))`. On timeout or cancellation the thread is ended.
   *
   * @param module the file, or the file and the name of an exported function
   * @param args copied into the thread; the function gets them and, last, `{ job, scheduled, attempt }`
   * @throws ScheduleError `worker`, `never`
   */
  worker(module: URL | WorkerModule, ...args: readonly Argument[]): Job;
}

/** A schedule that repeats. */
export interface RecurringSchedule extends Schedule {
  /**
   * Excludes weekdays, months, ISO dates, days of the month as numbers, `{ from, to }`, or whatever a phrase says.
   *
   * @throws ScheduleError `exception`, `phrase`
   */
  except(...days: readonly Exception[]): this;
  /** Only on days with a name: `.on(workdays("CN"))` from `onthedot/holidays`. */
  on(days: NamedDays): this;
  /**
   * No runs before this moment; counting starts here.
   *
   * @throws ScheduleError `moment`, `phrase`
   */
  starting(when: string | Moment): this;
  /** No runs after this moment; a date includes its whole day. A moment in the past ends the job at once. */
  until(when: string | Moment): this;
  /** Ends after a duration of at most 100 years, counted from now or from `starting`. Whole days keep the wall time. */
  for(length: DurationLike): this;
  /** Ends after this many runs, from 1 to 100,000. Skipped and missed runs do not count. */
  times(count: number): this;
}

/** A repeating schedule with known times of day. */
export interface TimedSchedule extends RecurringSchedule {
  /**
   * Only inside a daily window, both ends included; it may cross midnight. Several calls add windows. An interval such as 40 minutes counts from the opening
   * of the window.
   *
   * @throws ScheduleError `time-of-day`, `phrase`
   */
  between<A extends string, B extends string>(
    from: TimeOfDay<A> | PlainTimeLike,
    to: TimeOfDay<B> | PlainTimeLike,
  ): this;
}

/**
 * A phrase or a cron expression, which has its own days and times.
 *
 * @example
 * ```ts
 * import { every } from "onthedot";
 *
 * const report = every("weekday at 9am").except("december 24").in("Europe/Berlin");
 * console.log(report.describe());
 * //=> every weekday at 09:00, except on 24 December, Europe/Berlin time
 * ```
 */
export interface PhraseSchedule extends TimedSchedule {}

/** An interval that can be limited to some weekdays. */
export interface WeekdaysSchedule extends TimedSchedule {
  on(days: NamedDays): this;
  /** Only on these days: `every(15).minutes.on("weekdays")`. */
  on(...days: readonly WeekdayText[]): TimedSchedule;
}

/** `every(5).to(10).seconds`. */
export interface RandomSeconds extends TimedSchedule {
  /** Counts from the end of the last run instead of its start. */
  fixedDelay(): TimedSchedule;
}

/** `every(5).seconds`. */
export interface Seconds extends WeekdaysSchedule, RandomSeconds {
  on(days: NamedDays): this;
  on(...days: readonly WeekdayText[]): TimedSchedule;
  /** Aligned to the clock: `every(15).minutes.aligned()` is :00 :15 :30 :45. */
  aligned(): WeekdaysSchedule;
}

/** `every().minute`. */
export interface Minute extends Seconds {
  /** The second of the minute: `":15"`. */
  at<S extends string>(...times: readonly TimeOfMinute<S>[]): WeekdaysSchedule;
}

/** `every(5).minutes`. */
export interface Minutes extends Seconds {
  /** The second of the minute: `":15"`. */
  at<S extends string>(...times: readonly TimeOfMinute<S>[]): TimedSchedule;
}

/** `every().hour`. */
export interface Hour extends Seconds {
  /** The minute of the hour, `":30"`, or minute and second, `"20:30"`. */
  at<S extends string>(...times: readonly TimeOfHour<S>[]): WeekdaysSchedule;
}

/** `every(5).hours`. */
export interface Hours extends Seconds {
  /** The minute of the hour, `":30"`, or minute and second, `"20:30"`. */
  at<S extends string>(...times: readonly TimeOfHour<S>[]): TimedSchedule;
}

/** `every(5).to(10).minutes`. */
export interface RandomMinutes extends RandomSeconds {
  /** The second of the minute: `":15"`. */
  at<S extends string>(...times: readonly TimeOfMinute<S>[]): TimedSchedule;
}

/** `every(5).to(10).hours`. */
export interface RandomHours extends RandomSeconds {
  /** The minute of the hour, `":30"`, or minute and second, `"20:30"`. */
  at<S extends string>(...times: readonly TimeOfHour<S>[]): TimedSchedule;
}

/** Known days; without `at` they run at the current time of day. */
export interface Days extends RecurringSchedule {
  /**
   * The times of day, `"10:30"` or `"10:30:15"`, or in words, `"9am"`, `"noon"`, `"早上8点"`; optionally the zone last:
   * `.at("12:30", "Europe/Amsterdam")`. Also Temporal's `PlainTime`.
   *
   * @throws ScheduleError `time-of-day`, `zone`
   */
  at<S extends string>(...times: readonly (TimeOfDay<S> | PlainTimeLike)[]): TimedSchedule;
}

/** `every(2).weeks`: days follow. */
export interface Weeks extends RecurringSchedule {
  on(days: NamedDays): this;
  /** Days of the week: `.on("monday", "thursday")`. @throws ScheduleError `day` */
  on(...days: readonly WeekdayText[]): Days;
}

/** `every(2).months`: days follow. */
export interface Months extends RecurringSchedule {
  on(days: NamedDays): this;
  /** Days of the month: `.on(1, 15)`, `.on("last day")`, `.on("last friday")`, `.on("first workday")`. @throws ScheduleError `day` */
  on<N extends number>(...days: MonthDays<N>): Days;
}

/** `every(2).years`: days follow. */
export interface Years extends RecurringSchedule {
  on(days: NamedDays): this;
  /**
   * Days of the year: `.on("december 25")`, `.on("first sunday of october")`; a month means its first day, a number a day of the year.
   *
   * @throws ScheduleError `day`
   */
  on(...days: readonly (number | YearDayText | PlainMonthDayLike)[]): Days;
}

/** How a monitor is pinged. */
export interface PingOptions {
  /** Whether starts are reported too, at `url/start`. @default true */
  readonly start?: boolean;
}

/** When a person is notified. */
export interface NotifyOptions {
  /** Which runs to notify about. @default "failure" */
  readonly on?: NotifyOn;
}

/** Which missed runs are caught up. */
export interface CatchUpOptions {
  /**
   * How late a missed run may be and still be caught up, as elapsed time.
   *
   * @default one period for intervals; 24 hours for calendars, weekly and rarer ones one period
   */
  readonly maxLateness?: DurationLike;
}

/** When a failed run is tried again. */
export interface RetryOptions {
  /** Whether the delay stays the same or doubles each time. @default "exponential" */
  readonly backoff?: Backoff;
  /** The delay before the first retry. @default "10 seconds" */
  readonly delay?: DurationLike;
  /** The longest delay. @default "5 minutes" */
  readonly maxDelay?: DurationLike;
}

/**
 * What `except` takes: a weekday, a month, an ISO date, a phrase; a day of the month, 1 to 31; a date of any library, or
 * Temporal's `PlainMonthDay`; a range of dates, or luxon's `Interval`.
 */
export type Exception = string | Moment | PlainMonthDayLike | IntervalLike | DateSpan | NamedDays;

/** From one date to another, both included. */
export interface DateSpan {
  /** The first date; ISO if it is text: `"2026-12-24"`. */
  readonly from: string | Moment;
  /** The last date. */
  readonly to: string | Moment;
}

/** Temporal's `PlainTime`. */
export type PlainTimeLike = { readonly [Symbol.toStringTag]: "Temporal.PlainTime" };

/** Temporal's `PlainMonthDay`. */
export type PlainMonthDayLike = { readonly [Symbol.toStringTag]: "Temporal.PlainMonthDay" };

/** luxon's `Interval`; its end is excluded. */
export interface IntervalLike {
  readonly start: { toMillis(): number } | null;
  readonly end: { toMillis(): number } | null;
}

/** A weekday, which the editor completes, or other text, which is checked at run time. */
export type WeekdayText = (typeof weekdayNames)[number] | "weekdays" | "weekend" | (string & {});

/** A day of the month, which the editor completes, or other text, which is checked at run time. */
export type MonthDayText =
  | "last day"
  | "first workday"
  | "last workday"
  | `${"first" | "last"} ${(typeof weekdayNames)[number]}`
  | (string & {});

/** A day of the year, which the editor completes, or other text, which is checked at run time. */
export type YearDayText =
  | "january 1"
  | "december 25"
  | "first sunday of october"
  | "last day"
  | (string & {});

/** Whatever can be passed to a task; spelled out so that the compiler keeps `"fast"` from becoming `string`. */
export type Argument = string | number | bigint | boolean | symbol | object | null | undefined;

/** A task for these arguments; it may take fewer. */
export type TaskFor<A extends readonly unknown[]> = (...args: [...A, RunContext]) => unknown;

type Digit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
type HourText = `${0 | 1}${Digit}` | `2${0 | 1 | 2 | 3}`;
type Sixty = `${0 | 1 | 2 | 3 | 4 | 5}${Digit}`;
type SixtyPair<S extends string> = S extends `${infer A}:${infer B}`
  ? [A, B] extends [Sixty, Sixty]
    ? true
    : false
  : false;
/** `MM` or `MM:SS`. A list of all 86,400 times of day would cost the compiler half a minute. */
type MinuteText<S extends string> = S extends Sixty ? true : SixtyPair<S>;

/** Digits and colons, which are meant as a time. Other text is left to the language. */
type Digits = `${number}` | `:${number}` | `${number}:${number}` | `${number}:${number}:${number}`;
/** `never` for `""`, or the editor would offer it. */
type Checked<S, IsValid, Hint> = IsValid extends true
  ? S
  : S extends ""
    ? never
    : S extends Digits
      ? Hint
      : S;

/** `S` if it is a valid time of day, else what to write. Words (`"9am"`, `"noon"`) and plain strings are checked at run time. */
export type TimeOfDay<S extends string> = S extends `${infer H}:${infer Rest}`
  ? Checked<
      S,
      H extends HourText | `${Digit}` ? MinuteText<Rest> : false,
      "HH:MM or HH:MM:SS, from 00:00 to 23:59:59"
    >
  : Checked<S, S extends HourText | `${Digit}` ? true : false, "HH:MM or HH:MM:SS, from 00:00 to 23:59:59">;

/** `S` if it is a minute, or minute and second, of the hour, else what to write. */
export type TimeOfHour<S extends string> = S extends `:${infer M}`
  ? Checked<S, M extends Sixty ? true : false, '":MM" or "MM:SS", the minute and second of the hour'>
  : Checked<S, SixtyPair<S>, '":MM" or "MM:SS", the minute and second of the hour'>;

/** `S` if it is a second of the minute, else what to write. */
export type TimeOfMinute<S extends string> = Checked<
  S,
  S extends `:${Sixty}` ? true : false,
  '":SS", the second of the minute'
>;

/** `N` if it is a whole number of at least 1, else what to write. A plain `number` is checked at run time. */
export type Whole<N extends number> = number extends N
  ? N
  : `${N}` extends "0" | `-${string}` | `${string}.${string}` | `${string}e${string}`
    ? "a whole number of at least 1, as in every(5)"
    : N;

/** Days of the month: text, and numbers from 1 to 31. A plain `number` is checked at run time. */
export type MonthDays<N extends number> = readonly (N | MonthDayText)[] &
  readonly (MonthDay<N> | MonthDayText)[];

type MonthDay<N extends number> = N extends unknown
  ? number extends N
    ? N
    : `${N}` extends `${Exclude<Digit, 0>}` | `${1 | 2}${Digit}` | "30" | "31"
      ? N
      : never
  : never;
