import { bounded, dates, except } from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import { canOccur } from "../recurrence/next/past.ts";
import type { Bounded, Exclusion, Recurrence } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { formatDate } from "../time/plain-date.ts";
import { day as dayLength, formatTime, parseTime } from "../time/plain-time.ts";
import { type ClauseSet, daysOfClauses, type Located } from "./clause-set.ts";
import type { Amount, Clause, Day, Excluded, ParseContext, Point } from "./clauses.ts";
import { settled, windowOf } from "./clocks.ts";
import { isAbsolute, isFloating, laterThan, resolveDay, resolvePoint, today } from "./days.ts";
import { Mistake, mapOk, orThrow } from "./errors.ts";

/** Leaves out the exceptions, and sets the beginning, the end and the number of runs. */
export const limited = (of: Recurrence, clauses: ClauseSet, context: ParseContext): Recurrence => {
  const not = clauses
    .every("except")
    .flatMap((placed) =>
      placed.clause.not.map((excluded) => orThrow(exclusionOf(excluded, context), placed)),
    );
  const kept = not.length === 0 ? of : except(of, ...not);
  const { starting, startDate, until } = endsOf(clauses, of, context);
  const times = clauses.one("count")?.clause.times;
  const ended = bounded(kept, {
    ...(starting !== undefined && { starting, ...(startDate !== undefined && { startDate }) }),
    ...(until !== undefined && { until }),
  });
  refuseSingleRun(ended, clauses, context);
  if (isDoubtful(of) || not.length > 0 || until !== undefined) refuseNever(ended, clauses, context);
  return times === undefined ? ended : bounded(ended, { times });
};

const endsOf = (
  clauses: ClauseSet,
  of: Recurrence,
  context: ParseContext,
): Pick<Bounded, "starting" | "startDate" | "until"> => {
  const start = clauses.one("start");
  const end = clauses.one("end");
  const span = clauses.one("span");
  if (end?.clause.point.kind === "clock" && clauses.has("clocks"))
    throw new Mistake("unfinished", (t) => t.howOftenBetween).at(end);
  if (end && span) throw new Mistake("contradiction", (t) => t.endOrLength).at(later(end, span));
  if (!start && !end && !span) return {};
  const first = start && beginOf(start.clause.point, of);
  let starting = first && orThrow(resolvePoint(first, "start", context), start);
  const begin = Math.max(starting ?? context.now, context.now) as Instant;
  const until = end
    ? orThrow(resolvePoint(end.clause.point, "end", context, begin), end)
    : span && laterThan(begin, span.clause.amount, context.zone);
  if (start && end && starting !== undefined && until !== undefined && until < starting) {
    const { point } = start.clause;
    if (isFixed(point)) throw new Mistake("never", (t) => t.endAfterStart).at(end);
    // "from may 1 until june 1 2026", read on 2 May 2026: it has begun, and next May is not meant.
    if (point.kind === "day" && isFloating(point.day))
      starting = orThrow(resolvePoint(point, "start", context, (until - 365 * dayLength) as Instant), start);
  }
  return {
    ...(starting !== undefined && { starting, ...skippedDate(first!, starting, context) }),
    ...(until !== undefined && { until }),
  };
};

/** Whether it is the same moment whenever it is read. */
const isFixed = (point: Point): boolean =>
  point.kind === "moment" || (point.kind === "day" && isAbsolute(point.day));

/** The day that was named as a beginning, where a clock change skips it. */
const skippedDate = (point: Point, starting: Instant, context: ParseContext): Pick<Bounded, "startDate"> => {
  if (point.kind !== "day" || point.clock || isFloating(point.day)) return {};
  const date = resolveDay(point.day, "start", today(context));
  return typeof date !== "number" || date === today({ ...context, now: starting })
    ? {}
    : { startDate: formatDate(date) };
};

/** "every day at noon starting in 3 days" begins with that day, whatever the time is now. */
const beginOf = (point: Point, of: Recurrence): Point =>
  point.kind === "later" && point.amount.unit && point.amount.elapsed === 0 && hasTimes(of)
    ? { kind: "day", day: { kind: "later", amount: point.amount, than: { kind: "ahead", days: 0 } } }
    : point;

/** Whether times of the day are said, so that none is counted from the start. */
const hasTimes = (of: Recurrence): boolean =>
  of.kind === "calendar" ? of.times.kind !== "anchor" : "of" in of && of.kind !== "union" && hasTimes(of.of);

const later = (a: Located, b: Located): Located<Clause> => (a.start > b.start ? a : b);

