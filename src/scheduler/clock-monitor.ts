import { type ClockChange, clockChange } from "../policy/clock-rollback.ts";
import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";
import { second } from "../time/plain-time.ts";

/** A wake-up later than this, or a wall clock that has drifted further, is reported. */
export const clockDriftThreshold = 2 * second;

export interface ObservedChange extends ClockChange {
  /** What the wall clock showed at the previous reading. */
  readonly from: Instant;
  readonly now: Instant;
  /** Whether this machine can tell sleep from a clock that was set forward. */
  readonly isCertain: boolean;
}

/** Two clocks read within this time belong together; further apart, the process stalled between the two. */
const atOnce = 50;

export class ClockMonitor {
  readonly #clock: Clock;
  #wall = 0;
  #monotonic = 0;
  /** How far the uptime was ahead of the monotonic clock when it was last read. */
  #suspended: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#read();
    this.#suspended = this.#readSuspended();
  }

  /** What happened to the clock since the last call; undefined when nothing did, which costs two reads and no memory: a polling loop asks all the time. */
  look(): ObservedChange | undefined {
    const [wallBefore, monotonicBefore] = [this.#wall, this.#monotonic];
    this.#monotonic = this.#clock.monotonic();
    this.#wall = this.#clock.now();
    if (Math.abs(this.#wall - wallBefore - (this.#monotonic - monotonicBefore)) <= atOnce) return undefined;
    this.#read();
    const moves = { wall: this.#wall - wallBefore, monotonic: this.#monotonic - monotonicBefore };
    const suspended = this.#readSuspended();
    const isCertain = suspended !== undefined && this.#suspended !== undefined;
    const uptime = isCertain ? moves.monotonic + suspended! - this.#suspended! : undefined;
    this.#suspended = suspended;
    const change = clockChange({ ...moves, uptime }, clockDriftThreshold);
    if (change.slept === 0 && change.stepped === 0) return undefined;
    return { ...change, from: wallBefore as Instant, now: this.#wall as Instant, isCertain };
  }

  /** Both clocks at one moment: a process that stands still between the two would see a step that never happened. */
  #read(): void {
    do {
      this.#monotonic = this.#clock.monotonic();
      this.#wall = this.#clock.now();
    } while (this.#clock.monotonic() - this.#monotonic > atOnce);
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
