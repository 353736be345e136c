import type { Clock } from "../time/clock.ts";
import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { hour, second } from "../time/plain-time.ts";
import { clockDriftThreshold } from "./clock-monitor.ts";
import type { Run } from "./run.ts";
import type { SchedulerCore } from "./scheduler.ts";
import { shareListener } from "./signals.ts";

/**
 * No timer waits longer: after sleep a timer still waits for the rest of its time (Linux counts it on a clock that stands still
 * meanwhile), so this is also how late a machine that wakes may notice it.
 */
const longestWait = (30 * second) as Milliseconds;

/** How often the store is checked for changes by other processes, such as a paused job. */
const storePollInterval = (2 * second) as Milliseconds;

/** How far apart catch-up starts are after sleep, so that a machine that wakes is not overloaded. */
export const catchUpStagger = (5 * second) as Milliseconds;

/** How long running tasks are waited for. */
export const usualGrace = (30 * second) as Milliseconds;

/** Sleeps until the next start, starts what is due, and sleeps again: one timer, however many jobs. */
export class Loop {
  readonly #scheduler: SchedulerCore;
  readonly #clock: Clock;
  isRunning = false;
  /** There is one when starts are to be on the dot. */
  #spinWait: SpinWait | undefined;
  #isTracing = false;
  #keepsAlive = true;
  #cancel: (() => void) | undefined;
  #armedAt = 0 as Instant;
  #armedFor = Infinity;
  /** Until when the clock is looked at every half minute: always, where it does not tell of changes itself. */
  #looksUntil = Infinity;
  #ignoreChanges: (() => void) | undefined;
  /** When it must be awake at the latest: later than that, something stalled. */
  #expected = Infinity;
  /** While it is stopping: resolves when it has stopped. */
  draining: Promise<boolean> | undefined;
  /** The runs whose tasks wait for that themselves. */
  #drainInitiators: Run[] = [];
  #isClosedAtExit = false;

  constructor(scheduler: SchedulerCore) {
    this.#scheduler = scheduler;
    this.#clock = scheduler.clock;
  }

  /**
   * @param isPrecise whether the last milliseconds before a start are waited out in the loop, so that it is on the dot
   * @param isTracing whether to emit `sleeping` before each sleep
   * @param keepsAlive whether the process stays alive as long as there is a job
   */
  start(isPrecise = false, isTracing = false, keepsAlive = true): void {
    if (this.isRunning) return;
    this.#keepsAlive = keepsAlive;
    this.#spinWait = isPrecise ? new SpinWait() : undefined;
    this.#isTracing = isTracing;
    this.isRunning = true;
    this.#ignoreChanges = this.#clock.beforeChange?.(() => this.#beforeChange());
    if (this.#ignoreChanges) this.#looksUntil = -Infinity;
    const scheduler = this.#scheduler;
    scheduler.isLooking = true;
    scheduler.beginLooking();
    scheduler.runner.keepsAlive = keepsAlive;
    // A moment that is gone costs one idle wake-up.
    scheduler.jobQueue.onPlan = () => {
      if (scheduler.hasJobs && scheduler.jobQueue.nextDue < this.#armedFor) this.#arm();
    };
    scheduler.onFirstJob = () => this.#wait();
    scheduler.onLastJob = () => this.#rest();
    if (scheduler.hasJobs) this.#wait();
    // What was due before the start was missed, and nothing stalled.
    this.#expected = Math.max(this.#expected, this.#clock.now());
  }

  stop(): void {
    this.isRunning = false;
    this.#ignoreChanges?.();
    this.#scheduler.isLooking = false;
    this.#scheduler.jobQueue.onPlan = () => {};
    this.#scheduler.onFirstJob = () => {};
    this.#scheduler.onLastJob = () => {};
    this.#disarm();
  }

  /**
   * Starts no new runs, aborts the signals of running tasks, waits for them up to the grace, and closes what tasks keep open, the engine and the store. A task that calls it
   * continues when all others have ended, or both would wait for each other; then its own run is waited for.
   *
   * @returns whether all had ended in time
   */
  drain(grace: Milliseconds = usualGrace): Promise<boolean> {
    const callers = this.#scheduler.callers();
    const initiators = this.#drainInitiators;
    initiators.push(...callers.filter((run) => !initiators.includes(run)));
    this.#scheduler.runner.notifyIdle();
    this.draining ??= this.#drainOnce(grace, initiators);
    return callers.length > 0 ? this.#untilIdle(grace, initiators) : this.draining;
  }

  async #drainOnce(grace: Milliseconds, initiators: readonly Run[]): Promise<boolean> {
    const scheduler = this.#scheduler;
    const end = later(this.#clock.now(), grace);
    this.stop();
    const running = scheduler.running(initiators);
    scheduler.stopStarts(grace);
    scheduler.events.emit("stopping", { running, grace });
    try {
      let hasEnded = await this.#untilIdle(grace, initiators);
      // What is left of the grace is for the runs that called it; they end even when another one has not.
      if (initiators.length > 0) hasEnded = await this.#untilIdle(end - this.#clock.now(), []);
      await scheduler.closeTasks();
      await scheduler.engine?.stop();
      scheduler.closeStore();
      scheduler.runner.isStopping = false;
      scheduler.events.emit("stopped", { abandoned: scheduler.running() });
      await scheduler.events.settled();
      return hasEnded;
    } finally {
      this.draining = undefined;
      this.#drainInitiators = [];
    }
  }

  #untilIdle(grace: number, except: readonly Run[]): Promise<boolean> {
    return new Promise((resolve) => {
      const end = later(this.#clock.now(), Math.max(0, grace) as Milliseconds);
      const cancel = this.#clock.wakeAt(end, () => resolve(false));
      void this.#scheduler.runner.untilIdle(except).then(() => {
        cancel();
        resolve(true);
      });
    });
  }

