import {
  alignedTimes,
  anchorTime,
  type Beginning,
  type Bounds,
  bounded,
  calendar,
  dailyWindow,
  dates,
  type Ending,
  endOfDays,
  except,
  fields,
  grid,
  interval,
  once,
  timeList,
  union,
  wallOf,
  within,
} from "../recurrence/build.ts";
import { compile } from "../recurrence/next/compile.ts";
import { canOccur } from "../recurrence/next/past.ts";
import type {
  DailyWindow,
  Dates,
  DateUnit,
  DayRule,
  Exclusion,
  Recurrence,
  Step,
  Times,
} from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { type DayNumber, formatDate, weekday } from "../time/plain-date.ts";
import { day, formatTime, hour, minute, type PlainTime, parseTime } from "../time/plain-time.ts";
import type { Zone } from "../time/zone.ts";
import type { ClauseSet, DayClauses, Located } from "./clause-set.ts";
import type { Amount, Clause, Clock, Day, Excluded, ParseContext, Point, Window } from "./clauses.ts";
import { aloneIn, inPart, markTimes, settled, windowOf } from "./clocks.ts";
import {
  agreedDay,
  dateLater,
  dateOfPoint,
  instantOn,
  isAbsolute,
  isFloating,
  laterThan,
  momentOf,
  nextClock,
  nextDay,
  refuseImpossible,
  refusePast,
  resolveDay,
  resolvePoint,
  scopedDays,
  today,
  wallLater,
} from "./days.ts";
import { inPlace, type Place, refuse, refuseAmbiguous } from "./errors.ts";

interface Days {
  readonly step?: Step;
  readonly dates?: Dates;
}

type Rate = Located<Extract<Clause, { kind: "rate" }>>;
type Minutes = Located<Extract<Clause, { kind: "minutes" }>>;

export const repeats = (clauses: ClauseSet): boolean =>
  clauses.has("rate", "step", "minutes", "marks") ||
  clauses.days?.repeats === true ||
  clauses.every("part").some(({ clause }) => clause.repeats);

/** What repeats, without its limits: its rhythm, days, times and windows. */
export const recurringOf = (clauses: ClauseSet, context: ParseContext): Recurrence => {
  const windows = windowsOf(clauses, "windows");
  const days = daysOf(clauses, clauses.days);
  const rate = clauses.one("rate");
  if (days.dates || !days.step) clauses.without((t) => t.once("days"), "sameDay");
  const base = rate ? ratedOf(clauses, rate, days, windows, context) : datedOf(clauses, days, windows);
  return within(base, windowsOf(clauses, "within"));
};

const datedOf = (clauses: ClauseSet, days: Days, windows: readonly DailyWindow[]): Recurrence => {
  clauses.without((t) => t.intervalAsWell, "aligned", "spaced");
  if (windows.length > 0 && !clauses.has("clocks", "minutes", "marks"))
    refuse("unfinished", (t) => t.howOftenInWindow, clauses.one("windows")!);
  const marks = clauses.one("marks");
  refuseLongStep(clauses, clauses.one("minutes") ?? (marks?.clause.hours ? undefined : marks), days);
  const times = timesOf(clauses, days.dates);
  if (windows.length > 0 && times.kind === "list" && !times.at.some((time) => isInside(time, windows)))
    refuse("never", (t) => t.timesInWindow, clauses.one("windows")!);
  return within(calendar({ ...days, times }), windows);
};

const isInside = (time: PlainTime, windows: readonly DailyWindow[]): boolean =>
  windows.some(({ from, to }) => {
    const [at, first, last] = [parseTime(time), parseTime(from), parseTime(to)];
    return first <= last ? at >= first && at <= last : at >= first || at <= last;
  });

