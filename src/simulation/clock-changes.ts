import type { Instant, Milliseconds } from "../time/instant.ts";
import type { Zone } from "../time/zone.ts";

/** A moment at which the wall clocks of a zone are set. */
export interface ClockChange {
  readonly at: Instant;
  readonly zone: Zone;
  /** How far ahead of UTC the wall clock was before. */
  readonly before: Milliseconds;
  /** How far ahead of UTC it is from `at` on. More than before: a gap. Less: a fold. */
  readonly after: Milliseconds;
}

/** The clock changes of a zone after one moment, up to and with another, in order. */
export const clockChanges = (zone: Zone, from: Instant, to: Instant): readonly ClockChange[] => {
  const changes: ClockChange[] = [];
  for (let span = zone.spanAt(from); span.to <= to; ) {
    const next = zone.spanAt(span.to);
    if (next.offset !== span.offset)
      changes.push({ at: span.to, zone, before: span.offset, after: next.offset });
    span = next;
  }
  return changes;
};
