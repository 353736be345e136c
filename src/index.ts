/**
 * Schedules that read like plain English.
 *
 * ```ts
 * import { every, once, run } from "onthedot";
 *
 * every(5).seconds.do(() => console.log("tick"));
 * every().monday.at("09:00").do(() => console.log("stand-up"));
 * once("in 10 minutes").do(() => console.log("tea"));
 *
 * run();
 * ```
 *
 * @module onthedot
 */
import { defaultSchedule } from "./default.ts";

export { createScheduler, type Scheduler, type SchedulerOptions } from "./create.ts";
export type { Engine } from "./engine/engine.ts";
export { ScheduleError, type ScheduleErrorCode } from "./errors.ts";
export type { PhraseSchedule, Schedule } from "./fluent/types.ts";
export type { Job, Outcome, RunContext, RunRecord } from "./job.ts";
export { CancelJob } from "./job.ts";
export type { RunOptions } from "./live/run.ts";
export type { Recurrence } from "./recurrence/recurrence.ts";
export type { Events } from "./scheduler/events.ts";
export type { Store } from "./store/store.ts";
export type { WorkerContext } from "./tasks/prepare.ts";
export type { DurationLike } from "./time/duration.ts";
export type { Moment } from "./time/moment.ts";

const schedule = defaultSchedule();

export const {
  /** A unit, several units, or a phrase without its "every". @function @group Saying when */
  every,
  /** A whole phrase, recurring or once, in English or Chinese. @function @group Saying when */
  when,
  /** A phrase without its "on". @function @group Saying when */
  on,
  /** One moment: a phrase, ISO text or a `Date`. @function @group Saying when */
  once,
  /** A crontab expression. @function @group Saying when */
  cron,
  /** A schedule from its JSON. @function @group Saying when */
  fromJSON,
  /** Registers a function on a schedule and returns it. @function @group Saying when */
  repeat,
  /** Runs what is due, once: the body of a polling loop. @function @group Running */
  runPending,
  /** For scripts: shows live status, sleeps until the next run, drains on Ctrl-C. @function @group Running */
  run,
  /** For programs that do other work: silent, in the background. @function @group Running */
  start,
  /** Stops the scheduler and waits for running jobs. @function @group Running */
  stop,
  /** Runs every job now. @function @group Running */
  runAll,
  /** The jobs, or those with a tag. @function @group Jobs */
  jobs,
  /** Drops all jobs, or those with a tag, from this process; stores and other machines keep them. @function @group Jobs */
  clear,
  /** Ends a job everywhere: in its store, and on all machines. @function @group Jobs */
  cancelJob,
  /** The earliest next run, or null. @function @group Jobs */
  nextRun,
  /** Seconds to the next run, or null. @function @group Jobs */
  idleSeconds,
  /** Pauses a job, the jobs with a tag, or all. @function @group Jobs */
  pause,
  /** Resumes a job, the jobs with a tag, or all. @function @group Jobs */
  resume,
  /** Calls a function at each event. @function @group Watching and trying */
  listen,
  /** Notifies a person now. @function @group Watching and trying */
  notify,
  /** The runs between two moments, without running a task. @function @group Watching and trying */
  simulate,
} = schedule;
