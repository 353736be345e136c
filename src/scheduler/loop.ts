import type { Clock } from "../time/clock.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { Scheduler } from "./scheduler.ts";
import { tolerance } from "./tolerance.ts";
import { Vigil } from "./vigil.ts";

/**
 * No timer waits longer: after sleep a timer still waits for the rest of its time (Linux counts it on a clock that stands still
 * meanwhile), so this is also how late a machine that wakes may notice it.
 */
const longestWait = (30 * second) as Milliseconds;

/** Where other processes may write into the store, it is looked at so often: a job that is paused from elsewhere rests soon. */
const longestDeafness = (2 * second) as Milliseconds;

/** Starts that make up for sleep lie so far apart, so that a machine that wakes is not run over. */
export const apart = (5 * second) as Milliseconds;

/** Sleeps until the next start, looks, and sleeps again: one timer, however many jobs. */
export class Loop {
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  /** There is one when starts are to be on the dot. */
  #vigil: Vigil | undefined;
  #isTracing = false;
  #keepsAlive = true;
  #cancel: (() => void) | undefined;
  #armedFor = Infinity;
  /** When it must be awake at the latest: later than that, something stood still. */
  #expected = Infinity;
  #isRunning = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.#clock = scheduler.clock;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /**
   * @param isPrecise whether the last milliseconds before a start are waited out in the loop, so that it is on the dot
   * @param isTracing whether it tells before each sleep what it waits for
   * @param keepsAlive whether the process stays alive as long as there is a job
   */
  start(isPrecise = false, isTracing = false, keepsAlive = true): void {
    if (this.#isRunning) return;
    this.#keepsAlive = keepsAlive;
    this.#vigil = isPrecise ? new Vigil() : undefined;
    this.#isTracing = isTracing;
    this.#isRunning = true;
    this.#scheduler.isLooking = true;
    this.#scheduler.beginLooking();
    this.#scheduler.keepsAlive = keepsAlive;
    this.#scheduler.agenda.onPlan = () => this.#planned();
    this.#scheduler.onFirstJob = () => this.#wait();
    this.#scheduler.onLastJob = () => this.#rest();
    if (this.#scheduler.hasJobs) this.#wait();
    // What was due before the start was missed, and nothing stood still.
    this.#expected = Math.max(this.#expected, this.#clock.now());
  }

  stop(): void {
    this.#isRunning = false;
    this.#scheduler.isLooking = false;
    this.#scheduler.agenda.onPlan = () => {};
    this.#scheduler.onFirstJob = () => {};
    this.#scheduler.onLastJob = () => {};
    this.#disarm();
  }

  #wait(): void {
    this.#scheduler.startEngine();
    this.#arm();
  }

  /** Without a job no timer, thread or connection of ours keeps the process alive: it ends when nothing else does. */
  #rest(): void {
    this.#disarm();
    void this.#scheduler.untilIdle().then(async () => {
      if (!this.#isRunning || this.#scheduler.hasJobs) return;
      await this.#scheduler.closeTasks();
      await this.#scheduler.pauseEngine();
    });
  }

  /** Something was planned or taken out: wakes earlier where that is needed. A moment that is gone costs one idle waking. */
  #planned(): void {
    if (this.#scheduler.hasJobs && this.#scheduler.agenda.nextDue < this.#armedFor) this.#arm();
  }

  #arm(): void {
    this.#disarm();
    const now = this.#clock.now();
    this.#expected = Math.min(now + longestWait, this.#scheduler.agenda.nextDue);
    this.#armedFor = this.#scheduler.isDurable
      ? Math.min(now + longestDeafness, this.#expected)
      : this.#expected;
    if (this.#isTracing) this.#trace(now);
    const early = this.#vigil?.length ?? 0;
    const wake = () => this.#wake();
    this.#cancel = this.#clock.wakeAt((this.#armedFor - early) as Instant, wake, this.#keepsAlive);
  }

  #trace(now: Instant): void {
    const { nextDue, nextJob, size } = this.#scheduler.agenda;
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
      this.#notice();
      this.#scheduler.hearOthers();
      void this.#scheduler.runPending(apart, this.#atHand());
    } finally {
      if (this.#isRunning && this.#scheduler.hasJobs) this.#arm();
    }
  }

  /** A start that is near enough to be waited for. A timer may fire a millisecond early. */
  #atHand(): Instant | undefined {
    const { nextDue } = this.#scheduler.agenda;
    if (!this.#vigil || nextDue !== this.#armedFor) return undefined;
    const left = nextDue - this.#clock.now();
    const isNear = left > 0 && left <= this.#vigil.length + 1;
    this.#vigil.woke(left);
    return isNear ? (nextDue as Instant) : undefined;
  }

  #notice(): void {
    const late = this.#clock.now() - this.#expected;
    // An engine goes by a clock of its own, and starts its jobs itself.
    if (!this.#scheduler.notice() && late > tolerance && !this.#scheduler.hasEngine)
      this.#scheduler.tellWoke("stalled", this.#expected, late);
  }
}
