/**
 * Scheduling that reads like speech.
 *
 * ```ts
 * import { every, once, run } from "onthedot";
 *
 * every(5).seconds.do(() => console.log("tick"));
 * every().monday.at("09:00").do(() => console.log("stand-up"));
 * once("tomorrow at 9").do(() => console.log("dentist"));
 *
 * run();
 * ```
 *
 * @module onthedot
 */
import { defaultSchedule } from "./default.ts";

export { createScheduler, type Scheduler, type SchedulerOptions, type StartOptions } from "./create.ts";
export type { Engine } from "./engine/engine.ts";
export { ScheduleError, type ScheduleErrorFacts } from "./errors.ts";
export type { MonthDays, TimeOfDay, TimeOfHour, TimeOfMinute, Whole } from "./fluent/literals.ts";
export type {
  Argument,
  CatchUpOptions,
  DatedSchedule,
  DateSpan,
  Days,
  DayTime,
  DayTimes,
  DelayableSchedule,
  Exception,
  Hour,
  Hours,
  IntervalLike,
  Minute,
  Minutes,
  Months,
  NotifyOptions,
  PhraseSchedule,
  PingOptions,
  PlainMonthDayLike,
  PlainTimeLike,
  Random,
  RandomHours,
  RandomMinutes,
  RecurringSchedule,
  RetryOptions,
  Schedule,
  ScheduleBuilders,
  Seconds,
  TaskFor,
  TimedSchedule,
  UnitStep,
  UnitsStep,
  WeekdayName,
  WeekdayText,
  Weeks,
  Years,
} from "./fluent/types.ts";
export type { HasRecurrence, Job, JobSummary, NotifyOn, RunContext, Task } from "./job.ts";
export { CancelJob, type Outcome, type RunRecord } from "./job.ts";
export type { Language } from "./language/describe.ts";
export type { RunOptions } from "./live/run.ts";
export type { LogOptions } from "./live/show.ts";
export type { RotationOptions } from "./notify/log-file.ts";
export type { CatchUp } from "./policy/catch-up.ts";
export type { Overlap } from "./policy/overlap.ts";
export type { IfInterrupted } from "./policy/policies.ts";
export type { Backoff } from "./policy/retry.ts";
export type {
  Bounded,
  Calendar,
  DailyWindow,
  Dates,
  DateUnit,
  DayRule,
  Except,
  Exclusion,
  Interval,
  Once,
  Recurrence,
  Step,
  Times,
  Union,
  Within,
  Zoned,
} from "./recurrence/recurrence.ts";
export type { ClockJump, EventName, Events, Listener, RunEvent, Sleeping } from "./scheduler/events.ts";
export type { SimulatedRun } from "./simulate/simulate.ts";
export type { Store } from "./store/store.ts";
export type { ProgramError, ProgramOptions } from "./tasks/program-call.ts";
export type { WorkerContext, WorkerModule } from "./tasks/worker.ts";
export type { Clock } from "./time/clock.ts";
export type { DurationLike } from "./time/duration.ts";
export type { Instant, Milliseconds } from "./time/instant.ts";
export type { Moment } from "./time/moment.ts";
export type { PlainDate } from "./time/plain-date.ts";
export type { PlainTime } from "./time/plain-time.ts";

const schedule = defaultSchedule();

export const {
  /** One of a unit, several, or a phrase that goes on after "every". @function */
  every,
  /** A whole phrase as it stands, recurring or once, in English or Chinese. @function */
  when,
  /** A phrase that goes on after "on". @function */
  on,
  /** One moment: a phrase, ISO text or a `Date`. @function */
  once,
  /** A crontab expression. @function */
  cron,
  /** A schedule from what its `toJSON()` gave. @function */
  fromJSON,
  /** Registers a function on a schedule and hands it back. @function */
  repeat,
  /** Runs what is due, once: the body of a polling loop. @function */
  runPending,
  /** For scripts: shows life, sleeps until the next run, drains on Ctrl-C. @function */
  run,
  /** For programs that do other things: silent, in the background. @function */
  start,
  /** Stops the scheduler and waits for running jobs. @function */
  stop,
  /** Runs every job now. @function */
  runAll,
  /** The jobs, or those with a tag. @function */
  jobs,
  /** Drops all jobs, or those with a tag, from this process; stores and other machines keep them. @function */
  clear,
  /** Ends a job everywhere: in its store, and on all machines. @function */
  cancelJob,
  /** The earliest next run, or null. @function */
  nextRun,
  /** Seconds to the next run, or null. @function */
  idleSeconds,
  /** Pauses a job, the jobs with a tag, or all. @function */
  pause,
  /** Resumes a job, the jobs with a tag, or all. @function */
  resume,
  /** Calls a function at each event. @function */
  listen,
  /** What would run between two moments; no task is run. @function */
  simulate,
} = schedule;
