import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";

/** What was seen at a look at the clocks. */
export interface Look {
  /** What the wall clock showed at the look before. */
  readonly from: Instant;
  readonly now: Instant;
  /** How far the wall clock has gone beyond the time that has passed since, in milliseconds; negative when it was set back. */
  readonly ahead: number;
}

/** Compares what the wall clock does with the time that passes. */
export class Pulse {
  readonly #clock: Clock;
  #wall: Instant;
  #monotonic: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#wall = clock.now();
    this.#monotonic = clock.monotonic();
  }

  look(): Look {
    const from = this.#wall;
    const before = this.#monotonic;
    this.#wall = this.#clock.now();
    this.#monotonic = this.#clock.monotonic();
    const ahead = Math.round(this.#wall - from - (this.#monotonic - before));
    return { from, now: this.#wall, ahead };
  }
}
