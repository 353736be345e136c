import { type ClockChange, clockChange } from "../policy/clock-rollback.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";

/** What was seen at a look at the clocks. */
export interface Style extends ClockChange {
  /** What the wall clock showed at the look before. */
  readonly from: Instant;
  readonly now: Instant;
  /** Whether the machine tells sleep from a clock that was set forward. */
  readonly isCertain: boolean;
}

interface Reading {
  readonly wall: Instant;
  readonly monotonic: number;
}

/** Two clocks that were read within this belong together; between others the process stood still. */
const atOnce = 50;

/** Compares what the wall clock does with the time that passes. */
export class ClockMonitor {
  readonly #clock: Clock;
  #last: Reading;
  /** How far the uptime was ahead of the monotonic clock when it was last read. */
  #suspended: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = this.#read();
    this.#suspended = this.#readSuspended();
  }

  look(): Style {
    const before = this.#last;
    const now = this.#read();
    this.#last = now;
    const wall = now.wall - before.wall;
    const monotonic = now.monotonic - before.monotonic;
    let change = clockChange({ wall, monotonic }, clockDriftThreshold);
    let isCertain = false;
    // The uptime costs a system call or a file, and is read where it can matter.
    if (change.slept !== 0 || change.stepped !== 0) {
      const suspended = this.#readSuspended();
      isCertain = suspended !== undefined && this.#suspended !== undefined;
      const uptime = isCertain ? monotonic + suspended! - this.#suspended! : undefined;
      change = clockChange({ wall, monotonic, uptime }, clockDriftThreshold);
      this.#suspended = suspended;
    }
    return { ...change, from: before.wall, now: now.wall, isCertain };
  }

  /** Both clocks at one moment: a process that stands still between the two would see a step that was none. */
  #read(): Reading {
    for (;;) {
      const monotonic = this.#clock.monotonic();
      const wall = this.#clock.now();
      if (this.#clock.monotonic() - monotonic <= atOnce) return { wall, monotonic };
    }
  }

  #readSuspended(): number | undefined {
    for (;;) {
      const monotonic = this.#clock.monotonic();
      const uptime = this.#clock.uptime?.();
      if (uptime === undefined) return undefined;
      if (this.#clock.monotonic() - monotonic <= atOnce) return uptime - monotonic;
    }
  }
}

/** A waking that is later than this, or a wall clock that has gone further astray, is told. */
export const clockDriftThreshold = 2 * second;
