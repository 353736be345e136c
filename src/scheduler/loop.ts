import type { Clock } from "../time/clock.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";
import type { Woke } from "./events.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * No timer waits longer: after sleep a timer still waits for the rest of its time (Linux counts it on a clock that stands still
 * meanwhile), so this is also how late a machine that wakes may notice it.
 */
const longestWait = (30 * second) as Milliseconds;

/** A waking that is later than this, or a wall clock that has gone further astray, is told. */
const tolerance = 2 * second;

/** Starts that make up for sleep lie so far apart, so that a machine that wakes is not run over. */
export const apart = (5 * second) as Milliseconds;

/** Sleeps until the next start, looks, and sleeps again: one timer, however many jobs. */
export class Loop {
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;
  #armedFor = Infinity;
  #isRunning = false;
  #wall = 0;
  #monotonic = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.#clock = scheduler.clock;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#scheduler.beginLooking();
    this.#scheduler.agenda.onPlan = () => this.#planned();
    this.#remember();
    this.#arm();
  }

  stop(): void {
    this.#isRunning = false;
    this.#scheduler.agenda.onPlan = () => {};
    this.#disarm();
  }

  /** Something was planned or taken out: wakes earlier where that is needed. A moment that is gone costs one idle waking. */
  #planned(): void {
    if (this.#scheduler.agenda.nextDue < this.#armedFor) this.#arm();
  }

  #arm(): void {
    this.#disarm();
    const latest = this.#clock.now() + longestWait;
    this.#armedFor = Math.min(latest, this.#scheduler.agenda.nextDue);
    this.#cancel = this.#clock.wakeAt(this.#armedFor as Instant, () => this.#wake());
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = Infinity;
  }

  #wake(): void {
    this.#cancel = undefined;
    this.#notice();
    void this.#scheduler.runPending(apart);
    this.#remember();
    if (this.#isRunning) this.#arm();
  }

  #remember(): void {
    this.#wall = this.#clock.now();
    this.#monotonic = this.#clock.monotonic();
  }

  /** Compares what the wall clock did with the time that has passed since the last look. */
  #notice(): void {
    const now = this.#clock.now();
    const passed = this.#clock.monotonic() - this.#monotonic;
    const ahead = Math.round(now - this.#wall - passed);
    const late = now - this.#armedFor;
    if (ahead < -tolerance) {
      this.#tell("set-back", now, ahead);
      this.#scheduler.shiftBeats(ahead as Milliseconds);
    } else if (ahead > tolerance) this.#tell("asleep", now, ahead);
    else if (late > tolerance) this.#tell("stalled", now, late);
  }

  #tell(cause: Woke["cause"], now: Instant, by: number): void {
    const from = new Date(cause === "stalled" ? this.#armedFor : this.#wall);
    this.#scheduler.events.emit("woke", {
      cause,
      from,
      to: new Date(now),
      by: Math.round(by) as Milliseconds,
    });
  }
}
