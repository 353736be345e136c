import { type Instant, later, type Milliseconds } from "../time/instant.ts";
import { bounded, except, union, within, zoned } from "./build.ts";
import type { DaySet, Exclusion, Recurrence } from "./recurrence.ts";

/**
 * The rest of a recurrence that is counted from a later moment: its start has passed, and `runCount` of its runs are used up.
 * Null if none is left.
 */
export const remaining = (recurrence: Recurrence, runCount: number): Recurrence | null =>
  inside(recurrence, ({ of, until, untilDate, times = Infinity }) =>
    times <= runCount ? null : bounded(of, { until, untilDate, times: times - runCount }),
  );

/** Moves the start of a recurrence along with a clock that was set, so that its intervals hold. */
export const moved = (recurrence: Recurrence, by: Milliseconds): Recurrence =>
  inside(recurrence, ({ of, starting, ...rest }) =>
    bounded(of, { ...rest, starting: starting === undefined ? undefined : later(starting, by) }),
  ) ?? recurrence;

/** The number of runs of the whole. */
export const timesOf = (recurrence: Recurrence): number => {
  if (recurrence.kind === "bounded") return recurrence.times ?? Infinity;
  return "of" in recurrence && recurrence.kind !== "union" ? timesOf(recurrence.of) : Infinity;
};

/** Without its number of runs, for callers that count the runs that start. */
export const withoutTimes = (recurrence: Recurrence): Recurrence =>
  timesOf(recurrence) === Infinity
    ? recurrence
    : (inside(recurrence, ({ of, kind: _, times: __, ...bounds }) => bounded(of, bounds)) ?? recurrence);

/** The recurrences of which one is made. */
export const partsOf = (recurrence: Recurrence): readonly Recurrence[] => {
  if (recurrence.kind === "union") return recurrence.of;
  return "of" in recurrence ? [recurrence.of] : none;
};

/** The exceptions of a recurrence, wherever they are nested. */
export const exceptionsOf = (recurrence: Recurrence): readonly Exclusion[] => [
  ...(recurrence.kind === "except" ? recurrence.not : none),
  ...partsOf(recurrence).flatMap(exceptionsOf),
];

const none: readonly never[] = [];

/** The named days that a recurrence carries. */
export const daySetsOf = (recurrence: Recurrence): readonly DaySet[] => {
  const exceptions = exceptionsOf(recurrence);
  return exceptions.length === 0 ? none : exceptions.flatMap((one) => (one.kind === "days" ? [one.set] : []));
};

/** With newer data of the same names: a schedule that a store remembers has the days of its time. */
export const withDaySets = (recurrence: Recurrence, sets: readonly DaySet[]): Recurrence => {
  if (sets.length === 0) return recurrence;
  if (recurrence.kind === "union") return union(...recurrence.of.map((part) => withDaySets(part, sets)));
  if (!("of" in recurrence)) return recurrence;
  const of = withDaySets(recurrence.of, sets);
  if (recurrence.kind !== "except") return { ...recurrence, of } as Recurrence;
  const not = recurrence.not.map((one) => {
    const newer = one.kind === "days" && sets.find(({ name }) => name.en === one.set.name.en);
    return newer ? { ...one, set: newer } : one;
  });
  return except(of, ...not);
};

/** Without its exceptions, wherever they are nested. */
export const withoutExceptions = (recurrence: Recurrence): Recurrence => {
  if (recurrence.kind === "union") return union(...recurrence.of.map(withoutExceptions));
  if (recurrence.kind === "except") return withoutExceptions(recurrence.of);
  return "of" in recurrence
    ? ({ ...recurrence, of: withoutExceptions(recurrence.of) } as Recurrence)
    : recurrence;
};

/** Whether its first occurrence depends on the moment it is read: "every 2 days" at the current time of day. */
export const countsFromNow = (recurrence: Recurrence): boolean => {
  if (recurrence.kind === "bounded" && recurrence.starting !== undefined) return false;
  if (recurrence.kind === "calendar") return recurrence.times.kind === "anchor";
  return partsOf(recurrence).some(countsFromNow);
};

/** The start, if it has one. */
export const startOf = (recurrence: Recurrence): Instant | undefined => {
  if (recurrence.kind === "bounded") return recurrence.starting;
  return "of" in recurrence && recurrence.kind !== "union" ? startOf(recurrence.of) : undefined;
};

type BoundedRecurrence = Extract<Recurrence, { kind: "bounded" }>;

/** Changes the bounds, wherever they are nested. */
export const inside = (
  recurrence: Recurrence,
  change: (bounds: BoundedRecurrence) => Recurrence | null,
): Recurrence | null => {
  switch (recurrence.kind) {
    case "bounded":
      return change(recurrence);
    case "zoned": {
      const of = inside(recurrence.of, change);
      return of && zoned(of, recurrence.zone);
    }
    case "except": {
      const of = inside(recurrence.of, change);
      return of && except(of, ...recurrence.not);
    }
    case "within": {
      const of = inside(recurrence.of, change);
      return of && within(of, recurrence.windows);
    }
    case "union": {
      const of = recurrence.of.flatMap((part) => inside(part, change) ?? []);
      return of.length > 0 ? union(...of) : null;
    }
    default:
      return recurrence;
  }
};
