import type { Instant } from "../time/instant.ts";
import type { Zone } from "../time/zone.ts";

/** The moment at which something is said, and the zone in which it is meant. */
export interface ParseContext {
  readonly now: Instant;
  readonly zone: Zone;
}
