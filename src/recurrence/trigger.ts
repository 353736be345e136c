import type { Instant } from "../time/instant.ts";
import type { Zone } from "../time/zone.ts";

/** Where and from when a recurrence is counted. */
export interface Setting {
  /** Where wall times are read, for all that names no zone itself. */
  readonly zone: Zone;
  /** The moment counting begins. */
  readonly anchor: Instant;
  /** Whether the first occurrence may be at the anchor itself instead of later. @default false */
  readonly inclusive?: boolean;
  /** What random lengths are derived from, so that every process draws the same: the job's name. @default "" */
  readonly seed?: string;
}

/**
 * Answers one question: when next? Pure: the same `after` always gets the same answer, however often and in whatever order it is
 * asked.
 */
export interface Trigger {
  /** The first occurrence strictly after `after`, or null when there is none within 100 years. */
  next(after: Instant): Instant | null;
  /** The `until` that holds for an occurrence, or `Infinity`: nothing of it may start later. */
  endOf(occurrence: Instant): number;
  /** Whether it counts elapsed time alone, or wall times. */
  readonly counts: "elapsed" | "wall";
  /** The lengths are counted from the end of the last run: the scheduler then compiles again from there. */
  readonly isSpaced: boolean;
}