  /** Closes the store when the process ends by itself while the loop runs, unless a job still runs: its run must count as interrupted. */
  closeAtExit(): void {
    const scheduler = this.#scheduler;
    if (this.#isClosedAtExit) return;
    this.#isClosedAtExit = true;
    const offs = [
      shareListener(process, "exit", () => {
        if (this.isRunning && scheduler.running().length === 0) scheduler.closeStore();
      }),
      scheduler.events.listen("stopped", () => {
        this.#isClosedAtExit = false;
        for (const off of offs) off();
      }),
    ];
  }

  #wait(): void {
    this.#scheduler.engine?.start();
    this.#arm();
  }

  /** Without a job no timer, thread or connection of ours keeps the process alive: it ends when nothing else does. */
  #rest(): void {
    this.#disarm();
    void this.#scheduler.runner.untilIdle().then(async () => {
      if (!this.isRunning || this.#scheduler.hasJobs) return;
      await this.#scheduler.closeTasks();
      await this.#scheduler.engine?.stop();
    });
  }

  /** What follows a change is noticed as on any other clock. */
  #beforeChange(): void {
    this.#looksUntil = this.#clock.monotonic() + hour;
    if (!this.#cancel) return;
    this.#scheduler.notice();
    const since = (this.#clock.now() - this.#armedAt) % longestWait;
    this.#arm((this.#clock.now() - since) as Instant);
  }

  #arm(now = this.#clock.now()): void {
    this.#disarm();
    this.#armedAt = now;
    const isLooking = this.#isTracing || this.#clock.monotonic() < this.#looksUntil;
    this.#expected = Math.min(isLooking ? now + longestWait : Infinity, this.#scheduler.jobQueue.nextDue);
    const poll = this.#scheduler.isDurable ? now + storePollInterval : Infinity;
    this.#armedFor = Math.min(poll, this.#expected);
    if (this.#isTracing) this.#trace(now);
    const early = this.#spinWait?.length ?? 0;
    const at = (this.#armedFor - early) as Instant;
    this.#cancel = this.#clock.wakeAt(at, () => this.#wake(), this.#keepsAlive);
  }

  #trace(now: Instant): void {
    const { nextDue, nextJob, size } = this.#scheduler.jobQueue;
    this.#scheduler.events.emit("sleeping", {
      entries: size,
      ...(nextJob && { top: { job: nextJob, due: new Date(nextDue) } }),
      wait: Math.max(0, this.#armedFor - now) as Milliseconds,
      isCapped: this.#armedFor < nextDue,
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = Infinity;
  }

  #wake(): void {
    this.#cancel = undefined;
    try {
      const late = this.#clock.now() - this.#expected;
      // An engine goes by a clock of its own, and starts its jobs itself.
      if (!this.#scheduler.notice() && late > clockDriftThreshold && !this.#scheduler.engine)
        this.#scheduler.emitClockJump("stalled", this.#expected, late);
      this.#scheduler.pollOthers();
      void this.#scheduler.runPending(catchUpStagger, this.#atHand());
    } finally {
      if (this.isRunning && this.#scheduler.hasJobs) this.#arm();
    }
  }

  /** A start that is near enough to be waited for. A timer may fire a millisecond early. */
  #atHand(): Instant | undefined {
    const { nextDue } = this.#scheduler.jobQueue;
    if (!this.#spinWait || nextDue !== this.#armedFor) return undefined;
    const left = nextDue - this.#clock.now();
    const isNear = left > 0 && left <= this.#spinWait.length + 1;
    this.#spinWait.woke(left);
    return isNear ? (nextDue as Instant) : undefined;
  }
}

/** Timers are about a millisecond late on one machine, two and more on another; nothing shorter is tried. */
const shortest = 2;
/** What is later than this is no timer's doing. */
const longest = 10;
/** After how many wakings that all had time left it may be shorter again. */
const enough = 100;

/**
 * How long before a start a precise loop is awake, in milliseconds: a little longer than timers are late, which is found out on the way. Each
 * millisecond more costs as much CPU a start.
 */
export class SpinWait {
  #length = shortest;
  /** The least that was left at a waking since the length has changed. */
  #least = Infinity;
  #wakings = 0;

  get length(): number {
    return this.#length;
  }

  /** @param left whole milliseconds from the waking to the start; 1 can be nearly nothing */
  woke(left: number): void {
    if (left < -longest) return;
    this.#least = Math.min(this.#least, left);
    this.#wakings++;
    if (left <= 1) this.#become(this.#length + 1);
    else if (this.#wakings >= enough) this.#become(this.#least > 2 ? this.#length - 1 : this.#length);
  }

  #become(length: number): void {
    this.#length = Math.min(longest, Math.max(shortest, length));
    this.#least = Infinity;
    this.#wakings = 0;
  }
}