/** An interval below a day: from now on, or on the grid of its days and windows. */
const ratedOf = (
  clauses: ClauseSet,
  rate: Rate,
  days: Days,
  windows: readonly DailyWindow[],
  context: ParseContext,
): Recurrence => {
  clauses.without((t) => t.intervalOrTimes, "clocks", "part", "sameTime", "marks", "elapsed");
  const { every, random } = rate.clause;
  refuseLongStep(clauses, rate, days);
  const minutes = clauses.one("minutes");
  if (minutes) return markedOf(clauses, rate, minutes, days, windows, context);
  if (clauses.one("aligned")) {
    clauses.without((t) => t.alignedOrFree, "spaced");
    const times = random ? undefined : alignedTimes(every);
    if (!times) refuse("aligned", (t) => t.dividesDay, rate);
    return within(calendar({ ...days, times }), windows);
  }
  const begin = clauses.one("start")?.clause.point;
  const from = begin?.kind === "clock" || begin?.kind === "day" ? begin.clock : undefined;
  // "every 2 hours on weekdays starting at 9am": from then on, on each of them.
  if (from && (days.step || days.dates) && windows.length === 0)
    return calendar({ ...days, times: grid(every, [dailyWindow(from.at, day - minute)]) });
  const isSpaced = clauses.one("spaced") !== undefined;
  if (isSpaced || random) {
    const more = { ...(random && { random }), ...(isSpaced && { fixedDelay: true as const }) };
    if (days.step || days.dates) refuse("contradiction", (t) => t.noDays, rate);
    return within(interval(every, more), windows);
  }
  if (!days.step && !days.dates && windows.length === 0) return interval(every);
  return calendar({ ...days, times: grid(every, windows) });
};

/** "every week every hour": one of the two is too much, or the day of the week is missing. */
const refuseLongStep = (clauses: ClauseSet, rhythm: Located | undefined, { step, dates }: Days): void => {
  if (rhythm && step && step.unit !== "day" && !dates && !clauses.one("sameDay"))
    refuse("contradiction", (t) => t.oneOrDays, clauses.one("step")!);
};

/** "every hour at :20", "every minute at :30"; "every 2 hours at :20" is counted from the next :20. */
const markedOf = (
  clauses: ClauseSet,
  rate: Rate,
  minutes: Minutes,
  days: Days,
  windows: readonly DailyWindow[],
  context: ParseContext,
): Recurrence => {
  const { every, random } = rate.clause;
  if (!minutes.clause.of && every % hour !== 0 && every !== minute) refuseTwoMarks(minutes, every);
  const of = minutes.clause.of ?? (every % hour === 0 ? "hour" : "minute");
  const size = of === "hour" ? hour : minute;
  clauses.without((t) => t.intervalOrMinutes, "aligned", "spaced");
  if (random || every % size !== 0) refuse("contradiction", (t) => t.every(of), minutes);
  const times = minuteTimes(minutes.clause.minutes, of);
  if (every === size) return within(calendar({ ...days, times }), windows);
  if (
    minutes.clause.isEach ||
    minutes.clause.minutes.length > 1 ||
    days.dates ||
    windows.length > 0 ||
    clauses.has("step", "start")
  )
    refuse("contradiction", (t) => t.every(of), minutes);
  const first = compile(calendar({ times }), { zone: context.zone, anchor: context.now }).next(context.now);
  return bounded(interval(every), { starting: first! });
};

/** "every 30 minutes at :05": minutes 5 and 35 of the hour, or second 5? */
const refuseTwoMarks = (minutes: Minutes, every: number): never => {
  const [first = 0] = minutes.clause.minutes;
  if (hour % every !== 0) refuse("contradiction", (t) => t.every("hour"), minutes);
  const all = Array.from({ length: hour / every }, (_, i) => (first + (i * every) / minute) % 60).sort(
    (a, b) => a - b,
  );
  return refuseAmbiguous((t) => [t.minutesOfHour(all), t.atSecond(every / minute, first)], minutes);
};

const daysOf = (clauses: ClauseSet, days: DayClauses | undefined): Days => {
  const step = clauses.one("step");
  if (days) refuseImpossible(days.dates, days.place);
  if (!step) {
    if (days && isMonthsAlone(days.dates) && !clauses.has("rate", "part", "minutes", "marks"))
      refuse("unfinished", (t) => t.whichDays, days.place);
    return days ? { dates: days.dates } : {};
  }
  const { every, to, unit, isQuarter } = step.clause;
  if (!days) return { step: { every, unit, ...(to !== undefined && { to }) } };
  if (to !== undefined) refuse("contradiction", (t) => t.daysWithoutRandom, days.place);
  if (isQuarter && every === 3) return { dates: ofQuarter(days) };
  if (days.isEach && every > 1 && (unit === "day" || days.dates.days))
    refuse("contradiction", (t) => t.oneOfTwo, days.place);
  checkStep(days, { every, unit });
  return { step: { every, unit }, dates: days.dates };
};

