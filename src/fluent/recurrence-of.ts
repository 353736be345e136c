import { ScheduleError } from "../errors.ts";
import type { Hearing } from "../language/hearing.ts";
import { bounded, calendar, except, grid, within, zoned } from "../recurrence/combine.ts";
import { compile } from "../recurrence/compile.ts";
import { canOccur } from "../recurrence/ever.ts";
import type { Bounded, DailyWindow, Exclusion, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { formatIso } from "../time/iso.ts";
import { day } from "../time/plain-time.ts";
import { baseRecurrence } from "./base.ts";
import { endOfSpan } from "./bounds.ts";
import { inZone, type When } from "./said.ts";

/** What a chain has said, heard at one moment in one place. */
export const recurrenceOf = (when: When, heard: Hearing): Recurrence => {
  const hearing = inZone(heard, when.zone);
  const base = baseRecurrence(when, hearing);
  return isLimited(when) ? limited(base, when, hearing) : base;
};

/**
 * Refuses what can never run, whenever the script is started. What has passed or ended is accepted.
 *
 * @param recurrence what the chain says
 * @param said the chain in words
 * @throws ScheduleError `never`
 */
export const checkRuns = (recurrence: Recurrence, when: When, hearing: Hearing, said: () => string): void => {
  if (runsForever(recurrence)) return;
  const { until: _, ...endless } = when;
  const can =
    when.span === undefined
      ? canOccur(recurrence, hearing)
      : canOccur(recurrenceOf(endless, hearing), hearing, true);
  if (can && !isEmpty(recurrence, when, hearing)) return;
  throw new ScheduleError({
    code: "never",
    what: `${said()} would never run`,
    accepted: `at least one moment after now, ${formatIso(hearing.now, hearing.zone)}`,
  });
};

/** Whether nothing lies between a beginning and an end that are the same whenever they are read. */
const isEmpty = (recurrence: Recurrence, { starting, until }: When, { now, zone }: Hearing): boolean => {
  if (!starting || !until) return false;
  const ends = (now: Instant) => [starting({ now, zone }).starting, until({ now, zone })] as const;
  const [from, to] = ends(now);
  const [laterFrom, laterTo] = ends((now + 400 * day) as Instant);
  if (from !== laterFrom || to !== laterTo) return false;
  const before = (from - 1) as Instant;
  return compile(recurrence, { zone, anchor: before }).next(before) === null;
};

/** Whether there is a next moment for certain, so that nothing need be computed for it. */
const runsForever = (recurrence: Recurrence): boolean =>
  recurrence.kind === "interval" || (recurrence.kind === "calendar" && !recurrence.dates?.days);

const isLimited = ({ windows, not, starting, until, span, count, zone }: When): boolean =>
  (windows ?? not ?? starting ?? until ?? span ?? count ?? zone) !== undefined;

/** Zone around bounds, bounds around exceptions, exceptions around windows: what a phrase has said of them is laid open first. */
const limited = (base: Recurrence, when: When, heard: Hearing): Recurrence => {
  const { core, not, bounds, zone } = opened(base);
  const hearing = inZone(heard, zone);
  const exclusions = when.not?.flatMap((read) => read(hearing)) ?? [];
  const of = except(windowed(core, when), ...not, ...exclusions);
  const all = bounded(bounded(of, bounds), saidBounds(when, hearing));
  const named = zone ?? (when.zone === undefined ? undefined : hearing.zone.name);
  return named === undefined ? all : zoned(all, named);
};

interface Opened {
  readonly core: Recurrence;
  readonly not: readonly Exclusion[];
  readonly bounds: Omit<Bounded, "kind" | "of">;
  readonly zone?: string;
}

const opened = (whole: Recurrence): Opened => {
  if (whole.kind === "zoned") return { ...opened(whole.of), zone: whole.zone };
  const { of: inBounds, ...bounds } = whole.kind === "bounded" ? whole : { of: whole };
  return inBounds.kind === "except"
    ? { core: inBounds.of, not: inBounds.not, bounds }
    : { core: inBounds, not: [], bounds };
};

/**
 * Inside windows a length below a day is counted from each opening; what has marks or times of its own keeps them.
 */
const windowed = (of: Recurrence, { windows = [], times, isAligned }: When): Recurrence => {
  if (windows.length === 0) return of;
  const isFree = !times && !isAligned;
  if (isFree && of.kind === "interval" && of.every < day && !of.random && !of.spaced)
    return calendar({ times: grid(of.every, windows) });
  if (isFree && of.kind === "calendar" && of.times.kind === "grid" && !of.times.windows)
    return calendar({ ...of, times: grid(of.times.every, windows) });
  return within(of, windows as readonly DailyWindow[]);
};

const saidBounds = ({ starting, until, span, count }: When, hearing: Hearing): Opened["bounds"] => {
  const begin = starting?.(hearing);
  const ends: Instant[] = [];
  if (until) ends.push(until(hearing));
  if (span !== undefined)
    ends.push(endOfSpan(Math.max(hearing.now, begin?.starting ?? -Infinity) as Instant, span, hearing.zone));
  return {
    ...begin,
    ...(ends.length > 0 && { until: Math.min(...ends) as Instant }),
    ...(count !== undefined && { times: count }),
  };
};
