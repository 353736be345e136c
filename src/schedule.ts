/**
 * The names of Python's `schedule`, so that its tutorials can be typed in almost verbatim:
 *
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * const job = () => console.log("working");
 *
 * schedule.every(10).minutes.do(job);
 * schedule.every().day.at("10:30").do(job);
 *
 * async function main() {
 *   while (true) {
 *     await schedule.run_pending();
 *     await schedule.sleep(1);
 *   }
 * }
 * main();
 * ```
 *
 * It is the same default scheduler as that of `onthedot`.
 *
 * @module onthedot/schedule
 */
import { createScheduler } from "./create.ts";
import { defaultSchedule } from "./default.ts";
import { ScheduleError } from "./errors.ts";
import { CancelJob, type Job } from "./job.ts";
import { systemClock } from "./time/clock.ts";
import { type Instant, later, type Milliseconds } from "./time/instant.ts";
import { second } from "./time/plain-time.ts";

export type { Job } from "./job.ts";
export { CancelJob, ScheduleError };

/**
 * The scheduler behind these functions.
 *
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * schedule.every(10).minutes.do(() => console.log("working"));
 * console.log(schedule.default_scheduler.jobs().length);
 * //=> 1
 * ```
 */
export const default_scheduler = defaultSchedule();

export const {
  /**
   * A unit, several units, or a phrase without its "every".
   *
   * @example
   * ```ts
   * import * as schedule from "onthedot/schedule";
   *
   * schedule.every().day.at("10:30").do(() => console.log("working"));
   * ```
   * @function
   */
  every,
  /**
   * Registers a function on a schedule and returns it: Python's decorator.
   *
   * @example
   * ```ts
   * import * as schedule from "onthedot/schedule";
   *
   * const job = schedule.repeat(schedule.every(10).minutes)(() => console.log("working"));
   * job();
   * //=> working
   * ```
   * @function
   */
  repeat,
  /**
   * Removes all jobs, or those with a tag.
   *
   * @example
   * ```ts
   * import * as schedule from "onthedot/schedule";
   *
   * schedule.every(10).minutes.do(() => console.log("working"));
   * schedule.clear();
   * console.log(schedule.get_jobs().length);
   * //=> 0
   * ```
   * @function
   */
  clear,
} = default_scheduler;

/**
 * Runs what is due, once. Await it if jobs are asynchronous.
 *
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * schedule.every(10).minutes.do(() => console.log("working"));
 * await schedule.run_pending(); // prints nothing yet: the first run is in 10 minutes
 * ```
 */
export const run_pending = default_scheduler.runPending;

/**
 * Runs every job now, due or not.
 *
 * @param delay_seconds pause after each. @default 0
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * schedule.every(10).minutes.do(() => console.log("working"));
 * await schedule.run_all();
 * //=> working
 * ```
 */
export const run_all = (delay_seconds = 0): Promise<void> =>
  default_scheduler.runAll({ delay: delay_seconds * second });

/**
 * The jobs, or those with a tag; a new list.
 *
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * schedule.every().day.do(() => {}).tag("daily");
 * console.log(schedule.get_jobs("daily").length);
 * //=> 1
 * ```
 */
export const get_jobs = default_scheduler.jobs;

/**
 * Cancels a job; an unknown one is ignored.
 *
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * const job = schedule.every(10).minutes.do(() => {});
 * schedule.cancel_job(job);
 * console.log(schedule.next_run());
 * //=> null
 * ```
 */
export const cancel_job = default_scheduler.cancelJob;

/**
 * The earliest next run, or null if there is none.
 *
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * schedule.every().hour.at(":30").do(() => {});
 * console.log(schedule.next_run()?.getMinutes());
 * //=> 30
 * ```
 */
export const next_run = default_scheduler.nextRun;

/**
 * Seconds to the next run, negative if it is late; null if there is none.
 *
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * schedule.every(10).minutes.do(() => {});
 * console.log(Math.round(schedule.idle_seconds() ?? 0));
 * //=> 600
 * ```
 */
export const idle_seconds = default_scheduler.idleSeconds;

/**
 * A separate scheduler: `new schedule.Scheduler()`.
 *
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * const nightly = new schedule.Scheduler();
 * nightly.every().day.at("02:30").do(() => console.log("backup"));
 * await nightly.run_all();
 * //=> backup
 * ```
 */
export class Scheduler {
  readonly #schedule = createScheduler();
  /** A unit, several units, or a phrase without its "every". */
  readonly every = this.#schedule.every;
  /** The jobs; a new list. */
  get jobs(): Job[] {
    return this.#schedule.jobs();
  }
  /** The earliest next run, or null if there is none. */
  get next_run(): Date | null {
    return this.#schedule.nextRun();
  }
  /** Seconds to the next run, negative if it is late; null if there is none. */
  get idle_seconds(): number | null {
    return this.#schedule.idleSeconds();
  }
  /** Runs what is due, once. */
  readonly run_pending = this.#schedule.runPending;
  /** Runs every job now. @param delay_seconds pause after each. @default 0 */
  readonly run_all = (delay_seconds = 0): Promise<void> =>
    this.#schedule.runAll({ delay: delay_seconds * second });
  /** The jobs, or those with a tag; a new list. */
  readonly get_jobs = this.#schedule.jobs;
  /** The earliest next run of all jobs, or of those with a tag. */
  readonly get_next_run = this.#schedule.nextRun;
  /** Removes all jobs, or those with a tag. */
  readonly clear = this.#schedule.clear;
  /** Cancels a job; an unknown one is ignored. */
  readonly cancel_job = this.#schedule.cancelJob;
}

/**
 * Python's `time.sleep` as a promise: the other half of its polling loop.
 *
 * @example
 * ```ts
 * import * as schedule from "onthedot/schedule";
 *
 * schedule.sleep(1).then(() => console.log("a second later"));
 * //=> a second later
 * ```
 */
export const sleep = (seconds: number): Promise<void> =>
  new Promise((wake) =>
    systemClock.wakeAt(later(systemClock.now() as Instant, (seconds * second) as Milliseconds), wake),
  );

/** Everything under one name: `import schedule from "onthedot/schedule"`. */
export default {
  default_scheduler,
  every,
  repeat,
  clear,
  run_pending,
  run_all,
  get_jobs,
  cancel_job,
  next_run,
  idle_seconds,
  sleep,
  Scheduler,
  ScheduleError,
  CancelJob,
};