const isMonthsAlone = (dates: Dates): boolean => !dates.weekdays && !dates.days;

const ofQuarter = ({ dates, place }: DayClauses): Dates => {
  const { days: rules, months, weekdays } = dates;
  if (!rules || months || weekdays || rules.some(isOfYear))
    refuse("contradiction", (t) => t.dayOfQuarter, place);
  const [days] = inPlace(place, () => scopedDays(rules, { of: "quarter", repeats: true }));
  return days?.kind === "days" ? days.dates : dates;
};

const checkStep = ({ dates, repeats, isOpen, place }: DayClauses, { unit, every }: Step): void => {
  const { months, weekdays, days } = dates;
  if (unit === "day") {
    const isOneWeekday = weekdays?.length === 1 && !days;
    if ((days && (isOpen || (every === 1 && !repeats))) || (every === 1 && isOneWeekday))
      refuse("contradiction", (t) => t.everyDayOrDays, place);
    return;
  }
  if (isMonthsAlone(dates))
    refuse("unfinished", (t) => t.asWell(unit === "week" ? "weekday" : "monthDay"), place);
  if (unit === "week" && (isOpen || (days && every === 1)))
    refuse("contradiction", (t) => t.kinds.weekday, place);
  if (unit === "month" && every === 1 && (days?.some(isOfYear) || months?.length === 1))
    refuse("contradiction", (t) => t.kinds.monthDay, place);
  if (unit === "month" && weekdays && !days && !repeats)
    refuseAmbiguous((t) => [t.firstOfMonth, t.everyOfMonth], place);
  if (unit === "year" && !months && (isOpen || (!days && !repeats)) && !days?.some(isOfYear))
    refuse("unfinished", (t) => t.asWell("month"), place);
};

const isOfYear = (rule: DayRule): boolean => rule.kind === "annual" || rule.kind === "year-day";

/** The clock times that are written, each in its part of the day; a part alone has a time of its own. Undefined when there are none. */
const clocksOf = (clauses: ClauseSet): readonly Clock[] | undefined => {
  const clocks = clauses.one("clocks");
  const part = clauses.one("part");
  if (!clocks) return part && [inPlace(part, () => aloneIn(part.clause))];
  const read = part
    ? inPlace(clocks, () => clocks.clause.clocks.map((clock) => inPart(clock, part.clause)))
    : clocks.clause.clocks;
  if (read.some(({ isNextDay }) => isNextDay)) refuse("contradiction", (t) => t.alone("time"), clocks);
  return inPlace(clocks, () => settled(read));
};

/**
 * The hours after midnight of a night that has a name: Friday night at 1 is Saturday to most people. Where every day is meant it makes
 * no difference.
 */
const refuseLateNights = (clauses: ClauseSet, clocks: readonly Clock[], isNamed: boolean): void => {
  if (isNamed && clocks.some(({ isPastMidnight }) => isPastMidnight))
    refuse("ambiguous", (t) => t.dayOfLateTime, clauses.one("clocks")!);
};

const timesOf = (clauses: ClauseSet, dates: Dates | undefined): Times => {
  const marks = clauses.one("marks");
  const minutes = clauses.one("minutes");
  if (marks) {
    clauses.without((t) => t.timesOrMinutes, "clocks", "part", "sameTime", "minutes");
    return markTimes(marks.clause, clauses.one("elapsed") !== undefined);
  }
  if (minutes) {
    clauses.without((t) => t.timesOrMinutes, "clocks", "part", "sameTime");
    const { of, minutes: listed } = minutes.clause;
    if (!of) refuse("unfinished", (t) => t.everyHourOrMinute, minutes);
    return minuteTimes(listed, of);
  }
  clauses.without((t) => t.marksOfClock, "elapsed");
  const clocks = clocksOf(clauses);
  if (clauses.one("sameTime")) {
    clauses.without((t) => t.once("time"), "clocks", "part");
    return anchorTime;
  }
  if (clocks) {
    refuseLateNights(clauses, clocks, Boolean(dates?.weekdays || dates?.days));
    return timeList(clocks.map(({ at }) => at));
  }
  const [start, end] = [clauses.one("start"), clauses.one("end")];
  // "every day until friday at 5pm" runs at 5pm: where no other time is written, the one that could be a limit's belongs to the schedule.
  const limit = [start, end].find(
    (placed) => placed?.clause.point.kind === "day" && placed.clause.point.clock,
  );
  if (limit) refuse("contradiction", (t) => t.timeApart, limit);
  // "every weekday starting at 9am" keeps that time; "every 2 days in may" names no day.
  const startsWithClock = start?.clause.point.kind === "clock" || start?.clause.point.kind === "moment";
  const isStepAlone = clauses.has("step") && !dates?.weekdays && !dates?.days;
  return dates && !startsWithClock && !isStepAlone ? timeList([0]) : anchorTime;
};

