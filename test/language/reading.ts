import type { ParseContext } from "../../src/language/language.ts";
import { compile } from "../../src/recurrence/next/compile.ts";
import type { Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant } from "../../src/time/instant.ts";
import { toInstant } from "../../src/time/moment.ts";
import { zoneNamed } from "../../src/time/zone.ts";

/** When and where a phrase is read. */
export const contextAt = (now: string, zone: string): ParseContext => ({
  now: toInstant(new Date(now)),
  zone: zoneNamed(zone),
});

/** A Wednesday, 11:15 in Berlin. */
export const wednesday = contextAt("2026-03-04T10:15:00Z", "Europe/Berlin");

/** The first moments of a recurrence, at most five. */
export const firstFive = (recurrence: Recurrence, { now, zone }: ParseContext): readonly Instant[] => {
  const trigger = compile(recurrence, { zone, anchor: now });
  const found: Instant[] = [];
  for (let at = trigger.next(now); at !== null && found.length < 5; at = trigger.next(at)) found.push(at);
  return found;
};

export const isoOf = (moments: readonly number[]): readonly string[] =>
  moments.map((at) => new Date(at).toISOString());