/** What is left out, with its days found. */
export const exclusionOf = (excluded: Excluded, context: ParseContext): Exclusion | Mistake => {
  switch (excluded.kind) {
    case "ready":
      return { kind: "dates", dates: dates(excluded.dates) ?? excluded.dates };
    case "clocks":
      return mapOk(
        settled(excluded.clocks),
        (clocks): Exclusion => ({
          kind: "times",
          at: clocks.map(({ at }) => formatTime(at)),
        }),
      );
    case "window":
      return mapOk(windowOf(excluded.window), (window): Exclusion => ({ kind: "window", window }));
    case "days":
      return rangeOf(excluded.from, excluded.to, context);
  }
};

/** The next range that has not ended yet. */
const rangeOf = (from: Day, to: Day, context: ParseContext): Exclusion | Mistake => {
  const now = today(context);
  return mapOk(resolveDay(to, "end", now), (last) =>
    mapOk(resolveDay(from, "start", now), (next) =>
      mapOk(next > last && isFloating(from) ? resolveDay(from, "start", now, last - 365) : next, (first) =>
        first <= last
          ? ({ kind: "range", from: formatDate(first), to: formatDate(last) } as const)
          : new Mistake("contradiction", (t) => t.rangeEndAfterStart),
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

/**
 * "every year … until june 1" can run once at most, whenever it is said: then "every" was misread or miswritten. Ends that are dates with their
 * year pass some day, so they are compared with a start only.
 */
const refuseSingleRun = (ended: Recurrence, clauses: ClauseSet, context: ParseContext): void => {
  const { starting, until } = ended.kind === "bounded" ? ended : {};
  const cycle = cycleOf(clauses);
  const end = clauses.one("end") ?? clauses.one("span");
  if (!cycle || !end) return;
  const { now, zone } = context;
  const reach =
    end.clause.kind === "span"
      ? amountDays(end.clause.amount)
      : end.clause.isPeriod && starting !== undefined && until !== undefined
        ? (until - starting) / dayLength
        : reachOf(end.clause.point);
  if (reach > cycleDays[cycle]) {
    if (starting === undefined || reach === Infinity) return;
    const runs = compile(ended, { zone, anchor: now });
    const first = runs.next(now);
    if (first === null || runs.next(first) !== null) return;
  }
  throw new Mistake("never", (t) => t.moreThanOneRun(cycle)).at(end);
};

const cycleDays = { week: 7, month: 31, year: 366 } as const;

/** What comes back every week, month or year. */
const cycleOf = (clauses: ClauseSet): keyof typeof cycleDays | undefined => {
  const step = clauses.one("step")?.clause;
  if (step && step.unit !== "day") return step.unit;
  const days = daysOfClauses(clauses);
  if (!days?.repeats || days.isStretch || days.dates.weekdays || days.dates.days?.length !== 1)
    return undefined;
  const [rule] = days.dates.days;
  if (rule!.kind === "annual" || rule!.kind === "year-day") return "year";
  const months = days.dates.months?.length ?? 12;
  return months === 12 ? "month" : months === 1 ? "year" : undefined;
};

/** The most days that can lie between now and an end. */
const reachOf = (point: Point): number => {
  if (point.kind === "clock" || point.kind === "now") return 1;
  if (point.kind === "moment") return Infinity;
  if (point.kind === "later") return amountDays(point.amount);
  const { day } = point;
  switch (day.kind) {
    case "ahead":
      return day.days + 1;
    case "weekday":
      return day.week === "coming" ? 7 : 7 * (day.week + 1);
    case "date":
      return Infinity;
    case "later":
      return amountDays(day.amount) + reachOf({ kind: "day", day: day.than });
    case "edge":
      return (day.ahead + 1) * { day: 1, week: 7, month: 31, quarter: 92, year: 366 }[day.of];
    case "month":
      return day.year === undefined ? 366 : Infinity;
    case "matching":
      if (day.year !== undefined) return Infinity;
      if (day.monthsAhead !== undefined) return (day.monthsAhead + 1) * 31;
      if (day.yearsAhead !== undefined) return (day.yearsAhead + 1) * 366;
      return day.dates.days?.every(({ kind }) => kind !== "annual" && kind !== "year-day") ? 31 : 366;
  }
};

const amountDays = ({ elapsed, every, unit }: Amount): number =>
  elapsed / dayLength + every * { day: 1, week: 7, month: 31, year: 366 }[unit ?? "day"];

const refuseNever = (of: Recurrence, clauses: ClauseSet, context: ParseContext): void => {
  const end = clauses.one("end")?.clause.point;
  const isOver = () =>
    end !== undefined &&
    !isFixed(end) &&
    compile(of, { zone: context.zone, anchor: context.now }).next(context.now) === null;
  if (leavesNothing(of) || !canOccur(of, context, clauses.has("span")) || isOver())
    throw new Mistake("never", (t) => t.runsAtLeastOnce).at(clauses.place);
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
