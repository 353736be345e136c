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
 * @packageDocumentation
 */
import { defaultSchedule } from "./default.ts";

export { createScheduler, type Schedule, type SchedulerOptions, type StartOptions } from "./create.ts";
export { ScheduleError, type ScheduleErrorFacts } from "./errors.ts";
export type {
  CatchUpOptions,
  DateSpan,
  Days,
  Exception,
  Hour,
  Hours,
  Minute,
  Minutes,
  Months,
  NotifyOptions,
  One,
  PingOptions,
  Random,
  Recurring,
  RetryOptions,
  Said,
  Seconds,
  Sentence,
  Several,
  Timed,
  Weeks,
  Years,
} from "./fluent/grammar.ts";
export type { RunContext } from "./job/context.ts";
export type { Job, Sayable, Task } from "./job/job.ts";
export { CancelJob, type Outcome, type RunRecord } from "./job/run.ts";
export type { CatchUp } from "./policy/catch-up.ts";
export type { Overlap } from "./policy/overlap.ts";
export type { IfInterrupted } from "./policy/policies.ts";
export type { Backoff } from "./policy/retry.ts";
export type { Recurrence } from "./recurrence/recurrence.ts";
export type { RunOptions } from "./run.ts";
export type { EventName, Events, Listener, RunEvent, Woke } from "./scheduler/events.ts";
export type { SimulatedRun } from "./simulation/simulate.ts";
export type { Store } from "./store/store.ts";
export type { ProgramOptions } from "./task/program-call.ts";
export type { ProgramError } from "./task/program-error.ts";
export type { WorkerContext, WorkerModule } from "./task/worker-call.ts";
export type { Clock } from "./time/clock.ts";
export type { DurationLike } from "./time/duration.ts";
export type { Instant, Milliseconds, Moment } from "./time/instant.ts";

const schedule = defaultSchedule();

export const {
  every,
  when,
  on,
  once,
  cron,
  repeat,
  runPending,
  run,
  start,
  stop,
  runAll,
  jobs,
  clear,
  cancelJob,
  nextRun,
  idleSeconds,
  pause,
  resume,
  listen,
  simulate,
} = schedule;