const minuteTimes = (listed: readonly number[], of: "hour" | "minute"): Times =>
  of === "hour"
    ? fields({ minutes: listed, seconds: [0], follows: "elapsed" })
    : fields({ seconds: listed, follows: "elapsed" });

/** The windows of a clause, with their ends in order. */
export const windowsOf = (clauses: ClauseSet, kind: "windows" | "within"): readonly DailyWindow[] => {
  const placed = clauses.one(kind);
  return (placed?.clause.windows ?? []).map((window: Window) => {
    const { from, to } = inPlace(placed!, () => windowOf(window));
    // "from 9am to 9am" is the whole day, counted from there.
    return from === to && kind === "windows" && !window.to.isSameDay
      ? dailyWindow(parseTime(from), (parseTime(to) + day - minute) % day)
      : { from, to };
  });
};

export const limited = (of: Recurrence, clauses: ClauseSet, context: ParseContext): Recurrence => {
  let rest = of;
  const not: Exclusion[] = [];
  for (const placed of clauses.every("except"))
    for (const excluded of placed.clause.not)
      inPlace(placed, () => {
        if (excluded.kind === "clocks" && excluded.weekdays)
          rest = withoutTimesOn(rest, clockTimes(excluded.clocks), excluded.weekdays);
        else not.push(exclusionOf(excluded, context));
      });
  const kept = not.length === 0 ? rest : keptOf(rest, not, clauses);
  const ends = endsOf(clauses, of, context);
  const times = clauses.one("count")?.clause.times;
  const ended = bounded(kept, ends);
  refuseSingleRun(ends, ended, clauses, context);
  if (isDoubtful(of) || not.length > 0 || ends.until !== undefined) refuseNever(ended, clauses, context);
  return times === undefined ? ended : bounded(ended, { times });
};

const clockTimes = (clocks: readonly Clock[]): readonly PlainTime[] =>
  settled(clocks).map(({ at }) => formatTime(at));

/** "except 5pm on fridays": the other times on all days, and these on the other days. Days that are counted would be counted twice. */
const withoutTimesOn = (
  of: Recurrence,
  out: readonly PlainTime[],
  weekdays: readonly number[],
): Recurrence => {
  if (of.kind !== "calendar" || of.times.kind !== "list" || (of.step?.every ?? 1) > 1)
    return refuse("ambiguous", (t) => t.daysOrTimesOut);
  const { at: all } = of.times;
  const others = all.filter((time) => !out.includes(time));
  if (others.length === 0 || others.length + out.length > all.length)
    refuse("ambiguous", (t) => t.daysOrTimesOut);
  const on = (at: readonly PlainTime[]) => calendar({ ...of, times: timeList(at.map(parseTime)) });
  return union(on(others), except(on(out), { kind: "dates", dates: { weekdays } }));
};

const keptOf = (of: Recurrence, not: readonly Exclusion[], clauses: ClauseSet): Recurrence => {
  try {
    return except(of, ...not);
  } catch {
    return refuse("never", (t) => t.runsAtLeastOnce, clauses.every("except").at(-1));
  }
};

