import { checkOptions, invalid, nameOtherWords, readLabel } from "./checks.ts";
import { ScheduleError, show } from "./errors.ts";
import { readNotify } from "./fluent/arguments.ts";
import { type ScheduleBuilders, words } from "./fluent/entry.ts";
import type { IntervalLike } from "./fluent/types.ts";
import type { Job } from "./job.ts";
import { type RunOptions, runOptionNames, runScheduler } from "./live/run.ts";
import { sendNotices } from "./notify/notices.ts";
import { checkEngine } from "./scheduler/engine-adapter.ts";
import type { EventName, Listener } from "./scheduler/events.ts";
import { checkClock, checkStore } from "./scheduler/job.ts";
import { keepOutput, printHeld } from "./scheduler/output.ts";
import { type StorageOptions, storageOptionNames } from "./scheduler/persistence.ts";
import { SchedulerCore } from "./scheduler/scheduler.ts";
import { Loop, usualGrace } from "./scheduler/timer.ts";
import type { SimulatedRun } from "./simulate/simulate.ts";
import { memoryStore } from "./store/memory.ts";
import { texts } from "./text/text.ts";
import { type Clock, systemClock } from "./time/clock.ts";
import { dateValue } from "./time/date-types.ts";
import { type DurationLike, parseDuration } from "./time/duration.ts";
import { type Moment, toInstant } from "./time/moment.ts";
import { second } from "./time/plain-time.ts";
import { systemZone, type Zone, zoneNamed } from "./time/zone.ts";

/** Options of `createScheduler()`. */
export interface SchedulerOptions extends StorageOptions {
  /** @default the machine's clock */
  readonly clock?: Clock | undefined;
  /** The zone of all jobs that name none: an IANA name, or `"UTC+02:00"`. @default the machine's zone */
  readonly zone?: string | undefined;
}

/** The options of `start()`. */
export interface StartOptions extends StorageOptions {
  /**
   * Wakes a little early and spins until the exact moment: most starts are within 0.1 ms, instead of 1 to 2 ms late. Each costs 1 to 2 ms of CPU, up
   * to 10 ms on a machine with slower timers. @default false
   */
  readonly precise?: boolean | undefined;
  /**
   * Whether the process stays alive as long as there is a job. With `false` it ends when nothing else keeps it alive, even with runs to come.
   *
   * @default true
   */
  readonly ref?: boolean | undefined;
}

/** Options of `runAll()`. */
export interface RunAllOptions {
  /** A wait after each job. @default 0 */
  readonly delay?: DurationLike | undefined;
}

/**
 * The words that say when, and the controls of one scheduler. Every member can be taken out and used on its own.
 *
 * @example
 * ```ts
 * import { createScheduler, type Scheduler } from "onthedot";
 *
 * // A plug-in adds its jobs to the scheduler of the program that loads it.
 * const addJobs = ({ every }: Scheduler) => every(5).minutes.do(() => console.log("synchronized"));
 *
 * const scheduler = createScheduler();
 * addJobs(scheduler);
 * scheduler.start();
 * //=> synchronized
 * ```
 */
