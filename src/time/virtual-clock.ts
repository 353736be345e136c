import { texts } from "../text/text.ts";
import type { Clock } from "./clock.ts";
import { type DurationLike, parseDuration } from "./duration.ts";
import type { Instant, Milliseconds } from "./instant.ts";
import { type Moment, toInstant } from "./moment.ts";

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/**
 * A clock that stands still until a test moves it.
 *
 * @example
 * ```ts
 * import { createScheduler, VirtualClock } from "onthedot/testing";
 *
 * const clock = new VirtualClock("2026-03-28T12:00:00Z");
 * const { every, start } = createScheduler({ clock, zone: "Europe/Paris" });
 * every().day.at("02:30").do(() => console.log("backup"));
 * start();
 * await clock.advance("1 day");
 * //=> backup
 * ```
 */
export class VirtualClock implements Clock {
  #monotonic = 0;
  /** What the wall clock shows when the monotonic one shows 0. */
  #wall: number;
  /** How long it slept; undefined if it does not tell. */
  #slept: number | undefined;
  readonly #sleepers = new Set<Sleeper>();
  readonly #listeners = new Set<() => void>();

  /**
   * A clock that stands still at a moment.
   *
   * @param start the first moment, ISO text or a {@link Moment}. Text without an offset is UTC.
   * @param options `tellsUptime`: as on Linux, it tells sleep ({@link suspend}) from a clock that was set ({@link setTo}) @default false
   * @throws ScheduleError `moment`
   */
  constructor(start: string | Moment, options: { readonly tellsUptime?: boolean } = {}) {
    this.#wall = toInstant(start);
    if (options.tellsUptime) this.#slept = 0;
  }

  now(): Instant {
    return (this.#wall + this.#monotonic) as Instant;
  }

  monotonic(): Milliseconds {
    return this.#monotonic as Milliseconds;
  }

  uptime(): Milliseconds | undefined {
    return this.#slept === undefined ? undefined : ((this.#monotonic + this.#slept) as Milliseconds);
  }

  wakeAt(at: Instant, wake: () => void): () => void {
    const sleeper = { due: Math.max(this.#monotonic, at - this.#wall), wake };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  beforeChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  spinUntil(at: Instant): void {
    this.#monotonic += Math.max(0, at - this.now());
  }

  /** Lets time pass: calls what is due in order, and lets its tasks continue. */
  async advance(by: DurationLike): Promise<void> {
    await this.#passTo(this.#monotonic + parseDuration(by, "advance", 0));
  }

  /** Lets time pass up to a moment. @throws RangeError if it has passed */
  async advanceTo(moment: string | Moment): Promise<void> {
    const by = toInstant(moment) - this.now();
    if (by < 0) throw new RangeError(texts().errors.moment.past(String(moment)));
    await this.#passTo(this.#monotonic + by);
  }

  /**
   * Sets the wall clock, forward or back, without letting time pass: as when a clock is set by hand or, without `tellsUptime`, when a
   * machine wakes from sleep. Timers are not affected.
   */
  setTo(moment: string | Moment): void {
    const by = toInstant(moment) - this.now();
    this.#announceChange();
    this.#wall += by;
  }

  /** Lets the machine sleep: the wall clock runs, and timers stand still. */
  suspend(length: DurationLike): void {
    const by = parseDuration(length, "suspend", 0);
    this.#announceChange();
    this.#wall += by;
    if (this.#slept !== undefined) this.#slept += by;
  }

  /** Lets time pass while the event loop is blocked, as by a task that computes for long. */
  block(by: DurationLike): void {
    const length = parseDuration(by, "block", 0);
    this.#announceChange();
    this.#monotonic += length;
  }

  /** Resolves after a length of virtual time, for tasks that wait. */
  sleep(length: DurationLike): Promise<void> {
    return new Promise((wake) =>
      this.wakeAt((this.now() + parseDuration(length, "sleep", 0)) as Instant, wake),
    );
  }

  #announceChange(): void {
    for (const listener of this.#listeners) listener();
  }

  async #passTo(end: number): Promise<void> {
    await settled();
    for (let next = this.#first(end); next; next = this.#first(end)) {
      this.#sleepers.delete(next);
      this.#monotonic = Math.max(this.#monotonic, next.due);
      next.wake();
      await settled();
    }
    this.#monotonic = Math.max(this.#monotonic, end);
  }

  #first(end: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of this.#sleepers)
      if (sleeper.due <= end && (!first || sleeper.due < first.due)) first = sleeper;
    return first;
  }
}

/** Resolves when everything that needs no time has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