const endsOf = (clauses: ClauseSet, of: Recurrence, context: ParseContext): Bounds => {
  const start = clauses.one("start");
  const end = clauses.one("end");
  const span = clauses.one("span");
  if (end?.clause.point.kind === "clock" && clauses.has("clocks"))
    refuse("unfinished", (t) => t.howOftenInWindow, end);
  if (end && span) refuse("contradiction", (t) => t.endOrLength, later(end, span));
  if (!start && !end && !span) return {};
  // "every 10 minutes for an hour every day": once, or on each day?
  const isHours = span && !span.clause.amount.unit && span.clause.amount.elapsed < day;
  if (isHours && (clauses.has("step") || clauses.days?.repeats))
    refuse("contradiction", (t) => t.oneOfTwo, span);
  const first = start && beginOf(start.clause.point, of);
  let starting = first && inPlace(start, () => resolvePoint(first, "start", context));
  const startDate = first && dateOfPoint(first, "start", starting!, context);
  const begin =
    starting !== undefined && starting > context.now ? { starting, startDate } : { starting: context.now };
  const until = end && inPlace(end, () => resolvePoint(end.clause.point, "end", context, begin.starting));
  if (start && end && starting !== undefined && until !== undefined && until < starting) {
    const { point } = start.clause;
    if (isFixed(point)) refuse("never", (t) => t.endAfterStart, end);
    // "from may 1 until june 1 2026", read on 2 May 2026: it has begun, and next May is not meant.
    if (point.kind === "day" && isFloating(point.day))
      starting = inPlace(start, () => resolvePoint(point, "start", context, (until - 365 * day) as Instant));
  }
  return {
    starting,
    startDate,
    until,
    untilDate: end && dateOfPoint(end.clause.point, "end", until!, context),
    ...(span && endOfSpan(begin, span.clause.amount, context.zone)),
  };
};

const endOfSpan = (begin: Beginning, amount: Amount, zone: Zone): Ending => {
  if (!amount.unit) return { until: laterThan(begin.starting, amount, zone) };
  const { until, untilDate } = endOfDays(zone, wallLater(wallOf(zone, begin), amount));
  return amount.elapsed === 0 ? { until, untilDate } : { until: (until + amount.elapsed) as Instant };
};

const isFixed = (point: Point): boolean =>
  point.kind === "moment" || (point.kind === "day" && isAbsolute(point.day));

/** "every day at noon starting in 3 days" begins with that day, whatever the time is now. */
const beginOf = (point: Point, of: Recurrence): Point =>
  point.kind === "later" && point.amount.unit && point.amount.elapsed === 0 && hasTimes(of)
    ? { kind: "day", day: { kind: "later", amount: point.amount, than: { kind: "ahead", days: 0 } } }
    : point;

/** Whether times of the day are written, so that none is counted from the start. */
const hasTimes = (of: Recurrence): boolean =>
  of.kind === "calendar" ? of.times.kind !== "anchor" : "of" in of && of.kind !== "union" && hasTimes(of.of);

const later = (a: Located, b: Located): Located<Clause> => (a.start > b.start ? a : b);

export const exclusionOf = (excluded: Excluded, context: ParseContext): Exclusion => {
  switch (excluded.kind) {
    case "ready":
      return { kind: "dates", dates: dates(excluded.dates) ?? excluded.dates };
    case "clocks":
      if (excluded.weekdays) refuse("ambiguous", (t) => t.daysOrTimesOut);
      return { kind: "times", at: clockTimes(excluded.clocks) };
    case "window":
      return { kind: "window", window: windowOf(excluded.window) };
    case "days":
      return rangeOf(excluded.from, excluded.to, context);
  }
};

/** The next range that has not ended yet. */
const rangeOf = (from: Day, to: Day, context: ParseContext): Exclusion => {
  const now = today(context);
  const last = resolveDay(to, "end", now);
  let first = resolveDay(from, "start", now);
  if (first > last && isFloating(from)) first = resolveDay(from, "start", now, last - 365);
  if (first > last) refuse("contradiction", (t) => t.endAfterStart);
  return { kind: "range", from: formatDate(first), to: formatDate(last) };
};

/** Whether it takes a look to know that it ever runs: conditions that may exclude each other. */
const isDoubtful = (of: Recurrence): boolean => {
  if (of.kind !== "calendar") return of.kind !== "interval" && of.kind !== "once";
  const { days, weekdays, months } = of.dates ?? {};
  return days !== undefined && (of.step ?? weekdays ?? months) !== undefined;
};

