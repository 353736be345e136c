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
  /**
   * A unit, several units, or a phrase without its "every".
   *
   * @example
   * ```ts
   * import { every, run } from "onthedot";
   *
   * every(10).seconds.do(() => console.log("tick"));
   * every().monday.at("09:00").do(() => console.log("stand-up"));
   * every("weekday at 5pm").do(() => console.log("time to go home"));
   * run();
   * //=> tick
   * ```
   * @function @group Saying when
   */
  every,
  /**
   * A whole phrase, recurring or once, in English or Chinese.
   *
   * @example
   * ```ts
   * import { when } from "onthedot";
   *
   * const market = when("tuesdays at 10am and saturdays at noon");
   * console.log(market.describe());
   * //=> every Tuesday at 10:00 and every Saturday at 12:00
   * ```
   * @function @group Saying when
   */
  when,
  /**
   * A phrase without its "on".
   *
   * @example
   * ```ts
   * import { on, run } from "onthedot";
   *
   * on("the 1st of each month at 9am").do(function payRent() {});
   * run();
   * ```
   * @function @group Saying when
   */
  on,
  /**
   * One moment: a phrase, ISO text or a `Date`.
   *
   * @example
   * ```ts
   * import { once, run } from "onthedot";
   *
   * once("in 3 minutes").do(() => console.log("tea is ready"));
   * once("tomorrow at noon").do(() => console.log("lunch with Ada"));
   * run();
   * //=> tea is ready
   * ```
   * @function @group Saying when
   */
  once,
  /**
   * A crontab expression.
   *
   * @example
   * ```ts
   * import { cron } from "onthedot";
   *
   * console.log(cron("30 9 * * mon-fri").describe());
   * //=> every weekday at 09:30
   * ```
   * @function @group Saying when
   */
  cron,
  /**
   * A schedule from its JSON.
   *
   * @example
   * ```ts
   * import { every, fromJSON } from "onthedot";
   *
   * const text = JSON.stringify(every().friday.at("17:00"));
   * console.log(fromJSON(text).describe());
   * //=> every Friday at 17:00
   * ```
   * @function @group Saying when
   */
  fromJSON,
  /**
   * Registers a function on a schedule and returns it.
   *
   * @example
   * ```ts
   * import { every, repeat, run } from "onthedot";
   *
   * export const beat = repeat(every(5).minutes)(() => console.log("alive"));
   * run();
   * //=> alive
   * ```
   * @function @group Saying when
   */
  repeat,
  /**
   * Runs what is due, once: the body of a polling loop.
   *
   * @example
   * ```ts
   * import { setTimeout as sleep } from "node:timers/promises";
   * import { every, runPending } from "onthedot";
   *
   * every(5).seconds.do(() => console.log("tick"));
   * async function main() {
   *   while (true) {
   *     await runPending();
   *     await sleep(1000);
   *   }
   * }
   * main();
   * //=> tick
   * ```
   * @function @group Running
   */
  runPending,
  /**
   * For scripts: shows live status, sleeps until the next run, drains on Ctrl-C.
   *
   * @example
   * ```ts
   * import { every, run } from "onthedot";
   *
   * every(5).seconds.do(() => console.log("tick"));
   * run(); // until Ctrl-C
   * //=> tick
   * ```
   * @function @group Running
   */
  run,
  /**
   * For programs that do other work: silent, in the background.
   *
   * @example
   * ```ts
   * import { every, start } from "onthedot";
   *
   * every(5).minutes.do(() => console.log("refreshing the cache"));
   * start();
   * console.log("the program continues");
   * //=> the program continues
   * //=> refreshing the cache
   * ```
   * @function @group Running
   */
  start,
  /**
   * Stops the scheduler and waits for running jobs.
   *
   * @example
   * ```ts
   * import { every, start, stop } from "onthedot";
   *
   * every(5).minutes.do(function poll() {});
   * start();
   * process.once("SIGTERM", async () => {
   *   await stop("10 seconds"); // what still runs then is left behind
   *   process.exit();
   * });
   * ```
   * @function @group Running
   */
  stop,
  /**
   * Runs every job now.
   *
   * @example
   * ```ts
   * import { every, runAll } from "onthedot";
   *
   * every().day.at("02:30").do(() => console.log("backup"));
   * await runAll();
   * //=> backup
   * ```
   * @function @group Running
   */
  runAll,
  /**
   * The jobs, or those with a tag.
   *
   * @example
   * ```ts
   * import { every, jobs } from "onthedot";
   *
   * every().day.at("02:30").tag("nightly").do(function backup() {});
   * every(5).minutes.do(function poll() {});
   * console.log(jobs("nightly").map((job) => job.name));
   * //=> [ 'backup' ]
   * ```
   * @function @group Jobs
   */
  jobs,
  /**
   * Drops all jobs, or those with a tag, from this process; stores and other machines keep them.
   *
   * @example
   * ```ts
   * import { clear, every, jobs } from "onthedot";
   *
   * every().day.at("02:30").tag("nightly").do(function backup() {});
   * every(5).minutes.do(function poll() {});
   * clear("nightly");
   * console.log(jobs().map((job) => job.name));
   * //=> [ 'poll' ]
   * ```
   * @function @group Jobs
   */
  clear,
  /**
   * Ends a job everywhere: in its store, and on all machines.
   *
   * @example
   * ```ts
   * import { cancelJob, every, jobs } from "onthedot";
   *
   * const poll = every(5).minutes.do(() => {});
   * cancelJob(poll);
   * console.log(jobs().length);
   * //=> 0
   * ```
   * @function @group Jobs
   */
  cancelJob,
  /**
   * The earliest next run, or null.
   *
   * @example
   * ```ts
   * import { every, nextRun } from "onthedot";
   *
   * every().hour.at(":30").do(function poll() {});
   * console.log(nextRun()?.getMinutes());
   * //=> 30
   * ```
   * @function @group Jobs
   */
  nextRun,
  /**
   * Seconds to the next run, or null.
   *
   * @example
   * ```ts
   * import { every, idleSeconds } from "onthedot";
   *
   * every(5).minutes.do(function poll() {});
   * console.log(Math.round(idleSeconds() ?? 0));
   * //=> 300
   * ```
   * @function @group Jobs
   */
  idleSeconds,
  /**
   * Pauses a job, the jobs with a tag, or all.
   *
   * @example
   * ```ts
   * import { every, pause } from "onthedot";
   *
   * const poll = every(5).minutes.tag("network").do(() => {});
   * pause("network");
   * console.log(poll.isPaused, poll.nextRun);
   * //=> true null
   * ```
   * @function @group Jobs
   */
  pause,
  /**
   * Resumes a job, the jobs with a tag, or all.
   *
   * @example
   * ```ts
   * import { every, pause, resume } from "onthedot";
   *
   * const poll = every(5).minutes.do(() => {});
   * pause(poll);
   * resume(poll);
   * console.log(poll.isPaused);
   * //=> false
   * ```
   * @function @group Jobs
   */
  resume,
  /**
   * Calls a function at each event.
   *
   * @example
   * ```ts
   * import { every, listen, start } from "onthedot";
   *
   * every(5).seconds.do(function poll() {
   *   throw new Error("offline");
   * });
   * listen("failed", ({ job, error }) => console.log(`${job.name}: ${error}`));
   * start();
   * //=> poll: Error: offline
   * ```
   * @function @group Watching and trying
   */
  listen,
  /**
   * Notifies a person now.
   *
   * @example
   * ```ts
   * import { notify } from "onthedot";
   *
   * await notify("The backup is done", "bell");
   * ```
   * @function @group Watching and trying
   */
  notify,
  /**
   * The runs between two moments, without running a task.
   *
   * @example
   * ```ts
   * import { every, simulate } from "onthedot";
   *
   * every().day.at("07:30").do(function wakeUp() {});
   * for (const { job, at } of await simulate("2027-06-01", "2027-06-03"))
   *   console.log(job, at.toLocaleString("sv-SE"));
   * //=> wakeUp 2027-06-01 07:30:00
   * //=> wakeUp 2027-06-02 07:30:00
   * ```
   * @function @group Watching and trying
   */
  simulate,
} = schedule;
