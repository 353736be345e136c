import { fraction, hash } from "../recurrence/next/draw.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";

/**
 * How long jitter delays the start of an occurrence. The same for one job and moment in every process and after every restart;
 * never as far as the next occurrence, and never past the end.
 *
 * @param end the last moment at which the occurrence may start: its `until`
 */
export const jitterOf = (
  name: string,
  at: Instant,
  next: Instant | null,
  most: Milliseconds,
  end: number = Infinity,
): Milliseconds => {
  const room = Math.min(most, (next ?? Infinity) - at - 1, end - at);
  const mixed = hash(`${name} ${at}`);
  return Math.floor(fraction(mixed, 0) * (Math.max(0, room) + 1)) as Milliseconds;
};
