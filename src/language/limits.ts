import { bounded, dates, except } from "../recurrence/combine.ts";
import { compile } from "../recurrence/compile.ts";
import type { Bounded, Exclusion, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { formatDate } from "../time/plain-date.ts";
import { formatTime, parseTime } from "../time/plain-time.ts";
import { settled, windowOf } from "./clocks.ts";
import type { Gathered, Placed } from "./gathered.ts";
import type { Hearing } from "./hearing.ts";
import type { Clause, Day, Excluded, Point } from "./meaning.ts";
import { given, Mistake } from "./mistake.ts";
import { isFloating, laterThan, resolveDay, resolvePoint, today } from "./points.ts";
import { Refusal, unless } from "./refusal.ts";

/** Leaves out the exceptions, and sets the beginning, the end and the number of runs. */
export const limited = (of: Recurrence, said: Gathered, hearing: Hearing): Recurrence => {
  const not = said
    .every("except")
    .flatMap((placed) => placed.clause.not.map((excluded) => unless(exclusionOf(excluded, hearing), placed)));
  const kept = not.length === 0 ? of : except(of, ...not);
  const { starting, startDate, until } = endsOf(said, hearing);
  const times = said.one("count")?.clause.times;
  const ended = bounded(kept, {
    ...(starting !== undefined && { starting, ...(startDate !== undefined && { startDate }) }),
    ...(until !== undefined && { until }),
  });
  if (isDoubtful(of) || not.length > 0 || until !== undefined) refuseNever(ended, said, hearing);
  return times === undefined ? ended : bounded(ended, { times });
};

const endsOf = (said: Gathered, hearing: Hearing): Pick<Bounded, "starting" | "startDate" | "until"> => {
  const start = said.one("start");
  const end = said.one("end");
  const span = said.one("span");
  if (end?.clause.point.kind === "clock" && said.has("clocks"))
    throw new Refusal(
      new Mistake("unfinished", 'how often between the two times, such as "every 30 minutes"'),
      end,
    );
  if (end && span)
    throw new Refusal(new Mistake("contradiction", "either an end or a length"), later(end, span));
  const starting = start && unless(resolvePoint(start.clause.point, "start", hearing), start);
  const begin = Math.max(starting ?? hearing.now, hearing.now) as Instant;
  const until = end
    ? unless(resolvePoint(end.clause.point, "end", hearing, begin), end)
    : span && laterThan(begin, span.clause.amount, hearing.zone);
  if (end && until !== undefined && until < begin)
    throw new Refusal(
      starting !== undefined && starting > hearing.now
        ? new Mistake("never", "an end that lies after the beginning")
        : new Mistake("past", "an end that is still to come"),
      end,
    );
  return {
    ...(starting !== undefined && { starting, ...skippedDate(start!.clause.point, starting, hearing) }),
    ...(until !== undefined && { until }),
  };
};

/** The day that was named as a beginning, where a clock change skips it. */
const skippedDate = (point: Point, starting: Instant, hearing: Hearing): Pick<Bounded, "startDate"> => {
  if (point.kind !== "day" || point.clock) return {};
  const date = resolveDay(point.day, "start", today(hearing));
  return typeof date !== "number" || date === today({ ...hearing, now: starting })
    ? {}
    : { startDate: formatDate(date) };
};

const later = (a: Placed, b: Placed): Placed<Clause> => (a.start > b.start ? a : b);

/** What is left out, with its days found. */
export const exclusionOf = (excluded: Excluded, hearing: Hearing): Exclusion | Mistake => {
  switch (excluded.kind) {
    case "ready":
      return { kind: "dates", dates: dates(excluded.dates) ?? excluded.dates };
    case "clocks":
      return given(
        settled(excluded.clocks),
        (clocks): Exclusion => ({
          kind: "times",
          at: clocks.map(({ at }) => formatTime(at)),
        }),
      );
    case "window":
      return given(windowOf(excluded.window), (window): Exclusion => ({ kind: "window", window }));
    case "days":
      return rangeOf(excluded.from, excluded.to, hearing);
  }
};

/** The next range that has not ended yet. */
const rangeOf = (from: Day, to: Day, hearing: Hearing): Exclusion | Mistake => {
  const now = today(hearing);
  return given(resolveDay(to, "end", now), (last) =>
    given(resolveDay(from, "start", now), (next) =>
      given(next > last && isFloating(from) ? resolveDay(from, "start", now, last - 365) : next, (first) =>
        first <= last
          ? ({ kind: "range", from: formatDate(first), to: formatDate(last) } as const)
          : new Mistake("contradiction", "a range that ends after its beginning"),
      ),
    ),
  );
};

/** Whether it takes a look to know that it ever runs: conditions that may exclude each other. */
const isDoubtful = (of: Recurrence): boolean => {
  switch (of.kind) {
    case "calendar":
      return of.dates?.days !== undefined;
    case "interval":
      return false;
    case "once":
      return false;
    default:
      return true;
  }
};

const refuseNever = (of: Recurrence, said: Gathered, { now, zone }: Hearing): void => {
  if (leavesNothing(of) || compile(of, { zone, anchor: now }).next(now) === null)
    throw new Refusal(new Mistake("never", "a schedule that runs at least once"), said.place);
};

/** The plain cases of an exception that takes everything; a search would look through a hundred years for what is left. */
const leavesNothing = (of: Recurrence): boolean => {
  if (of.kind === "bounded") return leavesNothing(of.of);
  if (of.kind !== "except" || of.of.kind !== "calendar") return false;
  const { dates, times } = of.of;
  if (times.kind === "grid" && times.windows?.some(({ from, to }) => parseTime(to) < parseTime(from)))
    return false;
  const weekdays = dates?.weekdays ?? [1, 2, 3, 4, 5, 6, 7];
  return of.not.some((exclusion) => {
    if (exclusion.kind === "times")
      return times.kind === "list" && times.at.every((time) => exclusion.at.includes(time));
    if (exclusion.kind !== "dates" || exclusion.dates.days || exclusion.dates.months) return false;
    return weekdays.every((weekday) => exclusion.dates.weekdays?.includes(weekday));
  });
};
