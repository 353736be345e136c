import { compile } from "../recurrence/next/compile.ts";
import type { Recurrence } from "../recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import { type WallTime, type Zone, zoneNamed } from "../time/zone.ts";

/**
 * What happens to a wall time that a clock change skips or repeats.
 *
 * - `moved`: it does not exist, and runs at another one · `left-out`: it does not exist, and does not run
 * - `first`, `second`: it comes twice, and runs the first or the second time only · `both`: it runs both times
 */
export type Fate = "moved" | "left-out" | "first" | "second" | "both";

/** A wall time of a recurrence in a night in which clocks change. */
export interface StrangeTime {
  readonly change: ClockChange;
  readonly fate: Fate;
  /** The time as it was meant. */
  readonly wall: WallTime;
  /** What the clock shows when it runs instead. */
  readonly runsAt?: WallTime;
}

/**
 * The wall times of a recurrence that clock changes of a span of time skip or repeat, found by asking when it would run if the clocks were not changed
 * and when it does. Elapsed time has none.
 */
export const strangeTimes = (
  recurrence: Recurrence,
  zone: Zone,
  from: Instant,
  to: Instant,
): readonly StrangeTime[] =>
  partsOf(recurrence, zone)
    .filter((part) => compile(part.recurrence, { zone: part.zone, anchor: from }).counts === "wall")
    .flatMap((part) =>
      clockChanges(part.zone, from, to).flatMap((change) =>
        change.after > change.before ? inGap(part, change, from) : inFold(part, change, from),
      ),
    )
    .sort((a, b) => a.change.at - b.change.at || a.wall - b.wall);

interface Part {
  readonly recurrence: Recurrence;
  readonly zone: Zone;
}

/** The parts of a recurrence, each with the zone in which it is read. */
const partsOf = (recurrence: Recurrence, zone: Zone): readonly Part[] => {
  if (recurrence.kind === "zoned") return partsOf(recurrence.of, zoneNamed(recurrence.zone));
  if (recurrence.kind === "union") return recurrence.of.flatMap((part) => partsOf(part, zone));
  return [{ recurrence, zone }];
};

const inGap = ({ recurrence, zone }: Part, change: ClockChange, anchor: Instant): readonly StrangeTime[] => {
  const { at, before, after } = change;
  const end = (at + after - before) as Instant;
  const moments = (where: Zone) => momentsIn(recurrence, where, anchor, at, end);
  const real = new Set(moments(zone));
  const usual = new Set(moments(without(change, after)));
  return moments(without(change, before)).map((moment) => {
    const wall = (moment + before) as WallTime;
    return real.has(moment) && !usual.has(moment)
      ? { change, fate: "moved", wall, runsAt: (moment + after) as WallTime }
      : { change, fate: "left-out", wall };
  });
};

const inFold = ({ recurrence, zone }: Part, change: ClockChange, anchor: Instant): readonly StrangeTime[] => {
  const { at, before, after } = change;
  const length = before - after;
  const first = momentsIn(recurrence, zone, anchor, (at - length) as Instant, at).map((one) => one + before);
  const second = momentsIn(recurrence, zone, anchor, at, (at + length) as Instant).map((one) => one + after);
  const [early, late] = [new Set(first), new Set(second)];
  return [...new Set([...first, ...second])].map((wall) => ({
    change,
    fate: !late.has(wall) ? "first" : early.has(wall) ? "both" : "second",
    wall: wall as WallTime,
  }));
};

/** The occurrences from one moment to another, the second excluded. */
const momentsIn = (
  recurrence: Recurrence,
  zone: Zone,
  anchor: Instant,
  from: Instant,
  to: Instant,
): Instant[] => {
  const trigger = compile(recurrence, { zone, anchor });
  const found: Instant[] = [];
  for (let at = trigger.next((from - 1) as Instant); at !== null && at < to; at = trigger.next(at))
    found.push(at);
  return found;
};

/** The zone as if one change were not made: with one offset on both its sides. */
const without = ({ at, zone }: ClockChange, offset: Milliseconds): Zone => ({
  name: zone.name,
  spanAt: (moment) => {
    const span = zone.spanAt(moment);
    if (span.to === at || span.from === at) return { ...span, offset };
    return span;
  },
});

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