export interface Scheduler extends ScheduleBuilders {
  /**
   * Runs what is due, once: the body of a polling loop. Synchronous tasks have run when it returns.
   *
   * @returns resolves when the asynchronous tasks it started have ended; never rejects
   */
  runPending(): Promise<void>;
  /**
   * For scripts: shows a status line, sleeps until the next run, drains on Ctrl-C. Resolves when it was stopped, or when no job is left and nothing else keeps the process
   * alive: until then it also runs jobs that are registered later. On a virtual clock it resolves when no job is left.
   *
   * @returns rejects with a ScheduleError `options` when it already runs with other options
   */
  run(options?: RunOptions): Promise<void>;
  /** For programs that do other things: silent, in the background. The process ends by itself when no job is left. */
  start(options?: StartOptions): void;
  /**
   * Stops the scheduler, aborts the signals of running tasks and waits for them. A task that calls `await stop()` continues when all others have ended; its own run is
   * recorded before the store is closed, within the same grace.
   *
   * @param grace how long to wait for them at most; 0 does not wait. @default "30 seconds"
   * @throws ScheduleError `duration`
   */
  stop(grace?: DurationLike): Promise<void>;
  /**
   * Runs every job now, or those with a tag, in the order of registration, one after the other; schedules are unchanged.
   *
   * @param options `delay`: a wait after each. @default 0
   * @returns resolves when all have ended, whatever their outcomes; rejects with a ScheduleError `duration` or `options`
   */
  runAll(options?: RunAllOptions): Promise<void>;
  /** Runs every job with a tag now, in the order of registration, one after the other; schedules are unchanged. */
  runAll(tag: string, options?: RunAllOptions): Promise<void>;
  /** The jobs, or those with a tag, in the order of registration; a new list. */
  jobs(tag?: string): Job[];
  /**
   * Drops all jobs, or those with a tag, from this process and aborts their running tasks. Other processes and machines keep them, and so does the store: the next start of the script
   * finds them where they left off. A name registered again in this process runs from now on. To end a job everywhere, use {@link cancelJob}.
   */
  clear(tag?: string): void;
  /**
   * Ends a job in every process on its store and on every machine of its engine, like `job.cancel()`; one that is not there is left alone. Registered
   * again in this process, the name is a new job that starts from now. A later start of the script finds it ended and says so; `reset <job>` starts it over. To drop jobs
   * from this process only, use {@link clear}.
   */
  cancelJob(job: Job): void;
  /** The earliest next run of all jobs, or of those with a tag; null when there is none. */
  nextRun(tag?: string): Date | null;
  /** Seconds to the next run, with fractions, negative when it is late; null without jobs. */
  idleSeconds(): number | null;
  /** Pauses a job, the jobs with a tag, or all. */
  pause(which?: Job | string): void;
  /** Resumes a job, the jobs with a tag, or all, at the times they had; what passed meanwhile is not caught up. */
  resume(which?: Job | string): void;
  /**
   * Calls a function at each event of that name.
   *
   * @returns a function that stops listening
   * @throws ScheduleError `event` for an unknown name
   */
  listen<E extends EventName>(name: E, listener: Listener<E>): () => void;
  /**
   * The runs between two moments, from the real scheduler on virtual time, without running tasks. Text without an offset is in the scheduler's zone.
   *
   * @throws ScheduleError `moment`, also if the end is before the start
   */
  simulate(from: Moment | string, to: Moment | string): Promise<SimulatedRun[]>;
  /** The runs within an `Interval` of luxon. */
  simulate(interval: IntervalLike): Promise<SimulatedRun[]>;
  /**
   * Notifies a person now: on the desktop, by the bell, or at an address.
   *
   * @param to as in `.notify(…)`. @default "desktop"
   * @returns resolves when it was delivered, rejects if it could not be
   * @throws ScheduleError `name`, `notify`
   */
  notify(text: string, to?: "desktop" | "bell" | (string & {}) | URL): Promise<void>;
}

/**
 * A scheduler of its own, with its own clock, zone and memory: for tests, libraries, and programs that need several.
 *
 * @throws ScheduleError `clock`, `zone`, `store`, `engine`
 * @example
 * ```ts
 * import { createScheduler } from "onthedot";
 *
 * const { every, start } = createScheduler({ zone: "Asia/Tokyo" });
 * every().day.at("09:00").do(() => console.log("good morning, Tokyo"));
 * start();
 * ```
 */
export const createScheduler = (options: SchedulerOptions = {}): Scheduler => assemble(options).schedule;

const schedulerOptions: Record<keyof SchedulerOptions, 1> = { ...storageOptionNames, clock: 1, zone: 1 };
const startOptions: Record<keyof StartOptions, 1> = { ...storageOptionNames, precise: 1, ref: 1 };