/**
 * "every year … until june 1" can run once at most, whenever it is read: then "every" was misread or miswritten. Ends that are dates with their
 * year pass some day, so they are compared with a start only.
 */
const refuseSingleRun = (
  { starting, until }: Bounds,
  ended: Recurrence,
  clauses: ClauseSet,
  context: ParseContext,
): void => {
  const cycle = cycleOf(clauses);
  const end = clauses.one("end") ?? clauses.one("span");
  if (!cycle || !end) return;
  const { now, zone } = context;
  const reach =
    end.clause.kind === "span"
      ? amountDays(end.clause.amount)
      : end.clause.isPeriod && starting !== undefined && until !== undefined
        ? (until - starting) / day
        : reachOf(end.clause.point);
  if (reach > mostDays[cycle]) {
    if (starting === undefined || reach === Infinity) return;
    const runs = compile(ended, { zone, anchor: now });
    const first = runs.next(now);
    if (first === null || runs.next(first) !== null) return;
  }
  refuse("never", (t) => t.moreThanOneRun(cycle), end);
};

const mostDays = { day: 1, week: 7, month: 31, quarter: 92, year: 366 } as const;

/** What comes back every week, month or year. */
const cycleOf = (clauses: ClauseSet): DateUnit | undefined => {
  const step = clauses.one("step")?.clause;
  if (step && step.unit !== "day") return step.unit;
  const days = clauses.days;
  if (!days?.repeats || days.isStretch || days.dates.weekdays || days.dates.days?.length !== 1)
    return undefined;
  const [rule] = days.dates.days;
  if (rule!.kind === "annual" || rule!.kind === "year-day") return "year";
  const months = days.dates.months?.length ?? 12;
  return months === 12 ? "month" : months === 1 ? "year" : undefined;
};

/** The most days that can lie between now and an end. */
const reachOf = (point: Point): number => {
  if (point.kind === "moment") return Infinity;
  if (point.kind === "later") return amountDays(point.amount);
  if (point.kind !== "day") return 1;
  const { day } = point;
  if (isAbsolute(day)) return Infinity;
  switch (day.kind) {
    case "ahead":
      return day.days + 1;
    case "weekday":
      return day.week === "coming" ? 7 : 7 * (day.week + 1);
    case "later":
      return amountDays(day.amount) + reachOf({ kind: "day", day: day.than });
    case "edge":
      return (day.ahead + 1) * mostDays[day.of];
    case "matching":
      if (day.monthsAhead !== undefined) return (day.monthsAhead + 1) * 31;
      if (day.yearsAhead !== undefined) return (day.yearsAhead + 1) * 366;
      return day.dates.days?.every((rule) => !isOfYear(rule)) ? 31 : 366;
    default:
      return 366;
  }
};

const amountDays = ({ elapsed, every, unit = "day" }: Amount): number =>
  elapsed / day + every * mostDays[unit];

