import { fraction, hash } from "../recurrence/draw.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";

/**
 * How long the start of an occurrence is put off. The same for one job and moment in every process and after every restart,
 * and never as far as the next occurrence.
 */
export const jitterOf = (
  name: string,
  at: Instant,
  next: Instant | null,
  most: Milliseconds,
): Milliseconds => {
  const room = next === null ? most : Math.min(most, next - at - 1);
  const mixed = hash(`${name} ${at}`);
  return Math.floor(fraction(mixed, 0) * (Math.max(0, room) + 1)) as Milliseconds;
};