export const assemble = (
  options: SchedulerOptions,
): { readonly schedule: Scheduler; readonly scheduler: SchedulerCore } => {
  checkOptions("createScheduler(…)", options, Object.keys(schedulerOptions));
  const clock = options.clock ?? systemClock;
  checkClock(clock);
  const zone: Zone = options.zone === undefined ? systemZone() : zoneNamed(options.zone);
  const scheduler = new SchedulerCore({
    clock,
    zone,
    store: options.store === undefined ? memoryStore() : checkStore(options.store),
    allowMultiple: options.allowMultiple,
  });
  if (options.engine !== undefined) scheduler.useEngine(options.engine);
  sendNotices(scheduler.events);
  // Loaded at the first failure.
  scheduler.reportFailure = (...failure) =>
    void import("./report/failure.ts").then((view) => view.reportFailure(...failure));
  const loop = new Loop(scheduler);
  /** One screen, however often `run()` is called. */
  let running: { readonly promise: Promise<void>; readonly how: RunOptions } | undefined;
  /** What is being stopped is stopped first. */
  const start = (how: StartOptions = {}): void => {
    checkOptions("start(…)", how, Object.keys(startOptions));
    printHeld(process.stdout);
    if (how.engine !== undefined) checkEngine(how.engine);
    if (how.store !== undefined) checkStore(how.store);
    const begin = () => {
      if (how.engine !== undefined) scheduler.useEngine(how.engine);
      if (how.store !== undefined) scheduler.useStore(how.store, { allowMultiple: how.allowMultiple });
      keepOutput(scheduler);
      loop.start(how.precise, false, how.ref ?? true);
      if (scheduler.isDurable) loop.closeAtExit();
    };
    if (!loop.draining) {
      begin();
      return;
    }
    void loop.draining.then(begin).catch((error: Error) => scheduler.onFailure(error));
  };
  const schedule: Scheduler = {
    ...words(scheduler),
    runPending: () => scheduler.poll(),
    run(how) {
      if (running) return how === undefined || isAlike(how, running.how) ? running.promise : runsAlready(how);
      const promise = runScheduler(scheduler, loop, how).finally(() => {
        running = undefined;
      });
      running = { promise, how: how ?? {} };
      return promise;
    },
    start,
    stop(grace = usualGrace) {
      // process.on("SIGTERM", stop) passes the signal's name.
      const limit = typeof grace === "string" && grace.startsWith("SIG") ? usualGrace : grace;
      return loop.drain(parseDuration(limit, "grace", 0)).then(() => {});
    },
    runAll: async (which?: string | RunAllOptions, options: RunAllOptions = {}) => {
      const [tag, { delay }] = typeof which === "string" ? [which, options] : [undefined, which ?? {}];
      checkOptions("runAll(…)", typeof which === "string" ? options : (which ?? {}), ["delay"]);
      if (tag !== undefined && scheduler.jobs(tag).length === 0 && isDuration(tag)) throw delayIsNoTag(tag);
      await scheduler.runAll(parseDuration(delay ?? 0, "runAll", 0), tag);
    },
    jobs: (tag) => scheduler.jobs(tag),
    clear: (tag) => scheduler.clear(tag),
    cancelJob: (job) => scheduler.cancelJob(job),
    nextRun(tag) {
      const earliest = scheduler.chosen(tag).reduce((least, { due }) => Math.min(least, due), Infinity);
      return earliest < Infinity ? new Date(earliest) : null;
    },
    idleSeconds() {
      const next = scheduler.jobQueue.nextDue;
      return next < Infinity ? (next - clock.now()) / second : null;
    },
    pause(which) {
      for (const entry of scheduler.chosen(which)) scheduler.pauseEntry(entry);
    },
    resume(which) {
      for (const entry of scheduler.chosen(which)) scheduler.resumeEntry(entry);
    },
    listen: (name, listener) => scheduler.events.listen(name, listener),
    async notify(text, to) {
      const message = { title: "onthedot", text: readLabel(text, "reminder"), isFailure: false };
      const { to: place } = readNotify(to);
      const { deliverTo } = await import("./notify/notify.ts");
      await deliverTo(place, message);
    },
    simulate(from: Moment | string | IntervalLike, to?: Moment | string) {
      scheduler.hasSimulated = true;
      scheduler.unattended = 0;
      const range = to === undefined ? dateValue(from) : undefined;
      const [first, last] =
        range?.kind === "interval"
          ? [toInstant(range.from), toInstant(range.to - 1)]
          : [toInstant(from as Moment, zone), toInstant(to as Moment, zone)];
      if (last < first)
        throw invalid("moment", "simulate(from, to)", to, texts().scheduler.expected.notBefore(show(from)));
      return import("./simulate/simulate.ts").then(({ simulate }) => simulate(scheduler, first, last));
    },
  };
  return { schedule: nameOtherWords(schedule, "start"), scheduler };
};

const isDuration = (text: string): boolean => {
  try {
    return parseDuration(text) > 0;
  } catch {
    return false;
  }
};

const delayIsNoTag = (given: string): ScheduleError =>
  new ScheduleError({
    code: "options",
    what: "runAll(tag)",
    given,
    accepted: texts().scheduler.expected.tag,
    nearest: `runAll({ delay: ${show(given)} })`,
  });

const isAlike = (a: RunOptions, b: RunOptions): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) =>
    Object.is(a[name as keyof RunOptions], b[name as keyof RunOptions]),
  );

const runsAlready = async (given: RunOptions): Promise<never> => {
  checkOptions("run(…)", given, runOptionNames);
  const { about, expected } = texts().scheduler;
  throw invalid("options", about.secondRun, Object.keys(given).join(", "), expected.options);
};