const refuseNever = (of: Recurrence, clauses: ClauseSet, context: ParseContext): void => {
  const end = clauses.one("end")?.clause.point;
  const isOver = () =>
    end !== undefined &&
    !isFixed(end) &&
    compile(of, { zone: context.zone, anchor: context.now }).next(context.now) === null;
  if (leavesNothing(of) || !canOccur(of, context, clauses.has("span")) || isOver())
    refuse("never", (t) => t.runsAtLeastOnce, clauses.place);
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

/** What happens once, or once on each of several days or times that were named. */
export const singleOf = (clauses: ClauseSet, context: ParseContext): Recurrence => {
  clauses.without((t) => t.everyInFront, ...ofMany);
  return union(...momentsOf(clauses, context).map((at) => once(at)));
};

const ofMany =
  "start end range period span count except windows within minutes marks elapsed aligned spaced sameTime sameDay rate step".split(
    " ",
  ) as Clause["kind"][];

const momentsOf = (clauses: ClauseSet, context: ParseContext): readonly Instant[] => {
  const { now, zone } = context;
  const days = clauses.days;
  const moment = clauses.one("moment");
  const ahead = clauses.one("later");
  const single = clauses.one("day");
  const clocks = clocksOf(clauses);
  if (clocks) refuseLateNights(clauses, clocks, clauses.has("day", "days"));
  if (moment) {
    clauses.without((t) => t.alone("moment"), "later", "day", "days", "months", "clocks", "part");
    return [inPlace(moment, () => momentOf(moment.clause.text, zone))];
  }
  if (ahead) {
    clauses.without((t) => t.lengthOrDay, "day", "days", "months");
    const { amount } = ahead.clause;
    if (!clocks) return [laterThan(now, amount, zone)];
    if (!amount.unit || amount.elapsed > 0) refuse("contradiction", (t) => t.wholeDaysBeforeTime, ahead);
    return at(dateLater(today(context), amount), clocks, context);
  }
  if (single) return onDay(single.clause.day, days, clocks ?? midnight, context, single);
  if (days) return onDays(clauses, days, clocks ?? midnight, context);
  if (!clocks || !clauses.has("clocks")) refuse("unfinished", (t) => t.howOftenOrWhen, clauses.place);
  return clocks.map((clock) => nextClock(clock, now, zone));
};

const midnight: readonly Clock[] = [{ at: 0 }];

const at = (date: DayNumber, clocks: readonly Clock[], { zone }: ParseContext): readonly Instant[] =>
  clocks.map((clock) => instantOn(date, clock.at, zone));

/** On one certain day; a floating one whose time has passed is the next such. */
const onDay = (
  day: Day,
  days: DayClauses | undefined,
  clocks: readonly Clock[],
  context: ParseContext,
  place: Place,
): readonly Instant[] => {
  const now = today(context);
  const date = inPlace(place, () => resolveDay(day, "start", now));
  // "friday 2027-06-04" is one day written twice.
  const isItsWeekday = ({ weekdays, days, months }: Dates) =>
    !days && !months && weekdays?.includes(weekday(date));
  if (days && !isItsWeekday(days.dates)) refuse("contradiction", (t) => t.oneDay, days.place);
  const first = at(date, clocks, context);
  if (first.every((instant) => instant > context.now) || isAbsolute(day)) return first;
  if (!isFloating(day)) {
    if (first.some((instant) => instant > context.now)) return first;
    inPlace(place, refusePast);
  }
  const later = inPlace(place, () => resolveDay(day, "start", now, date + 1));
  return at(later, clocks, context);
};

/** The coming friday, the next 5 November: the first such day whose times are still ahead. Each of several dates has its own. */
const onDays = (
  clauses: ClauseSet,
  days: DayClauses,
  clocks: readonly Clock[],
  context: ParseContext,
): readonly Instant[] => {
  const { dates, isOpen, isStretch, place } = days;
  refuseImpossible(dates, place);
  if (isStretch) refuse("unfinished", (t) => t.howOftenDayOrYear, clauses.place);
  if (!dates.weekdays && !dates.days) refuse("unfinished", (t) => t.howOftenOrWhen, clauses.place);
  if (dates.weekdays && dates.weekdays.length > 1)
    refuseAmbiguous((t) => [t.everyOneOfThese, t.comingOne], place);
  if (dates.months && dates.days?.some(({ kind }) => kind === "annual"))
    refuse("contradiction", (t) => t.once("month"), place);
  if (dates.weekdays && dates.months) refuseAmbiguous((t) => [t.firstOfMonth, t.everyOfMonth], place);
  const [rule, ...more] = dates.days ?? [];
  if (isOpen && rule && !dates.months && (rule.kind !== "day" || rule.day < 0 || more.length > 0))
    refuseAmbiguous((t) => [t.ofEveryMonth, t.ofThisMonth], place);
  const each = more.length > 0 ? dates.days!.map((rule) => ({ ...dates, days: [rule] })) : [dates];
  return each.flatMap((dates) => {
    const earliest = Math.min(...clocks.map((clock) => clock.at));
    const coming = inPlace(place, () => agreedDay(dates, today(context)));
    const isAhead = coming < Infinity && instantOn(coming, earliest, context.zone) > context.now;
    const date = isAhead ? coming : nextDay(dates, coming + 1);
    if (date === Infinity) refuse("never", (t) => t.existingDay, place);
    return at(date, clocks, context);
  });
};
